import type Hls from "hls.js";
import { startTransition, useEffect, useReducer, useRef, useState, type RefObject } from "react";
import { useLiveStream } from "@/features/live/live-stream";
import { api } from "@/lib/api/browser";
import { StreamEngine } from "@/lib/player/engine";
import { HeartbeatSender, TabSession } from "@/lib/player/heartbeat";

const ASK_WHY_AFTER_MS = 1_000;
const ASK_WHY_EVERY_MS = 3_000;

// Ties an engine to the page: makes it, redraws when it changes, and lets it say that somebody is watching.
export function useEngine(video: RefObject<HTMLVideoElement | null>, still: RefObject<HTMLCanvasElement | null>) {
  const { live, stream } = useLiveStream();
  const [engine, setEngine] = useState<StreamEngine | null>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const sessionId = useRef("");

  useEffect(() => {
    let made: StreamEngine | null = null, stopBeating = () => {};
    if (video.current && still.current) {
      const engine = new StreamEngine(video.current, still.current, {
        hlsUrl: stream.hls_url, whepUrl: `/whep/${stream.id}`, loadHls,
        isOver: async () => { await live.ask(); return live.stream.state === "ended"; },
      });
      made = engine;
      const session = new TabSession(stream.id, tabStorage());
      sessionId.current = session.take();
      const beats = heartbeats(engine, video.current, session, live, stream.id);
      stopBeating = beats.stop;
      engine.onChange = () => {
        redraw();
        if (engine.state.phase === "playing") beats.sender.start();
      };
      engine.onEnded = () => void live.ask();
      startTransition(() => setEngine(engine));
    }
    return () => {
      stopBeating();
      made?.destroy();
      setEngine(null);
    };
  }, [live, still, stream.hls_url, stream.id, video]);

  useEffect(() => {
    engine?.setSourceLost(stream.state === "reconnecting");
    if (stream.state === "ended") engine?.setEnded();
  }, [engine, stream.state]);

  // A picture that stands still: ask the server why, sooner than the next heartbeat would tell.
  const isStill = engine?.state.phase === "stalled" || engine?.state.phase === "recovering";
  useEffect(() => {
    if (!isStill) return;
    const first = setTimeout(() => void live.ask(), ASK_WHY_AFTER_MS);
    const again = setInterval(() => void live.ask(), ASK_WHY_EVERY_MS);
    return () => { clearTimeout(first); clearInterval(again); };
  }, [isStill, live]);
  return { engine, sessionId: sessionId.current };
}

// Safari on an old iPhone has no Media Source and plays HLS by itself: it never downloads hls.js.
async function loadHls(): Promise<typeof Hls | null> {
  const hasMediaSource = "MediaSource" in window || "ManagedMediaSource" in window;
  if (!hasMediaSource && document.createElement("video").canPlayType("application/vnd.apple.mpegurl")) return null;
  const { default: HlsClass } = await import("hls.js/light");
  await new Promise((resume) => setTimeout(resume));   // Reading it took a while; a tap may be waiting.
  return HlsClass;
}

function heartbeats(engine: StreamEngine, video: HTMLVideoElement, session: TabSession,
  live: ReturnType<typeof useLiveStream>["live"], streamId: number) {
  const sender = new HeartbeatSender(session.take(), {
    send: async (body, { keepalive }) => {
      const answer = await api("post", "/api/v1/streams/{stream_id}/heartbeat", { path: { stream_id: streamId }, body, keepalive });
      return answer.ok ? answer.data : null;
    },
    playback: () => {
      const stats = engine.stats();
      return {
        playhead_s: video.currentTime, is_playing: engine.state.phase === "playing", is_visible: !document.hidden,
        stalls: stats.stalls, stalled_ms: stats.stalled_ms, protocol: stats.protocol, height: stats.height,
        ...(stats.latency_s === null ? {} : { latency_ms: stats.latency_s * 1000 }),
      };
    },
    later: (delay_ms, run) => {
      const timer = window.setTimeout(run, delay_ms);
      return () => window.clearTimeout(timer);
    },
    onAnswer: (answer) => live.apply(answer),
  });
  const leave = () => { sender.leave(); session.putBack(); };
  const comeBack = (event: PageTransitionEvent) => { if (event.persisted) session.take(); };   // The next picture starts the beats.
  engine.onRest = leave;
  window.addEventListener("pageshow", comeBack);
  const stop = () => {
    window.removeEventListener("pageshow", comeBack);
    leave();
  };
  return { sender, stop };
}

function tabStorage(): Storage | undefined {
  try { return window.sessionStorage; } catch { return undefined; }
}
