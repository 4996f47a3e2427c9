"use client";

import { useRouter } from "next/navigation";
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import { api } from "@/lib/api/browser";
import type { HeartbeatAnswer, Stream } from "@/lib/api/types";

// One broadcast as the whole page sees it: title, viewers and state move with every heartbeat's answer, and with a
// question of our own while no player is beating. When it has ended, the page waits for the channel's next one.

export type WatchedStream = Pick<
  Stream, "id" | "title" | "category" | "language" | "state" | "viewer_count" | "peak_viewers" | "started_at" | "grace_ends_at" |
  "thumbnail_url" | "hls_url" | "channel">;

const ASK_MS = 20_000;
const ASK_WHILE_LOST_MS = 3_000;
const ANSWER_FRESH_MS = 18_000;

export class LiveStream {
  private listeners = new Set<() => void>();
  private answered_ms = Date.now();
  constructor(public stream: WatchedStream) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.stream;

  apply(answer: Pick<HeartbeatAnswer, "state" | "viewer_count" | "title" | "category" | "grace_ends_at"> & { peak_viewers?: number }) {
    const { state, viewer_count, title, category, grace_ends_at, peak_viewers = this.stream.peak_viewers } = answer;
    this.answered_ms = Date.now();
    this.stream = { ...this.stream, state, viewer_count, title, category, grace_ends_at, peak_viewers };
    for (const listener of this.listeners) listener();
  }

  async ask(): Promise<void> {
    const now = await api("get", "/api/v1/streams/{stream_id}", { path: { stream_id: this.stream.id } });
    if (now.ok) this.apply(now.data);
  }

  get isFresh(): boolean {
    return Date.now() - this.answered_ms < (this.stream.state === "reconnecting" ? ASK_WHILE_LOST_MS : ANSWER_FRESH_MS);
  }
}

const LiveStreamContext = createContext<LiveStream | null>(null);

export function LiveStreamProvider({ stream, children }: { stream: WatchedStream; children: ReactNode }) {
  // A page re-rendered for the same broadcast keeps its store; the next broadcast is a new one.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const live = useMemo(() => new LiveStream(stream), [stream.id]);
  return (
    <LiveStreamContext value={live}>
      <Asking live={live} />
      {children}
    </LiveStreamContext>
  );
}

export function useLiveStream(): { live: LiveStream; stream: WatchedStream } {
  const live = useContext(LiveStreamContext);
  if (!live) throw new Error("useLiveStream outside LiveStreamProvider");
  return { live, stream: useSyncExternalStore(live.subscribe, live.snapshot, live.snapshot) };
}

function Asking({ live }: { live: LiveStream }) {
  const stream = useSyncExternalStore(live.subscribe, live.snapshot, live.snapshot);
  const isEnded = stream.state === "ended";
  useEffect(() => {
    if (isEnded) return;
    const period_ms = stream.state === "reconnecting" ? ASK_WHILE_LOST_MS : ASK_MS;
    const timer = setInterval(() => { if (!document.hidden && !live.isFresh) void live.ask(); }, period_ms);
    return () => clearInterval(timer);
  }, [live, stream.state, isEnded]);
  return isEnded ? <AwaitNextStream username={stream.channel.username} /> : null;
}

// Watches a channel that shows nothing now; the page becomes video when it starts.
export function AwaitNextStream({ username }: { username: string }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(async () => {
      if (document.hidden) return;
      const channel = await api("get", "/api/v1/channels/{username}", { path: { username } });
      if (channel.ok && channel.data.is_live) router.refresh();
    }, ASK_MS);
    return () => clearInterval(timer);
  }, [router, username]);
  return null;
}
