import type { Metadata } from "next";
import { getText } from "@/text/server";
import { EmailLinkForm, type EmailLink } from "./email-link-form";
import { Entrance } from "./entrance";

export type Props = { searchParams: Promise<{ token?: string | string[] }> };

const TITLES = { confirm: "care.confirm_email_title", undo: "care.undo_email_title" } as const;
const LEADS = { confirm: "care.confirm_email_text", undo: "care.undo_email_text" } as const;

// The token is in the address: no referrer may carry it away.
export async function emailLinkMetadata(link: EmailLink): Promise<Metadata> {
  return { title: (await getText()).t(TITLES[link]), robots: { index: false }, referrer: "no-referrer" };
}

export async function EmailLinkPage({ link, searchParams }: Props & { link: EmailLink }) {
  const { t } = await getText();
  const { token } = await searchParams;
  return (
    <Entrance words="features/identity/email-link-page" title={t(TITLES[link])} lead={t(LEADS[link])}>
      {typeof token === "string" && token !== "" ? <EmailLinkForm link={link} token={token} /> : <p>{t("auth.no_token")}</p>}
    </Entrance>
  );
}
