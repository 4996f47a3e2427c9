import { Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { AccountShell, accountOrDoor, Section } from "./account-shell";
import { DeleteAccount } from "./delete-account";

export async function PrivacyPage() {
  const account = await accountOrDoor("privacy");
  const { t } = await getText();
  const twoFactor = await api("get", "/api/v1/account/two-factor");
  if (!twoFactor.ok) return <Resting />;
  return (
    <AccountShell name="privacy" account={account}>
      <Section id="delete" title={t("care.delete")} hint={t("care.delete_hint")}><DeleteAccount username={account.username} hasTwoFactor={twoFactor.data.is_on} /></Section>
    </AccountShell>
  );
}
