"use client";

import { useLiveStream } from "@/features/live/live-stream";
import { clockTime, countdown, type Scene } from "@/lib/player/scene";
import { momentIn } from "@/features/channels/moments";
import { useLocale, useText } from "@/text/client";
import { Icon } from "@/ui/icon";
import type { NextLive } from "./player-stage";

// What stands over the picture when the picture does not move. Never an empty black box.
export function PlayerOverlay({ scene, next, now_ms, onPlay }: { scene: Scene; next: NextLive | null; now_ms: number; onPlay: () => void }) {
  const t = useText(), locale = useLocale();
  const { stream } = useLiveStream();
  const channel = stream.channel.display_name;
  switch (scene) {
    case "clear": return null;
    case "spinner": return <div className="player-veil"><Spinner label={t("player.loading")} /></div>;
    case "paused":
      return (
        <button type="button" className="player-start" onClick={onPlay} aria-label={t("player.play")}>
          <span><Icon name="play" filled className="size-8" /></span>
        </button>
      );
    case "reconnecting": return <Message title={t("player.reconnecting")} isBusy />;
    case "offline": return <Message title={t("player.offlinenet")} text={t("player.offlinenet_text")} />;
    case "unsupported": return <Message title={t("player.unsupported")} />;
    case "ended": return <Message title={t("player.ended")} text={t("player.ended_text")} note={[
      stream.peak_viewers > 0 ? t("player.ended_peak", { n: stream.peak_viewers }) : "",
      next ? t("player.ended_next", { title: next.title, time: momentIn(locale, next.starts_at) }) : "",
    ].filter(Boolean).join(" · ")} />;
    case "source_lost": {
      const left_s = countdown(stream.grace_ends_at, now_ms);
      return <Message isBusy title={t("player.source_lost")}
        text={left_s === null ? t("player.source_lost_soon") : t("player.source_lost_text", { channel, time: clockTime(left_s) })} />;
    }
  }
}

function Message({ title, text, note, isBusy = false }: { title: string; text?: string; note?: string; isBusy?: boolean }) {
  return (
    <div className="player-veil player-veil-dark">
      <div className="max-w-md px-6 text-center">
        {isBusy && <Spinner />}
        <p role="status" className="pt-2 font-display text-xl font-bold sm:text-2xl">{title}</p>
        {text && <p className="pt-2 text-[0.9375rem] text-white/90">{text}</p>}
        {note && <p className="pt-3 text-sm text-white/80">{note}</p>}
      </div>
    </div>
  );
}

// Three waves instead of a wheel.
function Spinner({ label }: { label?: string }) {
  return (
    <span className="player-spinner" role={label ? "status" : undefined} aria-label={label}>
      <i /><i /><i />
    </span>
  );
}
