"use client";

import type { CallError } from "@/lib/api/call";
import { durationIn } from "@/lib/time";
import { loadSubject, type Messages } from "./catalogue";
import { useLocale, useText } from "./client";

// The sentences of refusals: fetched when the first one is met, not brought by every page with a form.
export type SayRefusal = (error: Pick<CallError, "reason" | "retry_after_s">) => Promise<string>;

// An error's reason in the reader's words, with the wait when a rate limit asks for one.
export function useErrorWords(): SayRefusal {
  const t = useText(), locale = useLocale();
  return async (error) => {
    if (error.reason === "web.offline") return t("error.web.offline");   // Nothing can be fetched now.
    const sentences: Messages = await loadSubject(locale, "error").catch(() => ({}));
    const words = sentences[`error.${error.reason}`] ?? t("error.api.internal");
    if (!error.retry_after_s) return words;
    const [what = words] = words.split(/(?<=[.!?]) /);   // Its own way out says "later"; we know when.
    return `${what} ${t("form.wait", { time: durationIn(locale, error.retry_after_s) })}`;
  };
}
