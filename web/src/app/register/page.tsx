import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Entrance } from "@/features/identity/entrance";
import { RegisterForm } from "@/features/identity/forms";
import { viewer } from "@/lib/api/server";
import { getText } from "@/text/server";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("auth.title_signup") };
}

export default async function Page() {
  if (await viewer()) redirect("/");
  const { t } = await getText();
  return <Entrance words="app/register/page" title={t("auth.title_signup")} lead={t("site.tagline")}><RegisterForm /></Entrance>;
}
