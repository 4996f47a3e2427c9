import type { Metadata } from "next";
import Link from "next/link";
import { cache } from "react";
import { GoLiveButton } from "@/features/live/go-live-button";
import { AwaitNextStream, LiveStreamProvider, type WatchedStream } from "@/features/live/live-stream";
import { StreamHeader } from "@/features/live/stream-header";
import { StreamPlayer } from "@/features/media/stream-player";
import { JsonLd } from "@/features/site/json-ld";
import { Resting } from "@/features/site/resting";
import { api, viewer } from "@/lib/api/server";
import type { Channel, Stream } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";
import { publicOrigin } from "@/lib/origin";
import { broadcast, breadcrumbs, profile } from "@/lib/seo/json-ld";
import { cards, clipped } from "@/lib/seo/metadata";
import { cardPath, factsOf } from "@/lib/share/facts";
import { dateIn, sinceIn } from "@/lib/time";
import { TextProvider } from "@/text/client";
import { number } from "@/text/numbers";
import { getText, messagesFor } from "@/text/server";
import { AzulejoWall } from "@/ui/azulejo";
import { Icon } from "@/ui/icon";
import { ChannelTile } from "@/ui/tile";
import { namesBySlug } from "./categories";
import { FollowButton } from "./follow-button";
import { MissingChannel } from "./missing-channel";
import { ShareButton } from "./share-button";

const USERNAME = /^[a-z0-9_]{3,25}$/;
const ALSO_LIVE_MAX = 6;

// `/@ana` and nothing else lives at the top level under one segment.
export function usernameOf(handle: string): string | null {
  const text = decodeURIComponent(handle).toLowerCase();
  return text.startsWith("@") && USERNAME.test(text.slice(1)) ? text.slice(1) : null;
}

const load = cache(async (username: string) => {
  const channel = await api("get", "/api/v1/channels/{username}", { path: { username } });
  if (!channel.ok) return { channel: null, stream: null, isMissing: channel.error.status === 404 };
  const id = channel.data.live_stream_id;
  const stream = id === null ? null : await api("get", "/api/v1/streams/{stream_id}", { path: { stream_id: id } });
  const isShown = stream?.ok && (stream.data.state === "live" || stream.data.state === "reconnecting");
  return { channel: channel.data, stream: isShown ? stream.data : null, isMissing: false };
});

export async function channelMetadata(username: string): Promise<Metadata> {
  const { channel, stream } = await load(username);
  const { t, locale } = await getText();
  if (!channel) return { title: `@${username}`, robots: { index: false } };
  const named = { title: stream?.title ?? "", channel: channel.display_name };
  const title = stream ? t("live.page_title", named) : `${channel.display_name} (@${username})`;
  const category = stream ? await categoryTitle(stream.category, locale) : "";
  const description = stream ? t("share.live_description", { ...named, category }) : channel.description || t("share.channel_description", named);
  const path = `/@${username}`;
  return {
    title, description: clipped(description), alternates: { canonical: path },
    ...cards({
      siteName: t("site.name"), locale, path, title, description, type: stream ? "video.other" : "profile",
      image: { url: cardPath(factsOf(channel, stream)), alt: t(stream ? "share.live_alt" : "share.channel_alt", named) },
      ...(stream ? { player: `${await publicOrigin()}/embed/@${username}` } : {}),
    }),
  };
}

export async function ChannelPage({ username }: { username: string }) {
  const { channel, stream, isMissing } = await load(username);
  if (isMissing) return <MissingChannel />;
  if (!channel) return <Resting />;
  const [{ locale }, others, categories] = await Promise.all([
    getText(),
    api("get", "/api/v1/streams", { query: { live: true, limit: ALSO_LIVE_MAX + 1 } }),
    allCategories(),
  ]);
  const alsoLive = others.ok ? others.data.items.filter((other) => other.channel.username !== username).slice(0, ALSO_LIVE_MAX) : [];
  const names = categories.ok ? namesBySlug(categories.data.items, locale) : {};
  return stream
    ? <Watching channel={channel} stream={stream} alsoLive={alsoLive} names={names} />
    : <Offline channel={channel} alsoLive={alsoLive} names={names} />;
}

const allCategories = cache(() => api("get", "/api/v1/categories"));

async function categoryTitle(slug: string, locale: Locale): Promise<string> {
  const categories = await allCategories();
  return (categories.ok && namesBySlug(categories.data.items, locale)[slug]) || slug;
}

type Shown = { channel: Channel; alsoLive: Stream[]; names: Record<string, string> };

