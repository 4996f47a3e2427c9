// Sitemaps (https://www.sitemaps.org/protocol.html), with video entries for what is on air
// (https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps).
export const ENTRIES_MAX = 50_000;   // A file with more is refused whole.

export type Entry = {
  path: string;
  modified?: string;                                        // ISO 8601
  changes?: "always" | "hourly" | "daily";
  languages?: Record<string, string>;                       // Path by hreflang; reciprocal.
  video?: { title: string; description: string; thumbnail: string; player: string; published: string; uploader: string; uploaderPath: string; tags: string[]; views: number };
};

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml" xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"';

export function urlset(origin: string, entries: readonly Entry[]): string {
  return `${HEAD}<urlset ${SPACES}>\n${entries.slice(0, ENTRIES_MAX).map((entry) => url(origin, entry)).join("")}</urlset>\n`;
}

export function sitemapIndex(origin: string, files: readonly { path: string; modified?: string }[]): string {
  const listed = files.map(({ path, modified }) => `<sitemap>${tag("loc", origin + path)}${modified ? tag("lastmod", modified) : ""}</sitemap>\n`);
  return `${HEAD}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${listed.join("")}</sitemapindex>\n`;
}

function url(origin: string, { path, modified, changes, languages = {}, video }: Entry): string {
  const alternates = Object.entries(languages).map(([language, other]) =>
    `<xhtml:link rel="alternate" hreflang="${escaped(language)}" href="${escaped(origin + other)}"/>`);
  return `<url>${tag("loc", origin + path)}${modified ? tag("lastmod", modified) : ""}${changes ? tag("changefreq", changes) : ""}${alternates.join("")}${video ? videoOf(origin, video) : ""}</url>\n`;
}

function videoOf(origin: string, video: NonNullable<Entry["video"]>): string {
  return `<video:video>${tag("video:thumbnail_loc", origin + video.thumbnail)}${tag("video:title", video.title)}${tag("video:description", video.description)}` +
    `${tag("video:player_loc", origin + video.player)}${tag("video:view_count", String(video.views))}${tag("video:publication_date", video.published)}` +
    `${tag("video:family_friendly", "yes")}${video.tags.map((one) => tag("video:tag", one)).join("")}` +
    `<video:uploader info="${escaped(origin + video.uploaderPath)}">${escaped(video.uploader)}</video:uploader>${tag("video:live", "yes")}</video:video>`;
}

function tag(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

// Text of people: what XML 1.0 has no place for (most control characters, lone surrogates) is left out, not escaped.
export function escaped(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
