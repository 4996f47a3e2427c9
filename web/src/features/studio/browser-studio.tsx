"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { PublishSettings } from "@/lib/api/types";
import type { Devices, Picture } from "@/lib/studio/capture";
import { adviceFor, CORES_MIN, type Advice, type Quality } from "@/lib/studio/upload";
import { useLocale, useText } from "@/text/client";
import { LateWords } from "@/text/late-words";
import { useErrorWords } from "@/text/refusals";
import { SelectField } from "@/ui/field";
import { Icon } from "@/ui/icon";
import { useBroadcast, type Broadcast } from "./use-broadcast";
import { useCapture, useLevel } from "./use-capture";
import { useUploadCheck } from "./use-upload-check";

const ASSUMED_BPS = 2_000_000;   // Until it has been measured, or when it cannot be.

type Props = { publish: PublishSettings; onOnAir: (isOn: boolean) => void };

// On air from this page: choose a picture, see and hear it first, learn what the connection carries, then go.
export default function BrowserStudio(props: Props) {
  return <LateWords subjects={["golive"]}><Desk {...props} /></LateWords>;
}

function Desk({ publish, onOnAir }: Props) {
  const t = useText();
  const { stream, problem, isAsking, devices, open } = useCapture();
  const broadcast = useBroadcast(publish);
  const { upload_bps, isMeasuring, measure } = useUploadCheck();
  const advice = upload_bps === null ? null : { ...adviceFor(upload_bps), upload_bps };
  const [picture, setPicture] = useState<Picture>("camera");
  const [chosen, setChosen] = useState<{ cameraId?: string; microphoneId?: string }>({});
  const { isOn } = broadcast;
  useEffect(() => onOnAir(isOn), [isOn, onOnAir]);

  const quality = (advice ?? adviceFor(ASSUMED_BPS)).quality;
  const show = async (next: Picture, ids = chosen) => {
    setPicture(next);
    setChosen(ids);
    const captured = await open({ picture: next, ...ids, quality });
    if (captured && isOn) void broadcast.replace(captured);
    if (captured && !advice && !isOn) void measure().then((measured) => { if (measured !== null) void growTo(captured, adviceFor(measured).quality); });
  };
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap gap-2" role="group" aria-label={t("golive.picture")}>
        {(["camera", "screen"] as const).map((one) => (
          <button key={one} type="button" className="button button-quiet button-small" aria-pressed={stream !== null && picture === one} disabled={isAsking} onClick={() => void show(one)}>
            <Icon name={one} />{t(`golive.use_${one}`)}
          </button>
        ))}
      </div>
      {problem && <p role="alert" className="flex gap-2 rounded-xl bg-raised px-3 py-2 text-[0.9375rem]"><Icon name="warning" className="mt-0.5 size-5 flex-none" />{t(`golive.capture_${problem}`)}</p>}
      {stream && (
        <>
          <Preview stream={stream} isMirrored={picture === "camera"} />
          <DeviceChoice devices={devices} picture={picture} stream={stream} onChoose={(ids) => void show(picture, { ...chosen, ...ids })} />
          <UploadAdvice advice={advice} isMeasuring={isMeasuring} onMeasure={() => void measure()} isOn={isOn} />
        </>
      )}
      <OnAir broadcast={broadcast} />
      {isOn
        ? <button type="button" className="button button-danger justify-self-start"
            onClick={({ detail }) => { if (detail < 2) broadcast.stop(); }}>{t("golive.browser_stop")}</button>
        : <button type="button" className="button button-sun justify-self-start" disabled={!stream || isAsking} onClick={() => { if (stream) broadcast.start(stream, quality); }}>
            <Icon name="broadcast" />{t("golive.browser_start")}</button>}
    </div>
  );
}

// The camera was opened before anybody knew what the connection carries: where that is more, and the machine can encode
// it, the picture grows.
async function growTo(stream: MediaStream, { height, frameRate }: Quality): Promise<void> {
  const [video] = stream.getVideoTracks();
  if (!video || navigator.hardwareConcurrency < CORES_MIN || height <= (video.getSettings().height ?? 0)) return;
  await video.applyConstraints({ width: { ideal: Math.round((height * 16) / 9) }, height: { ideal: height }, frameRate: { ideal: frameRate } })
    .catch(() => undefined);   // A camera that cannot stays as it is.
}

