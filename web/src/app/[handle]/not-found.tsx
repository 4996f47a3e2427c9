import Link from "next/link";
import { Notice } from "@/features/site/notice";
import { getText } from "@/text/server";

export default async function NoSuchChannel() {
  const { t } = await getText();
  return (
    <Notice title={t("channel.not_found")} text={t("channel.not_found_text")}>
      <Link href="/" prefetch={false} className="button button-primary">{t("home.see_all")}</Link>
    </Notice>
  );
}
