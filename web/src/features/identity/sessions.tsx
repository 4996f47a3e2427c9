"use client";

import { useState } from "react";
import { api } from "@/lib/api/browser";
import type { Session } from "@/lib/api/types";
import { sinceIn } from "@/lib/time";
import { useLocale, useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Button } from "@/ui/button";
import { deviceOf } from "./device";

export function Sessions({ sessions }: { sessions: Session[] }) {
  const t = useText(), locale = useLocale(), say = useErrorWords();
  const [open, setOpen] = useState(sessions);
  const [problem, setProblem] = useState("");
  const end = async (id: number) => {
    const answer = await api("delete", "/api/v1/sessions/{session_id}", { path: { session_id: id } });
    if (answer.ok || answer.error.status === 404) setOpen((now) => now.filter((session) => session.id !== id));
    setProblem(answer.ok ? "" : await say(answer.error));
  };
  const endOthers = async () => {
    const answer = await api("delete", "/api/v1/sessions");
    if (answer.ok) setOpen((now) => now.filter((session) => session.is_current));
    setProblem(answer.ok ? "" : await say(answer.error));
  };
  return (
    <>
      <p role="alert" className={problem ? "pb-3 font-semibold text-bad" : "sr-only"}>{problem}</p>
      <ul>
        {open.map((session) => (
          <li key={session.id} className="flex items-center justify-between gap-4 border-t border-line py-3 first:border-0">
            <span className="min-w-0">
              <b className="block truncate">{deviceOf(session.user_agent) ?? t("account.session_unknown")}</b>
              <span className="text-sm text-muted" suppressHydrationWarning>{session.is_current ? t("account.session_current") : t("account.session_seen", { time: sinceIn(locale, session.last_seen_at) })}</span>
            </span>
            {!session.is_current && <button type="button" className="button button-quiet button-small" onClick={() => end(session.id)}>{t("account.session_end")}</button>}
          </li>
        ))}
      </ul>
      {open.some((session) => !session.is_current) && <p className="pt-4"><Button variant="danger" onClick={endOthers}>{t("care.end_others")}</Button></p>}
    </>
  );
}
