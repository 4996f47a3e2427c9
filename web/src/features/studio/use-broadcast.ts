import { useCallback, useEffect, useRef, useState } from "react";
import type { PublishSettings } from "@/lib/api/types";
import type { Quality } from "@/lib/studio/upload";
import { WhipPublisher, type WhipState, type WhipStats } from "@/lib/studio/whip";
import type { Refusal } from "@/lib/webrtc/signalling";

const LOOK_MS = 1_000;
export type Broadcast = { state: WhipState | "idle"; refusal: Refusal | null; stats: WhipStats | null };

// One broadcast from this page: its state, its figures, and a screen that stays on while it lasts.
export function useBroadcast(publish: PublishSettings) {
  const [now, setNow] = useState<Broadcast>({ state: "idle", refusal: null, stats: null });
  const publisher = useRef<WhipPublisher | null>(null);
  const isOn = now.state === "connecting" || now.state === "live" || now.state === "reconnecting";

  const start = useCallback((stream: MediaStream, quality: Quality) => {
    publisher.current?.stop();
    publisher.current = new WhipPublisher(stream, {
      url: `/whip/${encodeURIComponent(publish.stream_key)}`, token: publish.token, quality,
      onState: (state, refusal) => setNow((before) => ({ state, refusal: refusal ?? null, stats: state === "live" ? before.stats : null })),
    });
  }, [publish.stream_key, publish.token]);
  const stop = useCallback(() => { publisher.current?.stop(); publisher.current = null; }, []);
  const replace = useCallback((stream: MediaStream) => publisher.current?.replace(stream), []);

  useEffect(() => stop, [stop]);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => void publisher.current?.stats().then((stats) => setNow((before) => ({ ...before, stats }))), LOOK_MS);
    const asks = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", asks);
    const letSleep = keepAwake();
    return () => { clearInterval(timer); window.removeEventListener("beforeunload", asks); letSleep(); };
  }, [isOn]);
  return { ...now, isOn, start, stop, replace };
}

// A phone that locks its screen stops its camera. The system takes the lock back when the tab is hidden: ask again.
function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null, isOver = false;
  const ask = async () => {
    if (document.hidden || isOver) return;
    lock = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    if (isOver) void lock?.release();
  };
  void ask();
  document.addEventListener("visibilitychange", ask);
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", ask);
    void lock?.release();
  };
}
