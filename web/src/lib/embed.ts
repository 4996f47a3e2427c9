import { THEMES, type Theme } from "./preferences";

// A channel inside somebody else's page: /embed/@ana. The proxy tells the page so, and the browser who may hold it.
export const EMBED_HEADER = "x-luso-embed";
export const THEME_HEADER = "x-luso-theme";

const EMBED_PATH = /^\/embed\/@([a-z0-9_]{3,25})$/i;

export function embeddedChannel(pathname: string): string | null {
  return EMBED_PATH.exec(decoded(pathname))?.[1]?.toLowerCase() ?? null;
}

function decoded(pathname: string): string {
  try { return decodeURIComponent(pathname); } catch { return ""; }
}

export function themeOfEmbed(query: URLSearchParams): Theme | null {
  return THEMES.find((theme) => theme === query.get("theme")) ?? null;
}

// What goes into frame-ancestors. Our own pages always may; hosts come from the channel, where the server let only names
// through, and are held to that once more: a header is no place for surprises.
const HOST = /^(?:\*|(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?)$/;

export function frameAncestors(hosts: readonly string[] | null): string {
  return ["'self'", ...(hosts ?? []).filter((host) => HOST.test(host))].join(" ");
}

export type EmbedOptions = { isMuted: boolean; mayAutoplay: boolean };

// ?muted=1 begins in silence, ?autoplay=0 waits for a press.
export function optionsOf(query: Record<string, string | string[] | undefined>): EmbedOptions {
  const isOn = (value: unknown) => value === "1" || value === "true" || value === "";
  const isOff = (value: unknown) => value === "0" || value === "false";
  return { isMuted: isOn(query.muted), mayAutoplay: !isOff(query.autoplay) };
}
