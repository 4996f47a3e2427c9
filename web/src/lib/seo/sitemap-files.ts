import { REGIONS } from "@/features/channels/regions";
import type { CallResult } from "../api/call";
import { guestApi } from "../api/guest";
import type { SitemapChannelList } from "../api/types";
import { LOCALES } from "../locale";
import { clipped, hubAlternates, hubPath } from "./metadata";
import { ENTRIES_MAX, type Entry } from "./sitemap";

// Which files the sitemap has and what is in each. Channels are in files by ranges of ids, so a channel keeps its file for
// good and no file can outgrow the limit; each is read from the API in pages by id.
const HUBS_FILE = "hubs.xml", LIVES_FILE = "lives.xml", CATEGORIES_FILE = "categories.xml", PLACES_FILE = "places.xml";
const LIVES_FRESH_S = 60, OTHERS_FRESH_S = 3600;
const CHANNELS_A_PAGE = 5_000;
const LIVES_A_PAGE = 100, LIVES_PAGES_MAX = 50;   // Five thousand at once; of more, those with the fewest viewers wait.
const LEAD_HUBS = ["/"];
const LEAD_PAGES = ["/emotes", "/about/discovery"];   // One address, in the reader's language.

export async function fileNames(): Promise<string[] | null> {
  const extent = await guestApi("get", "/api/v1/sitemap");
  if (!extent.ok) return null;
  const count = Math.ceil(extent.data.channel_id_max / ENTRIES_MAX);
  return [HUBS_FILE, LIVES_FILE, CATEGORIES_FILE, PLACES_FILE, ...Array.from({ length: count }, (_, index) => `channels-${index + 1}.xml`)];
}

// Null when the API does not answer; undefined when there is no such file.
export async function entriesOf(file: string): Promise<Entry[] | null | undefined> {
  if (file === HUBS_FILE) return hubs();
  if (file === LIVES_FILE) return lives();
  if (file === CATEGORIES_FILE) return categories();
  if (file === PLACES_FILE) return REGIONS.flatMap((code) => inEachLanguage(`/regions/${code}`));
  const number = /^channels-([1-9]\d{0,5})\.xml$/.exec(file)?.[1];
  return number ? channels(Number(number)) : undefined;
}

export function freshSeconds(file: string): number {
  return file === LIVES_FILE ? LIVES_FRESH_S : OTHERS_FRESH_S;
}

async function hubs(): Promise<Entry[] | null> {
  return [...LEAD_HUBS.flatMap(inEachLanguage), ...LEAD_PAGES.map((path) => ({ path }))];
}

// The list of categories, and each.
async function categories(): Promise<Entry[] | null> {
  const list = await guestApi("get", "/api/v1/categories");
  return list.ok ? ["/categories", ...list.data.items.map(({ slug }) => `/categories/${slug}`)].flatMap(inEachLanguage) : null;
}

function inEachLanguage(path: string): Entry[] {
  const { languages } = hubAlternates(path) as { languages: Record<string, string> };
  return [path, ...LOCALES.map((locale) => hubPath(path, locale))].map((address) => ({ path: address, changes: "always" as const, languages }));
}

async function lives(): Promise<Entry[] | null> {
  const entries: Entry[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < LIVES_PAGES_MAX; page++) {
    const streams = await guestApi("get", "/api/v1/streams", { query: { live: true, limit: LIVES_A_PAGE, cursor } });
    if (!streams.ok) return null;
    for (const stream of streams.data.items) {
      const path = `/@${stream.channel.username}`, started = stream.started_at ?? stream.created_at;
      entries.push({ path, modified: started, changes: "always", video: {
        title: clipped(stream.title, 100), description: clipped(`${stream.title} · ${stream.channel.display_name}`, 2_048),
        thumbnail: stream.thumbnail_url ?? "/social-card.jpg", player: `/embed${path}`, published: started, views: stream.total_viewers,
        uploader: stream.channel.display_name, uploaderPath: path, tags: [stream.category, stream.language].filter((one) => one !== "other"),
      } });
    }
    cursor = streams.data.next_cursor ?? undefined;
    if (!cursor) break;
  }
  return entries;
}

async function channels(number: number): Promise<Entry[] | null | undefined> {
  const until_id = number * ENTRIES_MAX;
  const entries: Entry[] = [];
  let after_id: number | null = until_id - ENTRIES_MAX;
  while (after_id !== null) {
    const page: CallResult<SitemapChannelList> = await guestApi("get", "/api/v1/sitemap/channels", { query: { after_id, until_id, limit: CHANNELS_A_PAGE } });
    if (!page.ok) return null;
    entries.push(...page.data.items.map(({ username, modified_at }) => ({ path: `/@${username}`, modified: modified_at, changes: "daily" as const })));
    after_id = page.data.next_after_id;
  }
  return entries;
}
