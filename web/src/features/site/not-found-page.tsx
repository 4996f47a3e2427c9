import { getText } from "@/text/server";
import { ButtonLink } from "@/ui/button";
import { AnswerStatus } from "./answer-status";
import { Notice } from "./notice";

// Nothing lives at this address. For a page that finds out while it renders: return this instead of calling notFound().
export async function NotFoundPage() {
  const { t } = await getText();
  return (
    <>
      <AnswerStatus code={404} />
      <Notice title={t("site.not_found_title")} text={t("site.not_found_text")}>
        <ButtonLink href="/" variant="primary">{t("site.back_home")}</ButtonLink>
      </Notice>
    </>
  );
}
