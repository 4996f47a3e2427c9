import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Entrance } from "@/features/identity/entrance";
import { SignInForm } from "@/features/identity/forms";
import { safeNext } from "@/features/identity/next-page";
import { viewer } from "@/lib/api/server";
import { getText } from "@/text/server";

type Props = { searchParams: Promise<{ next?: string | string[] }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("auth.title_signin"), robots: { index: false } };
}

export default async function Page({ searchParams }: Props) {
  const next = safeNext((await searchParams).next);
  if (await viewer()) redirect(next);
  const { t } = await getText();
  return <Entrance words="app/sign-in/page" title={t("auth.title_signin")}><SignInForm next={next} /></Entrance>;
}
