import type { Metadata } from "next";
import { cookies } from "next/headers";
import { cache } from "react";
import { LiveStreamProvider, type WatchedStream } from "@/features/live/live-stream";
import { StreamHeader } from "@/features/live/stream-header";
import { StreamPlayer } from "@/features/media/stream-player";
import { JsonLd } from "@/features/site/json-ld";
import { Resting } from "@/features/site/resting";
import { api, viewer } from "@/lib/api/server";
import type { About, Channel, Occurrence, Stream } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";
import { publicOrigin } from "@/lib/origin";
import { THEATRE_COOKIE } from "@/lib/preferences";
import { broadcast, breadcrumbs } from "@/lib/seo/json-ld";
import { cards, clipped } from "@/lib/seo/metadata";
import { cardPath, factsOf } from "@/lib/share/facts";
import { sinceIn } from "@/lib/time";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { AboutChannel } from "./about-panels";
import { AlsoLive } from "./also-live";
import { namesBySlug } from "./categories";
import { ChannelTabs, type Tab } from "./channel-tabs";
import { MissingChannel } from "./missing-channel";
import { Offline } from "./offline-page";
import { ScheduleList } from "./schedule-list";

const USERNAME = /^[a-z0-9_]{3,25}$/;
const ALSO_LIVE_MAX = 6;
const SCHEDULE_DAYS = 28;

// `/@ana` and nothing else lives at the top level under one segment.
export function usernameOf(handle: string): string | null {
  const text = decodeURIComponent(handle).toLowerCase();
  return text.startsWith("@") && USERNAME.test(text.slice(1)) ? text.slice(1) : null;
}

export const loadChannel = cache(async (username: string) => {
  const channel = await api("get", "/api/v1/channels/{username}", { path: { username } });
  if (!channel.ok) return { channel: null, stream: null, refusal: channel.error };
  const id = channel.data.live_stream_id;
  const stream = id === null ? null : await api("get", "/api/v1/streams/{stream_id}", { path: { stream_id: id } });
  const isShown = stream?.ok && (stream.data.state === "live" || stream.data.state === "reconnecting");
  return { channel: channel.data, stream: isShown ? stream.data : null, refusal: undefined };
});

export async function channelMetadata(username: string): Promise<Metadata> {
  const { channel, stream } = await loadChannel(username);
  const { t, locale } = await getText();
  if (!channel) return { title: `@${username}`, robots: { index: false } };
  const named = { title: stream?.title ?? "", channel: channel.display_name };
  const title = stream ? t("live.page_title", named) : `${channel.display_name} (@${username})`;
  const category = stream ? await categoryTitle(stream.category, locale) : "";
  const description = stream ? t("share.live_description", { ...named, category }) : channel.description || t("share.channel_description", named);
  const path = `/@${username}`, origin = await publicOrigin();
  return {
    title, description: clipped(description), alternates: { canonical: path, types: { "application/json+oembed": [{ url: `/oembed?url=${encodeURIComponent(origin + path)}`, title }] } },
    ...cards({
      siteName: t("site.name"), locale, path, title, description, type: stream ? "video.other" : "profile",
      image: { url: cardPath(factsOf(channel, stream)), alt: t(stream ? "share.live_alt" : "share.channel_alt", named) },
      ...(stream ? { player: `${origin}/embed/@${username}` } : {}),
    }),
  };
}

