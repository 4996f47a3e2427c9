import type { Metadata } from "next";
import { Entrance } from "@/features/identity/entrance";
import { ForgotForm } from "@/features/identity/forms";
import { getText } from "@/text/server";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("auth.forgot_title"), robots: { index: false } };
}

export default async function Page() {
  const { t } = await getText();
  return <Entrance words="app/forgot/page" title={t("auth.forgot_title")} lead={t("auth.forgot_text")}><ForgotForm /></Entrance>;
}