function Preview({ stream, isMirrored }: { stream: MediaStream; isMirrored: boolean }) {
  const t = useText(), locale = useLocale(), level = useLevel(stream);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => { if (video.current) video.current.srcObject = stream; }, [stream]);
  const hasSound = stream.getAudioTracks().length > 0;
  const percent = Math.round(level * 100);
  return (
    <figure className="grid gap-2">
      <video ref={video} autoPlay muted playsInline aria-label={t("golive.preview")} className={`aspect-video w-full rounded-xl bg-black object-contain ${isMirrored ? "-scale-x-100" : ""}`} />
      <figcaption className="flex items-center gap-3 text-sm text-muted">
        <Icon name="microphone" className="size-5 flex-none" />
        {hasSound
          ? <span className="level" role="meter" aria-label={t("golive.level")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={`${percent.toLocaleString(locale)} %`}>
              <span style={{ transform: `scaleX(${level})` }} /></span>
          : <span>{t("golive.no_microphone")}</span>}
      </figcaption>
    </figure>
  );
}

function DeviceChoice({ devices, picture, stream, onChoose }: {
  devices: Devices; picture: Picture; stream: MediaStream; onChoose: (ids: { cameraId?: string; microphoneId?: string }) => void;
}) {
  const t = useText();
  const current = (kind: "audio" | "video") => stream.getTracks().find((track) => track.kind === kind)?.getSettings().deviceId ?? "";
  const cameras = picture === "camera" ? devices.cameras : [];
  if (cameras.length < 2 && devices.microphones.length < 2) return null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {cameras.length > 1 && (
        <SelectField name="camera" label={t("golive.camera")} value={current("video")} onChange={(event) => onChoose({ cameraId: event.target.value })}>
          {cameras.map(({ deviceId, label }) => <option key={deviceId} value={deviceId}>{label || t("golive.camera")}</option>)}
        </SelectField>
      )}
      {devices.microphones.length > 1 && (
        <SelectField name="microphone" label={t("golive.microphone")} value={current("audio")} onChange={(event) => onChoose({ microphoneId: event.target.value })}>
          {devices.microphones.map(({ deviceId, label }) => <option key={deviceId} value={deviceId}>{label || t("golive.microphone")}</option>)}
        </SelectField>
      )}
    </div>
  );
}

function UploadAdvice({ advice, isMeasuring, onMeasure, isOn }: { advice: (Advice & { upload_bps: number }) | null; isMeasuring: boolean; onMeasure: () => void; isOn: boolean }) {
  const t = useText(), locale = useLocale();
  const speed = advice && (advice.upload_bps / 1e6).toLocaleString(locale, { maximumFractionDigits: 1 });
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-xl bg-raised px-3 py-2 text-[0.9375rem]">
      <p role="status">
        {isMeasuring ? t("golive.upload_measuring")
          : advice && speed ? <><b>{t("golive.upload_speed", { speed })}</b> {t(`golive.upload_${advice.verdict}`)}</>
          : t("golive.upload_unknown")}
      </p>
      {!isMeasuring && !isOn && <button type="button" className="button button-quiet button-small" onClick={onMeasure}>{t("golive.upload_again")}</button>}
    </div>
  );
}

function OnAir({ broadcast: { state, refusal, stats } }: { broadcast: Broadcast }) {
  const t = useText(), locale = useLocale(), why = useWhy(refusal);
  const whole = (value: number) => value.toLocaleString(locale, { maximumFractionDigits: 0 });
  if (state === "idle") return null;
  return (
    <div className="grid gap-1">
      <p role={state === "refused" ? "alert" : "status"} className={`font-semibold ${state === "live" ? "text-good" : state === "refused" ? "text-bad" : ""}`}>
        {t(`golive.browser_${state}`)}{why && ` ${why}`}
      </p>
      {stats && (state === "live" || state === "reconnecting") && (
        <p className="text-sm text-muted tabular-nums">
          {[`${whole(stats.bitrate_bps / 1000)} kbit/s`, t("golive.fps", { n: whole(stats.frameRate) }),
            stats.rtt_s === null ? "" : t("golive.rtt", { ms: whole(stats.rtt_s * 1000) }),
            stats.loss === null ? "" : t("golive.loss", { percent: (stats.loss * 100).toLocaleString(locale, { maximumFractionDigits: 1 }) })].filter(Boolean).join(" · ")}
          {stats.isCpuShort && <span className="block">{t("golive.cpu_short")}</span>}
        </p>
      )}
    </div>
  );
}

function useWhy(refusal: Broadcast["refusal"]): string {
  const say = useErrorWords();
  const [why, setWhy] = useState("");
  const sayNow = useEffectEvent((): Promise<string> => (refusal ? say(refusal) : Promise.resolve("")));
  useEffect(() => {
    let isCurrent = true;
    void sayNow().then((words) => { if (isCurrent) setWhy(words); });
    return () => { isCurrent = false; };
  }, [refusal]);
  return why;
}
