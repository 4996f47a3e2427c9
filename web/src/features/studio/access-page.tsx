import type { Metadata } from "next";
import { ApiTokens } from "@/features/identity/api-tokens";
import { Sessions } from "@/features/identity/sessions";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { Card } from "@/ui/card";
import type { SearchParams } from "./desk";
import { StudioFrame } from "./frame";

export async function accessMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_access"), robots: { index: false } };
}

// Where one's own account is signed in, and which programs act for it.
export function AccessPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/access-page" page="access" searchParams={searchParams}>
      {async () => {
        const { t } = await getText();
        const [sessions, tokens] = await Promise.all([api("get", "/api/v1/sessions"), api("get", "/api/v1/account/tokens")]);
        if (!sessions.ok || !tokens.ok) return <Resting error={refusalOf(sessions, tokens)} />;
        return (
          <>
            <Card id="sessions" title={t("account.sessions")}><p className="-mt-2 pb-4 text-muted">{t("account.sessions_hint")}</p><Sessions sessions={sessions.data.items} /></Card>
            <Card id="tokens" title={t("account.tokens")}><p className="-mt-2 pb-4 text-muted">{t("account.tokens_hint")}</p><ApiTokens tokens={tokens.data.items} /></Card>
          </>
        );
      }}
    </StudioFrame>
  );
}
