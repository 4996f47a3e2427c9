"use client";

import { lazy, Suspense, useSyncExternalStore } from "react";
import { nowPlaying } from "./now-playing";

const MiniWindow = lazy(() => import("./mini-window"));

// On every page, and nothing until somebody leaves a stream that plays.
export function MiniPlayer() {
  const playback = useSyncExternalStore(nowPlaying.subscribe, nowPlaying.held, () => null);
  return playback && <Suspense><MiniWindow key={playback.streamId} playback={playback} /></Suspense>;
}
