"use client";

import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import { useLiveStream } from "@/features/live/live-stream";
import { sceneOf } from "@/lib/player/scene";
import type { Command } from "@/lib/player/shortcuts";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";
import { PlayerControls } from "./player-controls";
import { PlayerOverlay } from "./player-overlay";
import { PlayerStats } from "./player-stats";
import { ShortcutHelp } from "./shortcut-help";
import { useEngine } from "./use-engine";
import { useShortcuts } from "./use-shortcuts";

export type StageProps = { box: RefObject<HTMLDivElement | null>; isMuted: boolean; isEmbedded: boolean };

const CONTROLS_REST_MS = 3_000;
const VOLUME_STEP = 0.1;

// The moving part of the player: picture, states over it, controls, keys.
export function PlayerStage({ box, isMuted }: StageProps) {
  const t = useText();
  const { stream } = useLiveStream();
  const video = useRef<HTMLVideoElement>(null), still = useRef<HTMLCanvasElement>(null);
  const { engine, sessionId } = useEngine(video, still);
  const now_ms = useTick(engine !== null);
  const [panel, setPanel] = useState<"none" | "stats" | "help">("none");
  const controls = useResting(box);

  const run = useCallback((command: Command) => {
    if (!engine || !video.current || !box.current) return;
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
      case "fullscreen": return toggleFullscreen(box.current, video.current);
      case "theatre": return toggleTheatre();
      case "pip": return togglePictureInPicture(video.current);
      case "stats": return setPanel((open) => (open === "stats" ? "none" : "stats"));
      case "help": return setPanel((open) => (open === "help" ? "none" : "help"));
    }
  }, [box, engine]);
  const [singleKeys, setSingleKeys] = useShortcuts(box, run, controls.wake);

  useEffect(() => { if (engine) void engine.play({ isMuted }); }, [engine, isMuted]);

  const state = engine?.state;
  const scene = sceneOf({
    phase: state?.phase ?? "loading", streamState: stream.state, isOnline: navigator.onLine,
    waited_ms: state && state.waitingSince_ms !== null ? performance.now() - state.waitingSince_ms : state?.phase === "loading" ? 1_000 : 0,
  });
  const isPlaying = state?.phase === "playing";
  return (
    <>
      <video ref={video} className="player-video" playsInline disableRemotePlayback={false} aria-label={stream.title}
        onClick={(event) => { if ((event.nativeEvent as PointerEvent).pointerType !== "touch") run("toggle_play"); }}
        onDoubleClick={() => run("fullscreen")} data-visible={isPlaying || state?.phase === "paused" || state?.phase === "stalled"} />
      <canvas ref={still} className="player-still" hidden aria-hidden="true" />
      <PlayerOverlay scene={scene} now_ms={now_ms} onPlay={() => run("toggle_play")} />
      {state?.wasMutedByUs && state.isMuted && isPlaying && (
        <button type="button" className="player-unmute" onClick={() => engine?.setMuted(false)}>
          <Icon name="muted" />{t("player.unmute")}
        </button>
      )}
      {engine && state && scene !== "ended" && scene !== "unsupported" && (
        <PlayerControls engine={engine} state={state} run={run} isHidden={controls.isResting && isPlaying}
          singleKeys={singleKeys} onSingleKeys={setSingleKeys} />
      )}
      {panel === "stats" && engine && <PlayerStats engine={engine} sessionId={sessionId} onClose={() => setPanel("none")} />}
      {panel === "help" && <ShortcutHelp singleKeys={singleKeys} onSingleKeys={setSingleKeys} onClose={() => setPanel("none")} />}
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

function toggleTheatre(): void {
  const root = document.documentElement;
  if (root.dataset.theatre) delete root.dataset.theatre; else root.dataset.theatre = "on";
}

function togglePictureInPicture(video: HTMLVideoElement): void {
  if (document.pictureInPictureElement) void document.exitPictureInPicture();
  else void video.requestPictureInPicture?.().catch(() => {});
}
