import { AnswerStatus } from "@/features/site/answer-status";
import { Notice } from "@/features/site/notice";
import { getText } from "@/text/server";
import { ButtonLink } from "@/ui/button";

export async function MissingChannel() {
  const { t } = await getText();
  return (
    <>
      <AnswerStatus code={404} />
      <Notice title={t("channel.not_found")} text={t("channel.not_found_text")}>
        <ButtonLink href="/" variant="primary">{t("home.see_all")}</ButtonLink>
      </Notice>
    </>
  );
}
