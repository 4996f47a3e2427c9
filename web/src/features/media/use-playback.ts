import { startTransition, useLayoutEffect, useReducer, useState, type RefObject } from "react";
import { useLiveStream } from "@/features/live/live-stream";
import { nowPlaying } from "./now-playing";
import { Playback } from "./playback";

type Options = { isMuted: boolean; isEmbedded: boolean };

// Ties a playback to the page: takes it back from the mini player or makes it, and lets it go on when the page is left.
// In a layout effect: its cleanup still finds the <video> in the document, and moves it before React takes the place away.
export function usePlayback(place: RefObject<HTMLDivElement | null>, { isMuted, isEmbedded }: Options): Playback | null {
  const { live, stream } = useLiveStream();
  const [playback, setPlayback] = useState<Playback | null>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);

  useLayoutEffect(() => {
    if (!place.current) return;
    const kept = nowPlaying.take(stream.id), mine = kept ?? new Playback(live);
    mine.moveTo(place.current);
    if (kept) kept.follow(live);
    else void mine.engine.play({ isMuted });
    const stop = mine.subscribe(redraw);
    startTransition(() => setPlayback(mine));
    return () => {
      stop();
      if (!isEmbedded && mine.isWorthKeeping) nowPlaying.leave(mine);
      else mine.destroy();
      setPlayback(null);
    };
  }, [isEmbedded, isMuted, live, place, stream.id]);
  return playback;
}
