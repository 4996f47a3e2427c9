import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { AccountShell, accountOrDoor, Section } from "./account-shell";
import { ApiTokens } from "./api-tokens";
import { EmailForm } from "./email-form";
import { PasswordForm } from "./profile-forms";
import { Sessions } from "./sessions";
import { TwoFactorPanel } from "./two-factor-panel";

export async function SecurityPage() {
  const who = await accountOrDoor("security");
  if (!who.ok) return <Resting error={who.error} />;
  const account = who.data;
  const { t } = await getText();
  const [sessions, tokens, twoFactor] = await Promise.all([
    api("get", "/api/v1/sessions"), api("get", "/api/v1/account/tokens"), api("get", "/api/v1/account/two-factor"),
  ]);
  if (!sessions.ok || !tokens.ok || !twoFactor.ok) return <Resting error={refusalOf(sessions, tokens, twoFactor)} />;
  return (
    <AccountShell name="security" account={account}>
      <Section id="email" title={t("care.email")} hint={t("care.email_now", { email: account.email })}><EmailForm hasTwoFactor={twoFactor.data.is_on} /></Section>
      <Section id="password" title={t("account.password")}><PasswordForm /></Section>
      <Section id="two-factor" title={t("care.two_factor")} hint={t("care.two_factor_hint")}><TwoFactorPanel status={twoFactor.data} /></Section>
      <Section id="sessions" title={t("account.sessions")} hint={t("account.sessions_hint")}><Sessions sessions={sessions.data.items} /></Section>
      <Section id="tokens" title={t("account.tokens")} hint={t("account.tokens_hint")}><ApiTokens tokens={tokens.data.items} /></Section>
    </AccountShell>
  );
}
