import type { Metadata } from "next";
import Link from "next/link";
import { Entrance } from "@/features/identity/entrance";
import { ResetForm } from "@/features/identity/forms";
import { getText } from "@/text/server";

type Props = { searchParams: Promise<{ token?: string | string[] }> };

// The token is in the address: no referrer may carry it away.
export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("auth.reset_title"), robots: { index: false }, referrer: "no-referrer" };
}

export default async function Page({ searchParams }: Props) {
  const { t } = await getText();
  const { token } = await searchParams;
  return (
    <Entrance words="app/reset/page" title={t("auth.reset_title")}>
      {typeof token === "string" && token !== "" ? <ResetForm token={token} /> : (
        <>
          <p>{t("auth.no_token")}</p>
          <p className="pt-5"><Link href="/forgot" prefetch={false} className="button button-primary">{t("auth.forgot_title")}</Link></p>
        </>
      )}
    </Entrance>
  );
}
