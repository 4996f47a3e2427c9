import type { Metadata } from "next";
import Link from "next/link";
import { categoryName, namesBySlug } from "@/features/channels/categories";
import { StreamCard } from "@/features/live/stream-card";
import { Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import type { Category, FoundChannel, FoundStream, SearchKind, SearchResults } from "@/lib/api/types";
import { getText } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { oneOf, type Search } from "./filters";
import { CategoryTile, Section } from "./parts";
import { Preview } from "./preview";
import { SearchBox } from "./search-box";

type Asked = { query: string; kind?: SearchKind; cursor?: string };

const KINDS: readonly SearchKind[] = ["channels", "streams", "categories"];
const FEW = 8, MANY = 24;   // Of each kind on the page of all, and of one kind on its own.
const QUERY_LENGTH_MAX = 100;

export async function searchMetadata(searchParams: Search): Promise<Metadata> {
  const { t } = await getText();
  const { query } = askedFrom(await searchParams);
  // Results are the town's, not a page of their own: no search engine keeps them, but it may follow them.
  return {
    title: query ? t("results.title", { query }) : t("results.title_empty"), description: t("results.description"),
    robots: query ? { index: false, follow: true } : undefined, alternates: { canonical: "/search" },
  };
}

export async function SearchPage({ searchParams }: { searchParams: Search }) {
  const { t, locale } = await getText();
  const asked = askedFrom(await searchParams);
  const { query, kind, cursor } = asked;
  const [found, categories] = await Promise.all([
    query ? api("get", "/api/v1/search", { query: { q: query, kind, cursor, locale, limit: kind ? MANY : FEW } }) : null, api("get", "/api/v1/categories"),
  ]);
  if (found && !found.ok && found.error.status !== 400) return <Resting error={found.error} />;
  const all = categories.ok ? categories.data.items : [];
  return (
    <div className="mx-auto max-w-[94rem] px-4 pt-6 pb-12 sm:px-6">
      <Preview />
      <h1 className="text-2xl break-words sm:text-3xl">{query ? t("results.for", { query }) : t("results.prompt")}</h1>
      <SearchBox id="page-search" name={t("results.search")} key={query} query={query} hasFocus={!query} className="max-w-2xl pt-4" />
      {!found
        ? <><p className="pt-3 text-muted">{t("results.prompt_text")}</p><Streets categories={all} /></>
        : !found.ok
          ? <p className="pt-6 font-semibold text-bad" role="alert">{t("results.invalid")}</p>
          : <Results asked={asked} results={found.data} categories={all} />}
    </div>
  );
}

async function Results({ asked, results, categories }: { asked: Asked; results: SearchResults; categories: readonly Category[] }) {
  const { t, locale } = await getText();
  const { query, kind } = asked;
  const { channels, streams, did_you_mean, next_cursor } = results;
  const slugs = new Set(results.categories.map(({ slug }) => slug));
  const found = categories.filter(({ slug }) => slugs.has(slug));
  const names = namesBySlug(categories, locale);
  const isEmpty = channels.length + streams.length + found.length === 0;
  return (
    <>
      <nav aria-label={t("results.kinds")} className="pt-4">
        <ul className="tabs">
          {[undefined, ...KINDS].map((one) => (
            <li key={one ?? "all"}><Link href={hrefOf({ query, kind: one })} prefetch={false} className="tab tab-link" aria-current={one === kind ? "page" : undefined}>{t(`results.${one ?? "all"}`)}</Link></li>
          ))}
        </ul>
      </nav>
      <div aria-live="polite">
        {did_you_mean && <p className="pt-4"><Link href={hrefOf({ query: did_you_mean, kind })} prefetch={false} className="inline-flex min-h-11 items-center font-semibold text-cobalt underline underline-offset-2">{t("results.did_you_mean", { query: did_you_mean })}</Link></p>}
        {results.is_alike && !isEmpty && <p className="pt-2 text-muted">{t("results.alike")}</p>}
      </div>
      {isEmpty && (
        <>
          <h2 className="pt-8 text-xl">{t("results.none", { query })}</h2>
          <p className="pt-2 text-muted">{t("results.none_text")}</p>
          <Streets categories={categories} />
        </>
      )}
      {channels.length > 0 && <Section title={t("results.channels")} {...moreOf(asked, "channels", channels.length, t("results.see_all"))}><Channels channels={channels} names={names} /></Section>}
      {streams.length > 0 && <Section title={t("results.streams")} {...moreOf(asked, "streams", streams.length, t("results.see_all"))}><Streams streams={streams} names={names} /></Section>}
      {found.length > 0 && <Section title={t("results.categories")}><ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">{found.map((category) => <CategoryTile key={category.slug} category={category} />)}</ul></Section>}
      {next_cursor && <p className="flex justify-center pt-8"><Link href={hrefOf({ ...asked, cursor: next_cursor })} prefetch={false} className="button button-quiet">{t("list.more")}</Link></p>}
    </>
  );
}

async function Streams({ streams, names }: { streams: readonly FoundStream[]; names: Record<string, string> }) {
  const { t, locale } = await getText();
  return (
    <ul className="stream-grid">
      {streams.map((stream, index) => <li key={stream.id}><StreamCard stream={stream} categoryName={names[stream.category] ?? stream.category} locale={locale} t={t} isFirst={index === 0} /></li>)}
    </ul>
  );
}

async function Channels({ channels, names }: { channels: readonly FoundChannel[]; names: Record<string, string> }) {
  const { t } = await getText();
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
      {channels.map((channel) => (
        <li key={channel.username} className="card panel flex items-center gap-4 !p-4">
          <Avatar username={channel.username} name={channel.display_name} url={channel.avatar_url} className="size-14 shrink-0" />
          <div className="min-w-0">
            <h3 className="truncate font-sans text-base font-bold tracking-normal"><Link href={`/@${channel.username}`} prefetch={false} className="card-link">{channel.display_name}</Link></h3>
            <p className="truncate text-sm text-muted">@{channel.username} · {t("results.followers", { n: channel.followers_count })}</p>
            <p className="flex flex-wrap items-center gap-1.5 pt-1 text-[0.8125rem]">
              {channel.is_live && <span className="badge-live">{t("live.badge")}</span>}
              <span className="rounded-md bg-raised px-2 py-0.5 font-medium">{names[channel.default_category] ?? channel.default_category}</span>
              {channel.region && <span className="text-muted">{t(`region.${channel.region}`)}</span>}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

// Somewhere to go for who found nothing, or does not know yet what to look for.
async function Streets({ categories }: { categories: readonly Category[] }) {
  const { t, locale } = await getText();
  const busiest = [...categories].sort((a, b) => b.live_count - a.live_count).slice(0, 12);
  return (
    <nav aria-label={t("nav.categories")} className="pt-6">
      <ul className="flex flex-wrap gap-2">
        {busiest.map((category) => <li key={category.slug}><Link href={`/categories/${category.slug}`} prefetch={false} className="chip">{categoryName(category, locale)}</Link></li>)}
        <li><Link href="/categories" prefetch={false} className="chip">{t("discover.all_categories")}</Link></li>
      </ul>
    </nav>
  );
}

function moreOf(asked: Asked, kind: SearchKind, count: number, more: string) {
  return !asked.kind && count >= FEW ? { href: hrefOf({ query: asked.query, kind }), more } : {};
}

function askedFrom(search: Awaited<Search>): Asked {
  const query = [...(oneOf(search, "q") ?? "").trim()].slice(0, QUERY_LENGTH_MAX).join("");
  const kind = KINDS.find((one) => one === oneOf(search, "kind"));
  return { query, kind, cursor: kind ? oneOf(search, "cursor") : undefined };
}

function hrefOf({ query, kind, cursor }: Asked): string {
  return `/search?${new URLSearchParams({ q: query, ...(kind ? { kind } : {}), ...(cursor ? { cursor } : {}) })}`;
}
