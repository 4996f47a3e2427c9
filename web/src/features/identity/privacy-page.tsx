import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { AccountShell, accountOrDoor, Section } from "./account-shell";
import { DeleteAccount } from "./delete-account";
import { ExportForm } from "./export-form";

const CONTENTS = ["care.export_account", "care.export_channel", "care.export_habits", "care.export_safety"] as const;

export async function PrivacyPage() {
  const who = await accountOrDoor("privacy");
  if (!who.ok) return <Resting error={who.error} />;
  const account = who.data;
  const { t } = await getText();
  const twoFactor = await api("get", "/api/v1/account/two-factor");
  if (!twoFactor.ok) return <Resting error={refusalOf(twoFactor)} />;
  const hasTwoFactor = twoFactor.data.is_on;
  return (
    <AccountShell name="privacy" account={account}>
      <Section id="export" title={t("care.export")} hint={t("care.export_hint")}>
        <h3 className="font-semibold">{t("care.export_in")}</h3>
        <ul className="list-disc space-y-1 ps-5 pt-2">{CONTENTS.map((says) => <li key={says}>{t(says)}</li>)}</ul>
        <p className="pt-3 pb-5 text-muted">{t("care.export_out")}</p>
        <ExportForm hasTwoFactor={hasTwoFactor} />
      </Section>
      <Section id="delete" title={t("care.delete")} hint={t("care.delete_hint")}><DeleteAccount username={account.username} hasTwoFactor={hasTwoFactor} /></Section>
    </AccountShell>
  );
}
