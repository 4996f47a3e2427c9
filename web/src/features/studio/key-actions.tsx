"use client";

import { useState } from "react";
import { PublishSettingsPanel } from "@/features/live/publish-settings";
import type { CallResult } from "@/lib/api/call";
import type { PublishSettings } from "@/lib/api/types";
import { useErrorWords } from "@/lib/use-form";
import { useText } from "@/text/client";

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
    setWords(answer.ok ? (text ? { text, isBad: false } : null) : { text: say(answer.error), isBad: true });
  };
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap gap-2">
        {!publish && <button type="button" className="button button-primary button-small" disabled={isPending} onClick={() => run(show, setPublish)}>{t("studio.show_key")}</button>}
        <button type="button" className="button button-quiet button-small" disabled={isPending}
          onClick={() => { if (confirm(t("studio.rotate_sure"))) void run(rotate, setPublish, t("studio.rotated")); }}>{t("studio.rotate")}</button>
        <button type="button" className="button button-danger button-small" disabled={isPending}
          onClick={() => { if (confirm(t("studio.revoke_sure"))) void run(revoke, () => setPublish(null), t("studio.revoked")); }}>{t("studio.revoke")}</button>
      </div>
      <p role="status" className={words ? `font-semibold ${words.isBad ? "text-bad" : "text-good"}` : "sr-only"}>{words?.text}</p>
      {publish && <PublishSettingsPanel publish={publish} />}
    </div>
  );
}
