"use client";

import { useState } from "react";
import { PublishSettingsPanel } from "@/features/live/publish-settings";
import type { CallResult } from "@/lib/api/call";
import type { PublishSettings } from "@/lib/api/types";
import { useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Button } from "@/ui/button";
import { ConfirmButton } from "./confirm-button";

type Props = {
  show: () => Promise<CallResult<PublishSettings>>;
  rotate: () => Promise<CallResult<PublishSettings>>;
  revoke: () => Promise<CallResult<undefined>>;
};

// Show, change, revoke: the same three for a stream's key and for the channel's.
export function KeyActions({ show, rotate, revoke }: Props) {
  const t = useText(), say = useErrorWords();
  const [publish, setPublish] = useState<PublishSettings | null>(null);
  const [words, setWords] = useState<{ text: string; isBad: boolean } | null>(null);
  const [isPending, setPending] = useState(false);

  const run = async <T,>(action: () => Promise<CallResult<T>>, done: (data: T) => void, text?: string) => {
    setPending(true);
    const answer = await action();
    setPending(false);
    if (answer.ok) done(answer.data);
    setWords(answer.ok ? (text ? { text, isBad: false } : null) : { text: await say(answer.error), isBad: true });
  };
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap gap-2">
        {!publish && <Button variant="primary" size="small" className="min-h-11" isPending={isPending} onClick={() => void run(show, setPublish)}>{t("studio.show_key")}</Button>}
        <ConfirmButton variant="quiet" label={t("studio.rotate")} title={t("studio.rotate")} text={t("studio.rotate_sure")} isPending={isPending} onConfirm={() => void run(rotate, setPublish, t("studio.rotated"))} />
        <ConfirmButton label={t("studio.revoke")} title={t("studio.revoke")} text={t("studio.revoke_sure")} isPending={isPending} onConfirm={() => void run(revoke, () => setPublish(null), t("studio.revoked"))} />
      </div>
      <p role="status" className={words ? `font-semibold ${words.isBad ? "text-bad" : "text-good"}` : "sr-only"}>{words?.text}</p>
      {publish && <PublishSettingsPanel publish={publish} />}
    </div>
  );
}
