import Link from "next/link";
import { useLayoutEffect, useReducer, useRef } from "react";
import { useText } from "@/text/client";
import { LateWords } from "@/text/late-words";
import { Icon } from "@/ui/icon";
import { nowPlaying } from "./now-playing";
import type { Playback } from "./playback";

export default function MiniWindow({ playback }: { playback: Playback }) {
  return <LateWords subjects={["player", "mini"]}><Window playback={playback} /></LateWords>;
}

function Window({ playback }: { playback: Playback }) {
  const t = useText();
  const place = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useLayoutEffect(() => {
    if (place.current) playback.moveTo(place.current);
    return playback.subscribe(redraw);
  }, [playback]);

  const { engine, live: { stream } } = playback, { state } = engine;
  const isPaused = state.phase === "paused", isSilent = state.isMuted || state.volume === 0;
  return (
    <section className="mini" aria-label={t("mini.region")} onKeyDown={(event) => { if (event.key === "Escape") nowPlaying.close(); }}>
      <div className="player" ref={place}>
        {stream.thumbnail_url ? <img className="player-poster" src={stream.thumbnail_url} alt="" width={1280} height={720} /> : <div className="player-poster player-no-poster" />}
      </div>
      <Link href={`/@${stream.channel.username}`} className="mini-back" aria-label={t("mini.back", { channel: stream.channel.display_name })} />
      {stream.state === "ended" && <p role="status" className="mini-said">{t("player.ended")}</p>}
      {stream.state === "reconnecting" && state.phase !== "playing" && <p role="status" className="mini-said">{t("player.source_lost")}</p>}
      <div className="mini-bar">
        <p className="min-w-0 flex-1 truncate text-sm font-semibold">{stream.title}</p>
        <button type="button" className="player-control" aria-label={t(isPaused ? "player.play" : "player.pause")} onClick={() => engine.togglePlay()}>
          <Icon name={isPaused ? "play" : "pause"} filled={isPaused} className="size-6" /></button>
        <button type="button" className="player-control" aria-label={t(isSilent ? "player.unmute_short" : "player.mute")} onClick={() => engine.setMuted(!state.isMuted)}>
          <Icon name={isSilent ? "muted" : "volume"} className="size-6" /></button>
        <button type="button" className="player-control" aria-label={t("mini.close")} onClick={() => nowPlaying.close()}><Icon name="close" className="size-6" /></button>
      </div>
    </section>
  );
}
