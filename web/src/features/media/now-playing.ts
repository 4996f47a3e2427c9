import type { Playback } from "./playback";

// The picture that goes on while its viewer looks at other pages. It belongs to nobody's tree of components: the page that
// is left hands it over, the mini player shows it, and the page it came from takes it back. One at a time.

let held: Playback | null = null;
const listeners = new Set<() => void>();

function hold(playback: Playback | null): void {
  held = playback;
  for (const listener of listeners) listener();
}

export const nowPlaying = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },

  held: (): Playback | null => held,

  // A <video> that leaves the document stops. It waits in a corner until the mini player has drawn itself.
  leave(playback: Playback): void {
    held?.destroy();
    const corner = document.createElement("div");
    corner.hidden = true;
    document.body.append(corner);
    playback.moveTo(corner);
    hold(playback);
  },

  // For the page that shows this stream; any other picture ends here.
  take(streamId: number): Playback | null {
    const playback = held;
    if (!playback) return null;
    hold(null);
    if (playback.streamId === streamId) return playback;
    playback.destroy();
    return null;
  },

  close(): void {
    held?.destroy();
    hold(null);
  },
};
