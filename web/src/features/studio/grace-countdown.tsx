"use client";

import { useEffect, useState } from "react";
import { useText } from "@/text/client";

// The encoder dropped: how long its place is kept, and what to do meanwhile.
export function GraceCountdown({ endsAt }: { endsAt: string }) {
  const t = useText();
  const [now_ms, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const left_s = Math.max(0, Math.ceil((Date.parse(endsAt) - now_ms) / 1000));
  return (
    <div className="rounded-xl border-2 border-bad px-4 py-3">
      <p role="timer" className="font-semibold tabular-nums" suppressHydrationWarning>{t("studio.grace_left", { time: `${Math.floor(left_s / 60)}:${String(left_s % 60).padStart(2, "0")}` })}</p>
      <p className="text-[0.9375rem]">{t("studio.grace_what")}</p>
    </div>
  );
}
