import type { Playback } from "./playback";

// What the system shows and does around a picture: the keys and the card of the lock screen, and a screen that stays lit.
export class SystemControls {
  private lock: WakeLockSentinel | null = null;
  private isAsking = false;
  private described = "";
  private readonly seen = () => { if (!document.hidden) this.update(); };   // A hidden page's lock is taken away.

  constructor(private readonly playback: Playback) {
    document.addEventListener("visibilitychange", this.seen);
  }

  update(): void {
    const { phase, quality } = this.playback.engine.state;
    const isPlaying = phase === "playing";
    this.describe();
    if ("mediaSession" in navigator) navigator.mediaSession.playbackState = isPlaying ? "playing" : "paused";
    if (isPlaying && quality !== "audio" && !document.hidden) void this.keepLit();
    else if (phase === "paused" || quality === "audio" || this.playback.live.stream.state === "ended") this.letGo();
  }

  destroy(): void {
    document.removeEventListener("visibilitychange", this.seen);
    this.letGo();
    if (!("mediaSession" in navigator) || this.described === "") return;
    navigator.mediaSession.metadata = null;
    navigator.mediaSession.playbackState = "none";
    for (const action of ["play", "pause", "stop"] as const) navigator.mediaSession.setActionHandler(action, null);
  }

  private describe(): void {
    const { title, channel, thumbnail_url } = this.playback.live.stream;
    const facts = [title, channel.display_name, thumbnail_url, channel.avatar_url].join("\n");
    if (!("mediaSession" in navigator) || facts === this.described) return;
    const { engine } = this.playback, { mediaSession } = navigator;
    const src = thumbnail_url ?? channel.avatar_url;
    mediaSession.metadata = new MediaMetadata({ title, artist: channel.display_name, album: "LusoTown", artwork: src ? [{ src }] : [{ src: "/mark.svg", type: "image/svg+xml" }] });
    if (this.described === "") {
      mediaSession.setActionHandler("play", () => void engine.play());
      mediaSession.setActionHandler("pause", () => engine.pause());
      mediaSession.setActionHandler("stop", () => engine.pause());
    }
    this.described = facts;
  }

  private async keepLit(): Promise<void> {
    if (this.isAsking || (this.lock && !this.lock.released) || !("wakeLock" in navigator)) return;
    this.isAsking = true;
    this.lock = await navigator.wakeLock.request("screen").catch(() => null);   // A low battery may say no: then it goes dark.
    this.isAsking = false;
    if (this.playback.engine.state.phase === "paused") this.letGo();
  }

  private letGo(): void {
    void this.lock?.release().catch(() => {});
    this.lock = null;
  }
}
