// oEmbed 1.0 (https://oembed.com), JSON only: what other sites ask to turn a link into a player.
const WIDTH = 854, HEIGHT = 480;
const WIDTH_MIN = 160, SIZE_MAX = 3840;
const CHANNEL_PATH = /^\/(?:embed\/)?@([a-z0-9_]{3,25})\/?$/i;

// The channel an address of ours names; null for any other.
export function channelAt(address: string | null, origin: string): string | null {
  try {
    const url = new URL(address ?? ""), own = new URL(origin);
    if (url.host !== own.host || !/^https?:$/.test(url.protocol)) return null;
    return CHANNEL_PATH.exec(decodeURIComponent(url.pathname))?.[1]?.toLowerCase() ?? null;
  } catch {
    return null;
  }
}

// As large as usual, or as fits; always 16:9.
export function sizeWithin(maxWidth: string | null, maxHeight: string | null): { width: number; height: number } {
  const limit = (text: string | null) => (text && /^\d{1,6}$/.test(text) ? Math.min(Number(text), SIZE_MAX) : Infinity);
  const width = Math.max(WIDTH_MIN, Math.min(WIDTH, limit(maxWidth), Math.floor((limit(maxHeight) * WIDTH) / HEIGHT)));
  return { width, height: Math.round((width * HEIGHT) / WIDTH) };
}

export const EMBED_ALLOW = "autoplay; fullscreen; picture-in-picture; encrypted-media";

export function frameHtml(frame: { src: string; title: string; width: number; height: number }): string {
  const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return `<iframe src="${escaped(frame.src)}" title="${escaped(frame.title)}" width="${frame.width}" height="${frame.height}" allow="${EMBED_ALLOW}" allowfullscreen></iframe>`;
}
