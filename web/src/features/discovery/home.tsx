import type { Metadata } from "next";
import Link from "next/link";
import { categoryName, namesBySlug } from "@/features/channels/categories";
import { GoLiveButton } from "@/features/live/go-live-button";
import { KeepFresh } from "@/features/live/keep-fresh";
import { StreamGrid } from "@/features/live/stream-grid";
import { JsonLd } from "@/features/site/json-ld";
import { NotFoundPage } from "@/features/site/not-found-page";
import { Resting } from "@/features/site/resting";
import { api, viewer } from "@/lib/api/server";
import type { Category, Stream } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";
import { publicOrigin } from "@/lib/origin";
import { pageList, site } from "@/lib/seo/json-ld";
import { cards, clipped, hubAlternates } from "@/lib/seo/metadata";
import { getText } from "@/text/server";
import { AzulejoWall, WaveHorizon } from "@/ui/azulejo";
import { Icon } from "@/ui/icon";

type Search = Promise<Record<string, string | string[] | undefined>>;
type Filters = { category?: string; language?: Stream["language"]; cursor?: string };

const LANGUAGES = ["pt-PT", "pt-BR", "other"] as const;

export async function homeMetadata(hub?: Locale): Promise<Metadata> {
  const { t, locale } = await getText();
  const title = `${t("site.name")} · ${t("site.tagline")}`, description = t("site.description");
  const alternates = hubAlternates("/", hub);
  return {
    title: { absolute: title }, description: clipped(description), alternates,
    ...cards({ siteName: t("site.name"), locale, path: String(alternates.canonical), title, description, image: { url: "/social-card.jpg", alt: t("share.card_alt") } }),
  };
}

// What is on air: the first screen, at / and at each language's hub.
export async function Home({ searchParams, base = "/" }: { searchParams: Search; base?: string }) {
  const filters = filtersFrom(await searchParams);
  const { t, locale } = await getText();
  const [streams, categories, account] = await Promise.all([
    api("get", "/api/v1/streams", { query: { live: true, ...filters } }), api("get", "/api/v1/categories"), viewer(),
  ]);
  if (!streams.ok && streams.error.status === 400) return <NotFoundPage />;   // A hand-made cursor or filter.
  if (!streams.ok) return <Resting error={streams.error} />;
  if (!categories.ok) return <Resting error={categories.error} />;

  const { items, next_cursor } = streams.data;
  const query = { category: filters.category, language: filters.language };
  const more = next_cursor ? { cursor: next_cursor, href: hrefOf(base, { ...query, cursor: next_cursor }), query } : undefined;
  const origin = await publicOrigin();
  const listed = items.map(({ title, channel }) => ({ name: title, path: `/@${channel.username}` }));
  return (
    <>
      <JsonLd graph={[...site(origin, { name: t("site.name"), description: t("site.description") }), pageList(origin, t("home.live_now"), listed)]} />
      <KeepFresh />
      <Hero isSignedIn={account !== null} />
      <div className="mx-auto max-w-[94rem] px-4 pt-5 sm:px-6">
        <FilterBar base={base} filters={filters} categories={categories.data.items} />
        <LiveHeading base={base} filters={filters} categories={categories.data.items} />
        {items.length > 0
          ? <StreamGrid streams={items} categoryNames={namesBySlug(categories.data.items, locale)} more={more} />
          : <Nobody base={base} isFiltered={Boolean(filters.category ?? filters.language)} isSignedIn={account !== null} />}
      </div>
    </>
  );
}

async function Hero({ isSignedIn }: { isSignedIn: boolean }) {
  const { t } = await getText();
  return (
    <section className="relative isolate overflow-hidden bg-(--wall) text-white">
      <AzulejoWall className="absolute inset-0 -z-10 [mask-image:linear-gradient(100deg,transparent_20%,#000_125%)] sm:[mask-image:linear-gradient(100deg,transparent_8%,#000_75%)]" />
      <WaveHorizon />
      <div className="mx-auto max-w-[94rem] px-4 pt-6 pb-28 sm:px-6 sm:pt-10 sm:pb-36">
        <h1 className="max-w-[13ch] text-[2.1rem] sm:text-5xl">{t("home.heading")}</h1>
        <p className="max-w-[34ch] pt-3 text-[1.0625rem] leading-snug text-white sm:max-w-[38ch]">{t("home.lead")}</p>
        {!isSignedIn && <Link href="/register" prefetch={false} className="button button-sun mt-5 max-sm:hidden">{t("auth.signup")}</Link>}
      </div>
    </section>
  );
}

