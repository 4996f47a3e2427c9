import type { CardStream } from "./stream-card";

// What a list had grown to, kept for its own entry of the history and for a while: whoever comes back by the back button
// finds it, whoever comes anew gets what is on air now.
type Kept = { streams: CardStream[]; next: string | null; top: number; at_ms: number };

const MARK = "lusoList", PREFIX = "luso.list.";
const KEPT_MS_MAX = 10 * 60_000;     // Older, and most of it is no longer on air.

export function keptList(): Kept | null {
  const mark = markOf(history.state);
  if (!mark) return null;
  try {
    const kept = JSON.parse(sessionStorage.getItem(PREFIX + mark) ?? "null") as Kept | null;
    return kept && Date.now() - kept.at_ms < KEPT_MS_MAX ? kept : null;
  } catch {
    return null;   // No storage, or not ours: the list begins anew.
  }
}

// Writes the list when its reader leaves it; answers with what ends the watch.
export function keepList({ streams, next }: Pick<Kept, "streams" | "next">): () => void {
  let mark = markOf(history.state);
  if (!mark) {
    mark = Math.random().toString(36).slice(2);   // Not randomUUID: a page without TLS has none.
    history.replaceState({ ...(history.state as object | null), [MARK]: mark }, "");
  }
  let top = scrollY;
  const write = () => {
    try {
      sessionStorage.setItem(PREFIX + mark, JSON.stringify({ streams, next, top, at_ms: Date.now() } satisfies Kept));
    } catch { /* A full or forbidden storage: coming back shows the first page. */ }
  };
  const onScroll = () => { top = scrollY; };
  // A press on a link comes before anything moves; the page going away covers the rest.
  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("click", write, { capture: true });
  addEventListener("pagehide", write);
  return () => {
    removeEventListener("scroll", onScroll);
    removeEventListener("click", write, { capture: true });
    removeEventListener("pagehide", write);
  };
}

function markOf(state: unknown): string | undefined {
  const mark = (state as Record<string, unknown> | null)?.[MARK];
  return typeof mark === "string" ? mark : undefined;
}