export async function ChannelPage({ username, tab }: { username: string; tab: Tab }) {
  const { channel, stream, refusal } = await loadChannel(username);
  if (refusal?.status === 404) return <MissingChannel />;
  if (!channel) return <Resting error={refusal} />;
  const category = stream?.category ?? channel.default_category;
  const [{ locale }, near, others, categories, about, schedule] = await Promise.all([
    getText(),
    api("get", "/api/v1/streams", { query: { live: true, category, limit: ALSO_LIVE_MAX + 1 } }),
    api("get", "/api/v1/streams", { query: { live: true, limit: ALSO_LIVE_MAX + 1 } }),
    allCategories(),
    api("get", "/api/v1/channels/{username}/about", { path: { username } }),
    api("get", "/api/v1/channels/{username}/schedule", { path: { username }, query: { days: SCHEDULE_DAYS } }),
  ]);
  // Who is live nearby first, then anybody; what cannot be asked now is left out.
  const suggested = [near, others].flatMap((list) => (list.ok ? list.data.items : []));
  const shown: Shown = {
    channel, tab,
    about: about.ok ? about.data : null,
    occurrences: schedule.ok ? schedule.data.items : [],
    alsoLive: [...new Map(suggested.filter((other) => other.channel.username !== username).map((other) => [other.id, other])).values()].slice(0, ALSO_LIVE_MAX),
    names: categories.ok ? namesBySlug(categories.data.items, locale) : {},
  };
  return stream ? <Watching {...shown} stream={stream} /> : <Offline {...shown} />;
}

const allCategories = cache(() => api("get", "/api/v1/categories"));

async function categoryTitle(slug: string, locale: Locale): Promise<string> {
  const categories = await allCategories();
  return (categories.ok && namesBySlug(categories.data.items, locale)[slug]) || slug;
}

export type Shown = { channel: Channel; tab: Tab; about: About | null; occurrences: Occurrence[]; alsoLive: Stream[]; names: Record<string, string> };

async function Watching({ channel, tab, about, occurrences, stream, alsoLive, names }: Shown & { stream: Stream }) {
  const { t, locale } = await getText();
  const isSignedIn = (await viewer()) !== null;
  const next = occurrences.find((one) => !one.is_cancelled && Date.parse(one.starts_at) > Date.now()) ?? null;
  const isTheatre = (await cookies()).get(THEATRE_COOKIE)?.value === "1";
  const named = names[stream.category] ?? stream.category, origin = await publicOrigin();
  return (
    <TextProvider locale={locale} messages={await messagesFor("features/channels/channel-page")}>
      <JsonLd graph={[broadcast(channel, stream, { origin, category: named, image: origin + cardPath(factsOf(channel, stream)) }), breadcrumbs(origin, [
        { name: t("nav.home"), path: "/" }, { name: named, path: `/categories/${stream.category}` }, { name: channel.display_name, path: `/@${channel.username}` },
      ])]} />
      <LiveStreamProvider stream={watched(stream)}>
        <div className={alsoLive.length > 0 ? "watch" : "watch watch-alone"} data-theatre={isTheatre ? "on" : undefined}>
          <div className="watch-picture"><StreamPlayer next={next && { title: next.title, starts_at: next.starts_at }} /></div>
          <div className="watch-words">
            <StreamHeader channel={following(channel)} categoryNames={names} started={sinceIn(locale, stream.started_at ?? stream.created_at)}
              isSignedIn={isSignedIn} isEmbeddable={(about?.embed_hosts.length ?? 0) > 0} />
            <div className="px-4 lg:px-0">
              <ChannelTabs username={channel.username} current={tab} />
              {tab === "schedule" ? <ScheduleList channel={channel} occurrences={occurrences} names={names} /> : <AboutChannel channel={channel} about={about} isWhole={tab === "about"} />}
            </div>
          </div>
          {alsoLive.length > 0 && (
            <aside className="watch-side" aria-label={t("live.also_live")}>
              <AlsoLive streams={alsoLive} names={names} />
            </aside>
          )}
        </div>
      </LiveStreamProvider>
    </TextProvider>
  );
}

// Only what the client components show: it travels in the HTML.
export function watched({ id, title, category, language, state, viewer_count, peak_viewers, started_at, grace_ends_at, thumbnail_url, hls_url, channel }: Stream): WatchedStream {
  return { id, title, category, language, state, viewer_count, peak_viewers, started_at, grace_ends_at, thumbnail_url, hls_url, channel };
}

export function following({ username, display_name, avatar_url, followers_count, is_following, is_owner }: Channel) {
  return { username, display_name, avatar_url, followers_count, is_following, is_owner };
}
