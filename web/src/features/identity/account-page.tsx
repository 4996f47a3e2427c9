import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Resting } from "@/features/site/resting";
import { ChannelForm } from "@/features/channels/channel-form";
import { api, viewer } from "@/lib/api/server";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { ChannelTile } from "@/ui/tile";
import { ApiTokens } from "./api-tokens";
import { PasswordForm, ProfileForm } from "./profile-forms";
import { Sessions } from "./sessions";

export async function accountMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("account.title"), robots: { index: false } };
}

export async function AccountPage() {
  const account = await viewer();
  if (!account) redirect("/sign-in?next=/account");
  const { t, locale } = await getText();
  const [channel, categories, sessions, tokens] = await Promise.all([
    api("get", "/api/v1/channels/{username}", { path: { username: account.username } }),
    api("get", "/api/v1/categories"), api("get", "/api/v1/sessions"), api("get", "/api/v1/account/tokens"),
  ]);
  if (!channel.ok || !categories.ok || !sessions.ok || !tokens.ok) return <Resting />;
  return (
    <TextProvider locale={locale} messages={await messagesFor("account", "auth", "error", "form", "language", "region", "creator", "golive")}>
      <div className="mx-auto grid max-w-3xl gap-6 px-4 pt-8 sm:px-6">
        <div className="flex items-center gap-4">
          <ChannelTile username={account.username} className="size-16" />
          <div className="min-w-0"><h1 className="text-3xl">{t("account.title")}</h1><p className="truncate text-muted">@{account.username} · {account.email}</p></div>
        </div>
        <Section id="profile" title={t("account.profile")} hint={t("account.profile_hint")}><ProfileForm account={account} /></Section>
        <Section id="channel" title={t("account.channel")} hint={t("account.channel_hint")}><ChannelForm channel={channel.data} categories={categories.data.items} /></Section>
        <Section id="password" title={t("account.password")}><PasswordForm /></Section>
        <Section id="sessions" title={t("account.sessions")} hint={t("account.sessions_hint")}><Sessions sessions={sessions.data.items} /></Section>
        <Section id="tokens" title={t("account.tokens")} hint={t("account.tokens_hint")}><ApiTokens tokens={tokens.data.items} /></Section>
      </div>
    </TextProvider>
  );
}

function Section({ id, title, hint, children }: { id: string; title: string; hint?: string; children: React.ReactNode }) {
  return (
    <section className="panel" aria-labelledby={`section-${id}`}>
      <h2 id={`section-${id}`} className="text-xl">{title}</h2>
      {hint && <p className="pt-1 text-muted">{hint}</p>}
      <div className="pt-5">{children}</div>
    </section>
  );
}
