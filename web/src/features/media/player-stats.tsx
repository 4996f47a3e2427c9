"use client";

import { useState } from "react";
import type { StreamEngine } from "@/lib/player/engine";
import { useLocale, useText } from "@/text/client";
import { Icon } from "@/ui/icon";

const PROTOCOLS = { whep: "WebRTC", llhls: "LL-HLS", hls: "HLS" } as const;
const PLAYERS = { webrtc: "WHEP", "hls.js": "hls.js", native: "Safari" } as const;

// For the curious and for support: the session id is what support asks for.
export default function PlayerStats({ engine, sessionId, onClose }: { engine: StreamEngine; sessionId: string; onClose: () => void }) {
  const t = useText(), locale = useLocale();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(sessionId);
      setCopied(true);
    } catch { /* No clipboard here: the id can be selected. */ }
  };
  const now = engine.stats();
  const decimal = (value: number, digits = 1) => value.toLocaleString(locale, { maximumFractionDigits: digits });
  const milliseconds = (seconds: number | null) => (seconds === null ? "–" : `${decimal(seconds * 1000, 0)} ms`);
  const { mode } = engine.state;
  const rows: [string, string][] = [
    [t("player.stat_protocol"), `${PROTOCOLS[now.protocol]} · ${PLAYERS[now.player]}`],
    [t("player.stat_mode"), `${t(`player.mode_${mode}`)} · ${t("player.stat_rung", { n: engine.rungNumber, of: engine.rungCount })}`],
    [t("player.stat_resolution"), now.width ? `${now.width}×${now.height}${now.frameRate ? ` @ ${decimal(now.frameRate, 2)}` : ""}` : "–"],
    [t("player.stat_codecs"), now.codecs || "–"],
    [t("player.stat_latency"), now.latency_s === null ? "–" : `${decimal(now.latency_s, 2)} s`],
    [t("player.stat_rtt"), milliseconds(now.rtt_s)],
    [t("player.stat_loss"), now.loss === null ? "–" : `${decimal(now.loss * 100)} %`],
    [t("player.stat_jitter"), milliseconds(now.jitter_s)],
    [t("player.stat_buffer"), `${decimal(now.buffer_s, 2)} s`],
    [t("player.stat_bandwidth"), now.bandwidth_bps ? `${decimal(now.bandwidth_bps / 1e6)} Mbit/s` : "–"],
    [t("player.stat_dropped"), decimal(now.dropped_frames, 0)],
    [t("player.stat_stalls"), `${decimal(now.stalls, 0)} · ${decimal(now.stalled_ms / 1000)} s`],
  ];
  return (
    <section className="player-stats" aria-label={t("player.stats")}>
      <button type="button" className="player-control absolute end-1 top-1" aria-label={t("player.close_stats")} onClick={onClose}><Icon name="close" /></button>
      <dl>
        {rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
        <div>
          <dt>{t("player.stat_session")}</dt>
          <dd className="flex items-center gap-1"><code>{sessionId}</code>
            <button type="button" className="player-control size-8!" aria-label={t("player.copy_session")} title={t("player.copy_session")}
              onClick={copy}><Icon name={isCopied ? "check" : "copy"} className="size-4" /></button>
            <span role="status" className="sr-only">{isCopied ? t("player.copied_session") : ""}</span></dd>
        </div>
      </dl>
    </section>
  );
}
