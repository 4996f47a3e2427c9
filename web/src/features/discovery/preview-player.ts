// A silent look at a live: the smallest picture, a short buffer, no count of a viewer.
export async function play(box: HTMLElement, isWanted: () => boolean): Promise<() => void> {
  const url = `/hls/${box.dataset.preview}/index.m3u8`;
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.className = "card-video";
  video.setAttribute("aria-hidden", "true");
  video.tabIndex = -1;
  video.addEventListener("playing", () => video.classList.add("is-playing"), { once: true });

  const { default: Hls } = await import("hls.js/light");
  if (!isWanted()) return () => {};
  const hls = Hls.isSupported() ? new Hls({ startLevel: 0, capLevelToPlayerSize: true, maxBufferLength: 4, backBufferLength: 0, lowLatencyMode: false }) : null;
  if (hls) {
    hls.loadSource(url);
    hls.attachMedia(video);
  } else {
    video.src = url;
  }
  box.append(video);
  video.play().catch(() => {});   // A browser that will not play what is silent shows the still.
  return () => {
    hls?.destroy();
    video.removeAttribute("src");
    video.load();
    video.remove();
  };
}
