"use client";

import type { StreamHealth } from "@/lib/api/types";
import { useLocale, useText } from "@/text/client";
import { Icon } from "@/ui/icon";

// What the creator could change, the most useful first; or that all is well.
export function HealthAdvice({ health }: { health: StreamHealth }) {
  const t = useText();
  if (health.advice.length === 0) return <p className="flex gap-2 font-semibold text-good"><Icon name="check" />{t("studio.health_good")}</p>;
  return (
    <ul className="grid gap-2">{health.advice.map((advice) => (
      <li key={advice} className="flex gap-2 rounded-xl bg-raised px-3 py-2 text-[0.9375rem]"><Icon name="warning" className="mt-0.5 size-5 flex-none" />{t(`studio.advice_${advice}`)}</li>
    ))}</ul>
  );
}

// Advice first, figures after.
export function HealthPanel({ health }: { health: StreamHealth | null }) {
  const t = useText(), locale = useLocale();
  const isOn = health?.state === "live" || health?.state === "reconnecting";
  const decimal = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: 2 });
  const rows: [string, string][] = health && isOn ? [
    [t("studio.health_viewers"), decimal(health.viewer_count)],
    [t("studio.health_video"), health.video_codec ? `${health.video_codec} · ${decimal(health.video_bitrate_kbps)} kbps` : "–"],
    [t("studio.health_resolution"), health.width ? `${health.width}×${health.height}` : "–"],
    [t("studio.health_frame_rate"), health.frame_rate ? decimal(health.frame_rate) : "–"],
    [t("studio.health_keyframe"), health.keyframe_interval_s ? `${decimal(health.keyframe_interval_s)} s` : "–"],
    [t("studio.health_b_frames"), t(health.has_b_frames ? "studio.yes" : "studio.no")],
    [t("studio.health_audio"), health.audio_codec ? `${health.audio_codec} · ${decimal(health.audio_bitrate_kbps)} kbps` : "–"],
    [t("studio.health_dropped"), decimal(health.frames_dropped)],
    ...(health.packet_loss_percent === null ? [] : [[t("studio.health_loss"), `${decimal(health.packet_loss_percent)} %`] as [string, string]]),
    [t("studio.health_round_trip"), health.round_trip_ms === null ? "–" : `${decimal(health.round_trip_ms)} ms`],
    [t("studio.health_encoder"), health.encoder.startsWith("Mozilla/") ? t("studio.health_encoder_browser") : health.encoder || "–"],
  ] : [];
  return (
    <div>
      <h3 className="pb-2 text-lg">{t("live.health")}</h3>
      {!isOn || !health ? <p className="text-muted">{t("studio.health_waiting")}</p> : (
        <>
          <HealthAdvice health={health} />
          <dl className="pt-3 text-[0.9375rem] tabular-nums">
            {rows.map(([name, value]) => (
              <div key={name} className="flex justify-between gap-4 border-b border-line py-1.5 last:border-0"><dt className="text-muted">{name}</dt><dd className="min-w-0 text-end font-medium wrap-anywhere">{value}</dd></div>
            ))}
          </dl>
          {health.sizes.length > 0 && <Sizes health={health} />}
        </>
      )}
    </div>
  );
}

// What viewers on slower lines may move down to, and what each size costs.
function Sizes({ health }: { health: StreamHealth }) {
  const t = useText(), locale = useLocale();
  const whole = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: 0 });
  return (
    <div className="overflow-x-auto pt-4">
      <table className="w-full text-[0.9375rem] tabular-nums">
        <caption className="pb-1 text-start font-semibold">{t("studio.health_sizes")}</caption>
        <thead><tr className="text-start text-sm text-muted">
          <th scope="col" className="py-1 text-start font-medium">{t("studio.health_size")}</th>
          <th scope="col" className="py-1 text-end font-medium">{t("studio.health_bitrate")}</th>
          <th scope="col" className="py-1 text-end font-medium">{t("studio.health_frame_rate")}</th>
        </tr></thead>
        <tbody>{health.sizes.map(({ width, height, bitrate_kbps, frame_rate }, i) => (
          <tr key={`${width}x${height}`} className="border-t border-line">
            <th scope="row" className="py-1.5 text-start font-medium">{`${height}p`} <span className="font-normal text-muted">{width}×{height}{i === 0 && ` · ${t("studio.health_size_own")}`}</span></th>
            <td className="py-1.5 text-end">{bitrate_kbps > 0 ? `${whole(bitrate_kbps)} kbps` : "–"}</td>
            <td className="py-1.5 text-end">{frame_rate > 0 ? whole(frame_rate) : "–"}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}
