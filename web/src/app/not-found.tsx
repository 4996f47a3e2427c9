import Link from "next/link";
import { Notice } from "@/features/site/notice";
import { getText } from "@/text/server";

export default async function NotFound() {
  const { t } = await getText();
  return (
    <Notice title={t("site.not_found_title")} text={t("site.not_found_text")}>
      <Link href="/" prefetch={false} className="button button-primary">{t("site.back_home")}</Link>
    </Notice>
  );
}
