"use client";

import { useEffect, useState } from "react";
import { api } from "@/lib/api/browser";
import type { StreamHealth } from "@/lib/api/types";

const ASK_MS = 2_000;

// What the engine sees of a stream, asked every other second while somebody looks.
export function useHealth(streamId: number): StreamHealth | null {
  const [health, setHealth] = useState<StreamHealth | null>(null);
  useEffect(() => {
    let isGone = false, timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      if (!document.hidden) {
        const answer = await api("get", "/api/v1/streams/{stream_id}/health", { path: { stream_id: streamId } });
        if (isGone) return;
        if (answer.ok) setHealth(answer.data);
        if (answer.ok && answer.data.state === "ended") return;
      }
      timer = setTimeout(ask, ASK_MS);
    };
    void ask();
    return () => { isGone = true; clearTimeout(timer); };
  }, [streamId]);
  return health;
}