async function FilterBar({ base, filters, categories }: { base: string; filters: Filters; categories: Category[] }) {
  const { t, locale } = await getText();
  // Busy categories first; the rest keep their order, ours before the world's.
  const ordered = categories.map((category, order) => ({ category, order })).sort((a, b) =>
    b.category.live_count - a.category.live_count ||
    Number(b.category.portuguese_focused) - Number(a.category.portuguese_focused) || a.order - b.order);
  return (
    <nav aria-label={t("home.filters")} className="flex flex-col gap-2">
      <ul className="scroll-row -mx-4 px-4 sm:-mx-6 sm:px-6">
        <li><Link href={hrefOf(base, { language: filters.language })} prefetch={false} className="chip" aria-current={filters.category ? undefined : "true"}>{t("home.all_categories")}</Link></li>
        {ordered.map(({ category }) => (
          <li key={category.slug}>
            <Link href={hrefOf(base, { language: filters.language, category: category.slug })} prefetch={false} className="chip"
              aria-current={filters.category === category.slug ? "true" : undefined}>
              {categoryName(category, locale)}
              {category.live_count > 0 && <span className="chip-count" title={t("home.category_count", { n: category.live_count })}>{category.live_count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

async function LiveHeading({ base, filters, categories }: { base: string; filters: Filters; categories: Category[] }) {
  const { t, locale } = await getText();
  const category = categories.find(({ slug }) => slug === filters.category);
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pt-6 pb-5">
      <h2 className="text-2xl sm:text-[1.75rem]">{category ? t("home.live_in", { category: categoryName(category, locale) }) : t("home.live_now")}</h2>
      <ul className="flex gap-1 rounded-xl bg-raised p-1 text-[0.9375rem]" aria-label={t("home.language")}>
        {[undefined, ...LANGUAGES].map((language) => (
          <li key={language ?? "any"}>
            <Link href={hrefOf(base, { category: filters.category, language })} prefetch={false} className="segment"
              aria-current={filters.language === language ? "true" : undefined} aria-label={t(language ? `language.${language}` : "home.any_language")}
              title={t(language ? `language.${language}` : "home.any_language")}>
              {t(language ? `language.short_${language}` : "home.all_languages")}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

async function Nobody({ base, isFiltered, isSignedIn }: { base: string; isFiltered: boolean; isSignedIn: boolean }) {
  const { t } = await getText();
  return (
    <div className="relative isolate overflow-hidden rounded-3xl border border-line bg-surface px-6 pt-10 pb-28 text-center">
      <div className="calcada absolute inset-x-0 bottom-0 -z-10 h-20 opacity-15" aria-hidden="true" />
      <h3 className="text-2xl">{isFiltered ? t("home.empty_filtered") : t("feed.empty")}</h3>
      <p className="mx-auto max-w-md pt-2 pb-6 text-muted">{isFiltered ? t("home.empty_filtered_text") : t("home.empty_text")}</p>
      {isFiltered
        ? <Link href={base} prefetch={false} className="button button-primary">{t("home.see_all")}</Link>
        : isSignedIn
          ? <GoLiveButton className="button button-sun"><Icon name="broadcast" />{t("live.golive")}</GoLiveButton>
          : <Link href="/register" prefetch={false} className="button button-primary">{t("auth.signup")}</Link>}
    </div>
  );
}

function filtersFrom(search: Awaited<Search>): Filters {
  const one = (name: string) => { const value = search[name]; return typeof value === "string" && value !== "" ? value : undefined; };
  return { category: one("category"), language: LANGUAGES.find((language) => language === one("language")), cursor: one("cursor") };
}

function hrefOf(base: string, filters: Filters): string {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== undefined) as [string, string][]);
  return query.size > 0 ? `${base}?${query}` : base;
}