async function Watching({ channel, stream, alsoLive, names }: Shown & { stream: Stream }) {
  const { t, locale } = await getText();
  const isSignedIn = (await viewer()) !== null;
  const named = names[stream.category] ?? stream.category, origin = await publicOrigin();
  return (
    <TextProvider locale={locale} messages={await messagesFor("player", "live", "social", "language")}>
      <JsonLd graph={[broadcast(channel, stream, { origin, category: named, image: origin + cardPath(factsOf(channel, stream)) }), breadcrumbs(origin, [
        { name: t("nav.home"), path: "/" }, { name: named, path: `/categories/${stream.category}` }, { name: channel.display_name, path: `/@${channel.username}` },
      ])]} />
      <LiveStreamProvider stream={watched(stream)}>
        <div className={alsoLive.length > 0 ? "watch" : "watch watch-alone"}>
          <div className="watch-picture"><StreamPlayer /></div>
          <div className="watch-words">
            <StreamHeader channel={following(channel)} categoryNames={names} started={sinceIn(locale, stream.started_at ?? stream.created_at)} isSignedIn={isSignedIn} />
            <About channel={channel} />
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

async function Offline({ channel, alsoLive, names }: Shown) {
  const { t, locale } = await getText();
  const origin = await publicOrigin();
  const isSignedIn = (await viewer()) !== null;
  return (
    <TextProvider locale={locale} messages={await messagesFor("social")}>
      <JsonLd graph={[profile(channel, { origin, image: origin + cardPath(factsOf(channel, null)) })]} />
      <AwaitNextStream username={channel.username} />
      <section className="relative isolate overflow-hidden bg-(--wall) text-white">
        <AzulejoWall className="absolute inset-0 -z-10 [mask-image:radial-gradient(60%_90%_at_50%_45%,rgb(0_0_0/0.12)_40%,#000)]" />
        <div className="mx-auto flex max-w-[94rem] flex-col items-center gap-4 px-4 py-14 text-center sm:py-20">
          <ChannelTile username={channel.username} className="size-24 ring-4 ring-white/90" />
          <h1 className="text-3xl sm:text-4xl">{t("live.offline", { channel: channel.display_name })}</h1>
          <p className="max-w-lg text-[1.0625rem] text-white">{t(channel.is_owner ? "channel.waiting_owner" : "channel.offline_text")}</p>
          {channel.is_owner && <GoLiveButton className="button button-sun"><Icon name="broadcast" />{t("live.golive")}</GoLiveButton>}
        </div>
        <div className="calcada h-10 [--stone:var(--paper)]" aria-hidden="true" />
      </section>
      <div className="mx-auto max-w-[94rem] px-4 sm:px-6">
        <div className="flex flex-wrap items-center justify-between gap-4 pt-6">
          <p className="text-lg font-bold">{channel.display_name} <span className="font-normal text-muted">@{channel.username}</span></p>
          <span className="flex items-center gap-2"><FollowButton channel={following(channel)} isSignedIn={isSignedIn} /><ShareButton title={channel.display_name} /></span>
        </div>
        <About channel={channel} />
        {alsoLive.length > 0 && <div className="pt-10"><AlsoLive streams={alsoLive} names={names} isWide /></div>}
      </div>
    </TextProvider>
  );
}

async function About({ channel }: { channel: Channel }) {
  const { t, locale } = await getText();
  return (
    <section className="mx-4 mt-6 rounded-2xl border border-line bg-surface p-5 lg:mx-0" aria-labelledby="about">
      <h2 id="about" className="text-lg">{t("channel.about", { channel: channel.display_name })}</h2>
      <p className="max-w-prose pt-2 whitespace-pre-line break-words">{channel.description || t("channel.no_description")}</p>
      <p className="flex flex-wrap gap-x-4 pt-3 text-sm text-muted">
        <span>{t("channel.speaks", { language: t(`language.${channel.language}`) })}</span>
        <span>{t("channel.since", { date: dateIn(locale, channel.created_at) })}</span>
      </p>
    </section>
  );
}

async function AlsoLive({ streams, names, isWide = false }: { streams: Stream[]; names: Record<string, string>; isWide?: boolean }) {
  const { t, locale } = await getText();
  if (streams.length === 0) return null;
  return (
    <>
      <h2 className="pb-3 text-lg">{t("live.also_live")}</h2>
      <ul className={isWide ? "grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2 lg:grid-cols-3" : "grid grid-cols-[minmax(0,1fr)] gap-4 sm:max-lg:grid-cols-2"}>
        {streams.map((stream) => (
          <li key={stream.id} className="card flex gap-3">
            <span className="card-picture w-36 flex-none rounded-xl!">
              {stream.thumbnail_url
                ? <img src={stream.thumbnail_url} alt="" width={320} height={180} loading="lazy" decoding="async" />
                : <ChannelTile username={stream.channel.username} className="absolute inset-0 m-auto size-10" />}
            </span>
            <span className="min-w-0 text-sm">
              <Link href={`/@${stream.channel.username}`} prefetch={false} className="card-link line-clamp-2 font-bold">{stream.title}</Link>
              <span className="block truncate text-muted">{stream.channel.display_name}</span>
              <span className="flex items-center gap-1.5 text-muted"><span className="truncate">{names[stream.category] ?? stream.category}</span>
                <Icon name="eye" className="size-4 flex-none" /><span aria-hidden="true">{number(locale, stream.viewer_count)}</span>
                <span className="sr-only">{t("live.viewers", { n: stream.viewer_count })}</span></span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

// Only what the client components show: it travels in the HTML.
function watched({ id, title, category, language, state, viewer_count, peak_viewers, started_at, grace_ends_at, thumbnail_url, hls_url, channel }: Stream): WatchedStream {
  return { id, title, category, language, state, viewer_count, peak_viewers, started_at, grace_ends_at, thumbnail_url, hls_url, channel };
}

function following({ username, display_name, followers_count, is_following, is_owner }: Channel) {
  return { username, display_name, followers_count, is_following, is_owner };
}
