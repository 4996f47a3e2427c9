import type { CallError, CallResult } from "@/lib/api/call";
import { durationIn } from "@/lib/time";
import { getText } from "@/text/server";
import { ButtonLink } from "@/ui/button";
import { AnswerStatus } from "./answer-status";
import { Notice } from "./notice";

const AGAIN_S = 5;            // The engine does not answer: it is starting, or will be soon.
const WAIT_S = 60, WAIT_S_MAX = 3_600;   // Longer waits are for the reader to come back by themselves.

// What kept a page from its data. Where several calls failed, the one that knows how long to wait speaks.
export function refusalOf(...answers: readonly CallResult<unknown>[]): CallError | undefined {
  const errors = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
  return errors.find(({ status }) => status === 429) ?? errors[0];
}

// The page's own data did not come: say why, and come back alone where waiting helps. After too many visits the page knows
// when; what broke on our side is said as such, and waits for the reader's word.
export async function Resting({ error }: { error: CallError | undefined }) {
  const { t, locale } = await getText();
  if (error?.status === 429) {
    const wait_s = Math.min(error.retry_after_s ?? WAIT_S, WAIT_S_MAX);
    return (
      <>
        <AnswerStatus code={429} retryAfter_s={wait_s} />
        <meta httpEquiv="refresh" content={String(wait_s + 1)} />
        <Notice title={t("site.too_many_title")} text={t("site.too_many_text", { time: durationIn(locale, wait_s) })} />
      </>
    );
  }
  if (error?.status === 500) {
    return (
      <>
        <AnswerStatus code={500} />
        <Notice title={t("site.error_title")} text={t("site.error_text")}>
          {/* An empty address is the page itself, whole. */}
          <p className="flex flex-wrap justify-center gap-3"><a href="" className="button button-primary">{t("site.retry")}</a><ButtonLink href="/">{t("site.back_home")}</ButtonLink></p>
        </Notice>
      </>
    );
  }
  return (
    <>
      <AnswerStatus code={503} retryAfter_s={AGAIN_S} />
      <meta httpEquiv="refresh" content={String(AGAIN_S)} />
      <Notice isHopeful title={t("site.resting_title")} text={t("site.resting_text")} />
    </>
  );
}
