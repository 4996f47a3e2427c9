"use client";

import { useEffect, useRef, useState } from "react";
import type { EngineState, StreamEngine } from "@/lib/player/engine";
import { MODES } from "@/lib/player/ladder";
import { levelName } from "@/lib/player/quality";
import { clockTime } from "@/lib/player/scene";
import type { Command } from "@/lib/player/shortcuts";
import { number } from "@/text/numbers";
import { useLocale, useText } from "@/text/client";
import { Icon, type IconName } from "@/ui/icon";

type Props = {
  engine: StreamEngine;
  state: EngineState;
  run: (command: Command) => void;
  isHidden: boolean;
  isInPicture: boolean;
  isEmbedded: boolean;
  singleKeys: boolean;
  onSingleKeys: (isOn: boolean) => void;
};

const REWIND_WINDOW_S_MIN = 30;   // Less than this is not worth a bar to drag.

export function PlayerControls({ engine, state, run, isHidden, isInPicture, isEmbedded, singleKeys, onSingleKeys }: Props) {
  const t = useText();
  const isFullscreen = useFullscreen();
  const keys = (name: string) => (singleKeys ? name : undefined);
  const isPlaying = state.phase !== "paused";
  return (
    <div className="player-controls" data-hidden={isHidden} role="group" aria-label={t("player.controls")}>
      {state.window_s > REWIND_WINDOW_S_MIN && <SeekBar engine={engine} state={state} />}
      <div className="flex items-center gap-0.5 sm:gap-1">
        <Control icon={isPlaying ? "pause" : "play"} isFilled={!isPlaying} label={t(isPlaying ? "player.pause" : "player.play")} keys={keys("k")} onPress={() => run("toggle_play")} />
        <div className="player-volume">
          <Control icon={state.isMuted || state.volume === 0 ? "muted" : "volume"} label={t(state.isMuted ? "player.unmute_short" : "player.mute")} keys={keys("m")} onPress={() => run("toggle_mute")} />
          <input type="range" min={0} max={1} step={0.05} value={state.isMuted ? 0 : state.volume} aria-label={t("player.volume")}
            onChange={(event) => engine.setVolume(event.target.valueAsNumber)} />
        </div>
        <LiveEdge state={state} onPress={() => run("to_live")} />
        <span className="flex-1" />
        <Settings engine={engine} state={state} run={run} singleKeys={singleKeys} onSingleKeys={onSingleKeys} />
        {"pictureInPictureEnabled" in document && document.pictureInPictureEnabled &&
          <Control icon="pip" label={t("player.pip")} keys={keys("i")} onPress={() => run("pip")} isPressed={isInPicture} className="max-sm:hidden" />}
        {!isEmbedded && <Control icon="theatre" label={t("player.theatre")} keys={keys("t")} onPress={() => run("theatre")} className="max-lg:hidden" />}
        <Control icon={isFullscreen ? "shrink" : "expand"} label={t(isFullscreen ? "player.exit_fullscreen" : "player.fullscreen")} keys={keys("f")} onPress={() => run("fullscreen")} />
      </div>
    </div>
  );
}

type ControlProps = { icon: IconName; label: string; keys?: string; onPress: () => void; className?: string; isFilled?: boolean; isPressed?: boolean };

function Control({ icon, label, keys, onPress, className = "", isFilled = false, isPressed }: ControlProps) {
  return (
    <button type="button" className={`player-control ${className}`} aria-label={label} title={keys ? `${label} (${keys.toUpperCase()})` : label}
      aria-keyshortcuts={keys} aria-pressed={isPressed} onClick={onPress}>
      <Icon name={icon} className="size-6" filled={isFilled} />
    </button>
  );
}

// At the edge a light, behind it a way back.
function LiveEdge({ state, onPress }: { state: EngineState; onPress: () => void }) {
  const t = useText();
  if (state.isAtLive) return <span className="badge-live mx-1" title={t("player.at_live")}>{t("live.badge")}</span>;
  return (
    <button type="button" className="player-behind" onClick={onPress} aria-keyshortcuts="End">
      <span aria-hidden="true">−{clockTime(state.behind_s)}</span> {t("live.backtolive")}
    </button>
  );
}

function SeekBar({ engine, state }: { engine: StreamEngine; state: EngineState }) {
  const t = useText();
  const end = state.position_s + state.behind_s, start = Math.max(0, end - state.window_s);
  return (
    <input type="range" className="player-seek" min={start} max={end} step={1} value={Math.min(state.position_s, end)}
      aria-label={t("player.seek")} aria-valuetext={state.isAtLive ? t("player.at_live") : t("player.behind", { s: Math.round(state.behind_s) })}
      onChange={(event) => engine.seekTo(event.target.valueAsNumber)} />
  );
}

