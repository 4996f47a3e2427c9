import type { Metadata } from "next";
import { Entrance } from "@/features/identity/entrance";
import { ConfirmForm } from "@/features/identity/forms";
import { getText } from "@/text/server";

type Props = { searchParams: Promise<{ token?: string | string[] }> };

// The token is in the address: no referrer may carry it away.
export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("auth.confirm_title"), robots: { index: false }, referrer: "no-referrer" };
}

export default async function Page({ searchParams }: Props) {
  const { t } = await getText();
  const { token } = await searchParams;
  return (
    <Entrance words="app/confirm/page" title={t("auth.confirm_title")} lead={t("auth.confirm_text")}>
      {typeof token === "string" && token !== "" ? <ConfirmForm token={token} /> : <p>{t("auth.no_token")}</p>}
    </Entrance>
  );
}
