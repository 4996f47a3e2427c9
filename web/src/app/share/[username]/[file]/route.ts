import { categoryName } from "@/features/channels/categories";
import { regionFrom } from "@/features/channels/regions";
import { API_URL, guestApi } from "@/lib/api/guest";
import type { Locale } from "@/lib/locale";
import { drawCard } from "@/lib/share/card";
import { cardPath, factsOf, type CardFacts } from "@/lib/share/facts";
import { type Place, placeOf, placePath } from "@/lib/share/place";
import { Shelf } from "@/lib/share/shelf";
import { shoreTimes } from "@/lib/share/times";
import { loadSubjects } from "@/text/catalogue";
import { format } from "@/text/format";
import { tileOf } from "@/ui/tile";

// The image of a channel's link. Only what the channel shows now is ever drawn: any other version is sent to that one, so
// the number of pictures somebody can make us draw is the number of channels and changes, and each is drawn once.
export const dynamic = "force-dynamic";

const USERNAME = /^[a-z0-9_]{3,25}$/;
const PICTURE_BYTES_MAX = 4 << 20, PICTURE_MS_MAX = 3_000;
const KEEP_S = 24 * 3600;
const shelf = new Shelf({ kept_max: 64, drawing_max: 2, waiting_max: 32 });

type Props = { params: Promise<{ username: string; file: string }> };

export async function GET(_: Request, { params }: Props): Promise<Response> {
  const { username, file } = await params;
  const place = placeOf(decodeURIComponent(username));
  if (place) return placeCard(place, file);
  if (!USERNAME.test(username)) return new Response(null, { status: 404 });
  const channel = await guestApi("get", "/api/v1/channels/{username}", { path: { username } });
  if (!channel.ok) return new Response(null, { status: channel.error.status === 404 ? 404 : 503 });
  const id = channel.data.live_stream_id;
  const stream = id === null ? null : await guestApi("get", "/api/v1/streams/{stream_id}", { path: { stream_id: id } });
  const facts = factsOf(channel.data, stream?.ok ? stream.data : null);
  return answer(cardPath(facts), file, () => draw(facts));
}

async function placeCard({ kind, code, locale }: Place & { locale: Locale }, file: string): Promise<Response> {
  const messages = await loadSubjects(locale, ["site", "region", "discover"]);
  const t = (key: string, values = {}) => format(locale, messages[key] ?? key, values);
  let title: string | undefined;
  if (kind === "regions") {
    title = regionFrom(code) && t("discover.region_title", { place: t(`region.in_${code}`) });
  } else {
    const categories = await guestApi("get", "/api/v1/categories");
    if (!categories.ok) return new Response(null, { status: 503 });
    const category = categories.data.items.find(({ slug }) => slug === code);
    title = category && t("discover.category_title", { category: categoryName(category, locale) });
  }
  if (title === undefined) return new Response(null, { status: 404 });
  const said = { title, detail: t("site.tagline") };
  const picture = { ...said, badge: null, name: null, times: null, picture: null, avatar: null, glaze: tileOf(code).glaze };
  return answer(placePath({ kind, code, locale, ...said }), file, () => drawCard(picture));
}

async function answer(path: string, file: string, drawn: () => Promise<Buffer>): Promise<Response> {
  if (!path.endsWith(`/${file}`)) return new Response(null, { status: 302, headers: { location: path, "cache-control": "no-store" } });
  const card = await shelf.take(path, drawn);
  if (!card) return new Response(null, { status: 503, headers: { "retry-after": "5" } });
  return new Response(new Uint8Array(card), { headers: {
    "content-type": "image/jpeg", "cache-control": `public, max-age=${KEEP_S}, immutable`, "x-content-type-options": "nosniff",
  } });
}

async function draw(facts: CardFacts): Promise<Buffer> {
  const [messages, categories, picture, avatar] = await Promise.all([
    loadSubjects(facts.locale, ["live", "share"]), guestApi("get", "/api/v1/categories"), ours(facts.picture), ours(facts.avatar),
  ]);
  const t = (key: string, values = {}) => format(facts.locale, messages[key] ?? key, values);
  const category = categories.ok && facts.live ? categories.data.items.find(({ slug }) => slug === facts.live?.category) : undefined;
  return drawCard({
    badge: facts.live ? t("live.badge") : null,
    title: facts.live?.title ?? (facts.about.trim() || t("share.channel_alt", { channel: facts.name })),
    name: facts.name,
    detail: category ? categoryName(category, facts.locale) : `@${facts.username}`,
    times: facts.live ? t("share.when", shoreTimes(facts.live.started_at)) : null,
    picture, avatar,
  });
}

// A picture of this house, or none: the path was checked to be one (lib/share/facts.ts), and no redirect leads elsewhere.
async function ours(path: string | null): Promise<Buffer | null> {
  if (!path) return null;
  try {
    const answer = await fetch(API_URL + path, { redirect: "error", signal: AbortSignal.timeout(PICTURE_MS_MAX), cache: "no-store" });
    if (!answer.ok || Number(answer.headers.get("content-length")) > PICTURE_BYTES_MAX) return null;
    const bytes = await answer.arrayBuffer();
    return bytes.byteLength <= PICTURE_BYTES_MAX ? Buffer.from(bytes) : null;
  } catch {
    return null;   // Drawn without it.
  }
}
