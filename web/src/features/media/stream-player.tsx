"use client";

import { startTransition, useEffect, useRef, useState, type ComponentType } from "react";
import { useLiveStream } from "@/features/live/live-stream";
import { qualityFrom, qualityKey } from "@/lib/player/quality";
import { wakeSound } from "@/lib/player/sound";
import { stored } from "@/lib/player/stored";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";
import { nowPlaying } from "./now-playing";
import type { StageProps } from "./player-stage";

type Options = { isMuted: boolean; mayAutoplay: boolean; isEmbedded: boolean; next: StageProps["next"] };

// The poster first: it is in the HTML and is what a viewer sees soonest. The player itself (hls.js and the controls)
// comes after the page has painted, or on a tap; with Save-Data or on a 2G network only on a tap.
export function StreamPlayer({ isMuted = false, mayAutoplay = true, isEmbedded = false, next = null }: Partial<Options>) {
  const { stream } = useLiveStream();
  const t = useText();
  const [Stage, setStage] = useState<ComponentType<StageProps> | null>(null);
  const [isAsked, setAsked] = useState(false);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (isAsked) return;
    if (nowPlaying.held()?.streamId === stream.id) return setAsked(true);   // It plays in the corner: back to its place.
    if (!mayAutoplay || isFrugal()) return;
    return afterFirstPaint(() => setAsked(true));
  }, [isAsked, mayAutoplay, stream.id]);

  useEffect(() => {
    if (!isAsked) return;
    let isGone = false;
    wakeSound();
    void import("./player-stage").then(({ PlayerStage }) => { if (!isGone) startTransition(() => setStage(() => PlayerStage)); });
    return () => { isGone = true; };
  }, [isAsked]);

  return (
    <div ref={box} className="player" role="region" aria-label={t("player.region")} tabIndex={-1}>
      {stream.thumbnail_url
        ? <img className="player-poster" src={stream.thumbnail_url} alt="" width={1280} height={720} fetchPriority="high" decoding="sync" />
        : <div className="player-poster player-no-poster" />}
      {Stage
        ? <Stage box={box} key={stream.id} isMuted={isMuted} isEmbedded={isEmbedded} next={next} />
        : <button type="button" className="player-start" onClick={() => setAsked(true)} aria-busy={isAsked} aria-label={t("player.start")}>
            <span><Icon name="play" filled className="size-8" /></span>
          </button>}
    </div>
  );
}

function isFrugal(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean; effectiveType?: string } };
  return qualityFrom(stored(qualityKey(navigator))) === "saver" || connection?.saveData === true || /2g$/.test(connection?.effectiveType ?? "");
}

function afterFirstPaint(run: () => void): () => void {
  let idle: number | undefined;
  const wait = () => {
    idle = typeof requestIdleCallback === "function" ? requestIdleCallback(run, { timeout: 1_500 }) : setTimeout(run, 300) as unknown as number;
  };
  if (document.readyState === "complete") wait(); else window.addEventListener("load", wait, { once: true });
  return () => {
    window.removeEventListener("load", wait);
    if (idle === undefined) return;
    if (typeof cancelIdleCallback === "function") cancelIdleCallback(idle); else clearTimeout(idle);
  };
}