function Settings({ engine, state, run, singleKeys, onSingleKeys }: Omit<Props, "isHidden" | "isInPicture" | "isEmbedded">) {
  const t = useText(), locale = useLocale();
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("keydown", close);
    document.addEventListener("pointerdown", close);
    return () => { document.removeEventListener("keydown", close); document.removeEventListener("pointerdown", close); };
  }, [isOpen]);

  useEffect(() => { if (isOpen) void engine.lookForCaptions(); }, [engine, isOpen]);

  const stats = isOpen ? engine.stats() : null;
  const levels = [...state.levels].sort((a, b) => b.height - a.height || b.bitrate - a.bitrate);
  const playing = state.levels[state.level];
  const seconds = stats?.latency_s == null ? null : number(locale, Math.round(stats.latency_s * 10) / 10);
  return (
    <div className="relative" ref={root}>
      <button type="button" className="player-control" aria-label={t("player.settings")} title={t("player.settings")} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="gear" className="size-6" />
      </button>
      {isOpen && (
        <div className="player-panel" role="group" aria-label={t("player.settings")}>
          <p className="player-panel-title">{t("player.quality")}</p>
          <Choice isChosen={state.quality === "auto"} onPress={() => engine.chooseQuality("auto")}
            label={state.quality === "audio" ? t("player.auto_plain") : t("player.auto", { level: playing?.height ? levelName(playing) : heightName(stats?.height) })} />
          {levels.length > 1 && levels.map((level) => (
            <Choice key={level.index} isChosen={state.quality === levelName(level)} onPress={() => engine.chooseQuality(levelName(level))} label={levelName(level)} />
          ))}
          <Choice isChosen={state.quality === "saver"} onPress={() => engine.chooseQuality("saver")} label={t("player.datasaver")} hint={t("player.datasaver_hint")} />
          <Choice isChosen={state.quality === "audio"} onPress={() => engine.chooseQuality("audio")} label={t("player.audioonly")} hint={t("player.audioonly_hint")} />
          {state.hasCaptions && state.quality !== "audio" && (
            <Choice isChosen={state.wantsCaptions} keys={singleKeys ? "c" : undefined} onPress={() => engine.setCaptions(!state.wantsCaptions)}
              label={t("player.captions")} hint={state.mode === "ultra" ? t("player.captions_hint") : undefined} />
          )}
          <div role="group" aria-label={t("player.mode")}>
            <p className="player-panel-title" aria-hidden="true">{t("player.mode")}</p>
            {MODES.map((mode) => (
              <Choice key={mode} isChosen={state.mode === mode && state.quality !== "audio" && state.quality !== "saver"} onPress={() => engine.setMode(mode)} label={t(`player.mode_${mode}`)} hint={t(`player.mode_${mode}_hint`)} />
            ))}
          </div>
          {seconds !== null && <p className="player-panel-note">{t("player.latency", { s: seconds })}</p>}
          <label className="player-choice">
            <input type="checkbox" checked={singleKeys} onChange={(event) => onSingleKeys(event.target.checked)} />{t("player.shortcuts_on")}
          </label>
          <button type="button" className="player-choice" onClick={() => { setOpen(false); run("help"); }}><Icon name="keyboard" />{t("player.shortcuts")}</button>
          <button type="button" className="player-choice" onClick={() => { setOpen(false); run("stats"); }}><Icon name="chart" />{t("player.stats")}</button>
        </div>
      )}
    </div>
  );
}

function Choice({ isChosen, label, hint, keys, onPress }: { isChosen: boolean; label: string; hint?: string; keys?: string; onPress: () => void }) {
  return (
    <button type="button" className="player-choice" aria-pressed={isChosen} aria-keyshortcuts={keys} onClick={onPress}>
      <Icon name="check" className={`size-5 flex-none ${isChosen ? "" : "invisible"}`} />
      <span>{label}{hint && <span className="player-choice-hint">{hint}</span>}</span>
    </button>
  );
}

function heightName(height: number | undefined): string {
  return height ? `${height}p` : "…";
}

function useFullscreen(): boolean {
  const [isFullscreen, setFullscreen] = useState(false);
  useEffect(() => {
    const changed = () => setFullscreen(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, []);
  return isFullscreen;
}
