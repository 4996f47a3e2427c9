"use client";

import { lazy, Suspense, useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { useLiveStream } from "@/features/live/live-stream";
import { sceneOf } from "@/lib/player/scene";
import type { Command } from "@/lib/player/shortcuts";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";
import { PlayerControls } from "./player-controls";
import { PlayerOverlay } from "./player-overlay";
import { toggleTheatre } from "./theatre";
import { usePlayback } from "./use-playback";
import { useShortcuts } from "./use-shortcuts";

const PlayerStats = lazy(() => import("./player-stats"));
const ShortcutHelp = lazy(() => import("./shortcut-help"));

export type NextLive = { title: string; starts_at: string };
export type StageProps = { box: RefObject<HTMLDivElement | null>; isMuted: boolean; isEmbedded: boolean; next: NextLive | null };

const CONTROLS_REST_MS = 3_000;
const VOLUME_STEP = 0.1;

// The moving part of the player: picture, states over it, controls, keys.
export function PlayerStage({ box, isMuted, isEmbedded, next }: StageProps) {
  const t = useText();
  const { stream } = useLiveStream();
  const place = useRef<HTMLDivElement>(null);
  const playback = usePlayback(place, { isMuted, isEmbedded });
  const engine = playback?.engine;
  const now_ms = useTick(playback !== null);
  const [panel, setPanel] = useState<"none" | "stats" | "help">("none");
  const controls = useResting(box);

  const run = useCallback((command: Command) => {
    if (!playback || !box.current) return;
    const { engine, video } = playback;
    switch (command) {
      case "toggle_play": return engine.togglePlay();
      case "toggle_mute": return engine.setMuted(!engine.state.isMuted);
      case "volume_up": return engine.setVolume(engine.state.volume + VOLUME_STEP);
      case "volume_down": return engine.setVolume(engine.state.volume - VOLUME_STEP);
      case "seek_back": return engine.seekBy(-5);
      case "seek_forward": return engine.seekBy(5);
      case "seek_back_far": return engine.seekBy(-10);
      case "seek_forward_far": return engine.seekBy(10);
      case "to_live": return engine.toLive();
      case "fullscreen": return toggleFullscreen(box.current, video);
      case "theatre": return isEmbedded ? undefined : toggleTheatre();
      case "pip": return togglePictureInPicture(video);
      case "captions": return void engine.toggleCaptions();
      case "stats": return setPanel((open) => (open === "stats" ? "none" : "stats"));
      case "help": return setPanel((open) => (open === "help" ? "none" : "help"));
    }
  }, [box, isEmbedded, playback]);
  const [singleKeys, setSingleKeys] = useShortcuts(box, run, controls.wake);

  const state = engine?.state;
  const scene = sceneOf({
    phase: state?.phase ?? "loading", streamState: stream.state, isOnline: navigator.onLine,
    waited_ms: state && state.waitingSince_ms !== null ? performance.now() - state.waitingSince_ms : state?.phase === "loading" ? 1_000 : 0,
  });
  const isPlaying = state?.phase === "playing";
  return (
    <>
      <div ref={place} className="contents" onDoubleClick={() => run("fullscreen")}
        onClick={(event) => { if ((event.nativeEvent as PointerEvent).pointerType !== "touch") run("toggle_play"); }} />
      {state?.quality === "audio" && scene === "clear" && <p className="player-audio"><Icon name="headphones" className="size-12" />{t("player.audioonly_now")}</p>}
      {state?.isAudioLost && isPlaying && <p role="status" className="player-notice">{t("player.audioonly_failed")}</p>}
      <PlayerOverlay scene={scene} next={next} now_ms={now_ms} onPlay={() => run("toggle_play")} />
      {state?.wasMutedByUs && state.isMuted && isPlaying && (
        <button type="button" className="player-unmute" onClick={() => engine?.setMuted(false)}>
          <Icon name="muted" />{t("player.unmute")}
        </button>
      )}
      {playback && engine && state && scene !== "ended" && scene !== "unsupported" && (
        <PlayerControls engine={engine} state={state} run={run} isInPicture={playback.isInPicture} isEmbedded={isEmbedded} isHidden={controls.isResting && isPlaying && state.quality !== "audio"}
          singleKeys={singleKeys} onSingleKeys={setSingleKeys} />
      )}
      <Suspense>
        {panel === "stats" && playback && <PlayerStats engine={playback.engine} sessionId={playback.sessionId} onClose={() => setPanel("none")} />}
        {panel === "help" && <ShortcutHelp singleKeys={singleKeys} onSingleKeys={setSingleKeys} onClose={() => setPanel("none")} />}
      </Suspense>
    </>
  );
}

function useTick(isRunning: boolean): number {
  const [now_ms, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now_ms;
}

// Controls leave the picture alone when nobody moves; any movement, touch or key brings them back.
function useResting(box: RefObject<HTMLDivElement | null>) {
  const [isResting, setResting] = useState(false);
  const timer = useRef<number | undefined>(undefined);
  const wake = useCallback(() => {
    setResting(false);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setResting(true), CONTROLS_REST_MS);
  }, []);
  useEffect(() => {
    const player = box.current;
    if (!player) return;
    const rest = () => setResting(true);
    const names = ["pointermove", "pointerdown", "focusin"] as const;
    for (const name of names) player.addEventListener(name, wake);
    player.addEventListener("mouseleave", rest);
    wake();
    return () => {
      for (const name of names) player.removeEventListener(name, wake);
      player.removeEventListener("mouseleave", rest);
      window.clearTimeout(timer.current);
    };
  }, [box, wake]);
  return { isResting, wake };
}

function toggleFullscreen(box: HTMLElement, video: HTMLVideoElement & { webkitEnterFullscreen?: () => void }): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (box.requestFullscreen) void box.requestFullscreen().catch(() => {});
  else video.webkitEnterFullscreen?.();   // An iPhone gives the whole screen only to the video itself.
}

function togglePictureInPicture(video: HTMLVideoElement): void {
  if (document.pictureInPictureElement) void document.exitPictureInPicture();
  else void video.requestPictureInPicture?.().catch(() => {});
}
