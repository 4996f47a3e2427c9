import type { Metadata } from "next";
import Link from "next/link";
import { categoryName, namesBySlug } from "@/features/channels/categories";
import { KeepFresh } from "@/features/live/keep-fresh";
import { StreamGrid } from "@/features/live/stream-grid";
import { JsonLd } from "@/features/site/json-ld";
import { NotFoundPage } from "@/features/site/not-found-page";
import { Resting } from "@/features/site/resting";
import { api, viewer } from "@/lib/api/server";
import type { Locale } from "@/lib/locale";
import { publicOrigin } from "@/lib/origin";
import { pageList, site } from "@/lib/seo/json-ld";
import { cards, clipped, hubAlternates } from "@/lib/seo/metadata";
import { getText } from "@/text/server";
import { AzulejoWall, WaveHorizon } from "@/ui/azulejo";
import { filtersFrom, hrefOf, isFiltered, queryOf, type Filters, type Search } from "./filters";
import { CategoryChips, hubHref, ListSettings, Nobody, RecentShelf, RegionChips, RegionLinks, Section, UpcomingShelf } from "./parts";
import { Preview } from "./preview";

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
  const [streams, categories, regions, account] = await Promise.all([onAir(filters), api("get", "/api/v1/categories"), api("get", "/api/v1/regions"), viewer()]);
  if (!streams.ok && streams.error.status === 400) return <NotFoundPage />;   // A hand-made cursor or filter.
  if (!streams.ok) return <Resting error={streams.error} />;

  const { items, next_cursor } = streams.data;
  const known = categories.ok ? categories.data.items : [];   // What cannot be asked now is left out.
  const names = namesBySlug(known, locale);
  const more = next_cursor ? { cursor: next_cursor, href: hrefOf(base, { ...filters, cursor: next_cursor }), query: queryOf(filters) } : undefined;
  const origin = await publicOrigin();
  const listed = items.map(({ title, channel }) => ({ name: title, path: `/@${channel.username}` }));
  const isPlain = !isFiltered(filters) && !filters.cursor;
  return (
    <>
      <JsonLd graph={[...site(origin, { name: t("site.name"), description: t("site.description") }), pageList(origin, t("home.live_now"), listed)]} />
      <KeepFresh />
      <Preview />
      <Hero isSignedIn={account !== null} />
      <div className="mx-auto max-w-[94rem] px-4 pt-5 pb-10 sm:px-6">
        {account && isPlain && <FollowingShelf names={names} />}
        <div className="grid gap-2">
          {known.length > 0 && <CategoryChips base={base} filters={filters} categories={known} />}
          {regions.ok && <RegionChips base={base} filters={filters} regions={regions.data.items} />}
        </div>
        <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 pt-6 pb-5">
          <h2 className="text-2xl sm:text-[1.75rem]">{await headingFor(filters, known)}</h2>
          <ListSettings base={base} filters={filters} />
        </div>
        {items.length > 0
          ? <StreamGrid streams={items} categoryNames={names} more={more} />
          : isFiltered(filters)
            ? <Nobody title={t("home.empty_filtered")} text={t("home.empty_filtered_text")} base={base} />
            : <Nobody title={t("feed.empty")} text={t("home.empty_text")} />}
        {!filters.cursor && (
          <>
            <UpcomingShelf category={filters.category} region={filters.region} />
            <RecentShelf filters={filters} categoryNames={names} />
          </>
        )}
        {isPlain && regions.ok && (
          <Section title={t("discover.regions")} href={await hubHref("/categories")} more={t("discover.all_categories")}><RegionLinks regions={regions.data.items} /></Section>
        )}
        <p className="pt-8 text-sm text-muted"><Link href="/about/discovery" prefetch={false} className="underline underline-offset-2">{t("discover.why_title")}</Link></p>
      </div>
    </>
  );
}

// Without a filter the front page, with the places it keeps; else the plain list.
function onAir(filters: Filters) {
  const isFront = !isFiltered(filters) && !filters.cursor && !filters.sort;
  return isFront ? api("get", "/api/v1/front-page") : api("get", "/api/v1/streams", { query: { ...queryOf(filters), cursor: filters.cursor } });
}

async function headingFor({ category, region }: Filters, categories: Parameters<typeof namesBySlug>[0]): Promise<string> {
  const { t, locale } = await getText();
  const chosen = categories.find(({ slug }) => slug === category);
  if (chosen) return t("home.live_in", { category: categoryName(chosen, locale) });
  return region ? t("discover.region_title", { place: t(`region.in_${region}`) }) : t("home.live_now");
}

async function FollowingShelf({ names }: { names: Record<string, string> }) {
  const { t } = await getText();
  const followed = await api("get", "/api/v1/streams", { query: { live: true, following: true, limit: 4 } });
  if (!followed.ok || followed.data.items.length === 0) return null;
  return (
    <div className="-mt-8 pb-8">
      <Section title={t("discover.following")} href="/following" more={t("discover.see_following")}><StreamGrid streams={followed.data.items} categoryNames={names} /></Section>
    </div>
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
