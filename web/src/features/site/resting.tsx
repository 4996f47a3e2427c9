import type { CallError } from "@/lib/api/call";
import { durationIn } from "@/lib/time";
import { getText } from "@/text/server";
import { AnswerStatus } from "./answer-status";
import { Notice } from "./notice";

const AGAIN_S = 5;            // The engine does not answer: it is starting, or will be soon.
const WAIT_S_MAX = 3_600;     // Longer waits are for the reader to come back by themselves.

// The page's own data did not come: say why and come back alone. After too many visits the page knows when.
export async function Resting({ error }: { error?: CallError }) {
  const { t, locale } = await getText();
  if (error?.status === 429) {
    const wait_s = Math.min(error.retry_after_s ?? 60, WAIT_S_MAX);
    return (
      <>
        <AnswerStatus code={429} retryAfter_s={wait_s} />
        <meta httpEquiv="refresh" content={String(wait_s + 1)} />
        <Notice title={t("site.too_many_title")} text={t("site.too_many_text", { time: durationIn(locale, wait_s) })} />
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
