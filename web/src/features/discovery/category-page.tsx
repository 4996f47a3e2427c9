import Link from "next/link";
import { cache } from "react";
import { categoryName, namesBySlug } from "@/features/channels/categories";
import { KeepFresh } from "@/features/live/keep-fresh";
import { StreamGrid } from "@/features/live/stream-grid";
import { JsonLd } from "@/features/site/json-ld";
import { NotFoundPage } from "@/features/site/not-found-page";
import { Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import type { Category } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";
import { publicOrigin } from "@/lib/origin";
import { breadcrumbs, pageList } from "@/lib/seo/json-ld";
import { getText } from "@/text/server";
import { tileOf } from "@/ui/tile";
import { filtersFrom, hrefOf, queryOf, type Search } from "./filters";
import { hubMetadata } from "./hub-metadata";
import { hubHref, ListSettings, Nobody, RecentShelf, UpcomingShelf } from "./parts";
import { Preview } from "./preview";

const allCategories = cache(() => api("get", "/api/v1/categories"));

export async function categoryMetadata(slug: string) {
  const { t, locale } = await getText();
  const categories = await allCategories();
  const category = categories.ok ? categories.data.items.find((one) => one.slug === slug) : undefined;
  if (!category) return { title: t("site.not_found_title"), robots: { index: false } };
  const name = categoryName(category, locale);
  return hubMetadata(`/categories/${slug}`, t("discover.category_title", { category: name }), t("discover.category_description", { category: name, about: aboutOf(category, locale) }), { kind: "categories", code: slug });
}

export async function CategoryPage({ slug, searchParams }: { slug: string; searchParams: Search }) {
  const { t, locale } = await getText();
  const categories = await allCategories();
  if (!categories.ok) return <Resting error={categories.error} />;
  const category = categories.data.items.find((one) => one.slug === slug);
  if (!category) return <NotFoundPage />;

  const filters = { ...filtersFrom(await searchParams), category: slug, ours: undefined };
  const streams = await api("get", "/api/v1/streams", { query: { ...queryOf(filters), cursor: filters.cursor } });
  if (!streams.ok && streams.error.status === 400) return <NotFoundPage />;
  if (!streams.ok) return <Resting error={streams.error} />;

  const { items, next_cursor } = streams.data;
  const base = await hubHref(`/categories/${slug}`), up = await hubHref("/categories"), origin = await publicOrigin();
  const inAddress = { ...filters, category: undefined };
  const name = categoryName(category, locale), names = namesBySlug(categories.data.items, locale);
  const more = next_cursor ? { cursor: next_cursor, href: hrefOf(base, { ...inAddress, cursor: next_cursor }), query: queryOf(filters) } : undefined;
  return (
    <>
      <JsonLd graph={[
        breadcrumbs(origin, [{ name: t("nav.categories"), path: up }, { name, path: base }]),
        pageList(origin, name, items.map(({ title, channel }) => ({ name: title, path: `/@${channel.username}` }))),
      ]} />
      <KeepFresh />
      <Preview />
      <header className="relative isolate overflow-hidden border-b border-line bg-surface">
        <Motif slug={slug} />
        <div className="mx-auto max-w-[94rem] px-4 py-8 sm:px-6 sm:py-10">
          <p className="text-sm"><Link href={up} prefetch={false} className="inline-flex min-h-11 items-center font-semibold text-cobalt hover:underline">{t("nav.categories")}</Link></p>
          <h1 className="text-3xl sm:text-4xl">{name}</h1>
          <p className="max-w-prose pt-2 text-muted">{aboutOf(category, locale)}</p>
          <p className="pt-2 font-semibold">{t("discover.live", { n: category.live_count })}{category.viewer_count > 0 && <span className="font-normal text-muted"> · {t("live.viewers", { n: category.viewer_count })}</span>}</p>
        </div>
      </header>
      <div className="mx-auto max-w-[94rem] px-4 pt-5 pb-12 sm:px-6">
        <div className="pb-5"><ListSettings base={base} filters={inAddress} hasOurs={false} /></div>
        <h2 className="sr-only">{t("home.live_now")}</h2>
        {items.length > 0
          ? <StreamGrid streams={items} categoryNames={names} more={more} />
          : <Nobody title={t("discover.category_empty")} text={t("discover.empty_text")} base={up} />}
        {!filters.cursor && <><UpcomingShelf category={slug} /><RecentShelf filters={filters} categoryNames={names} /></>}
      </div>
    </>
  );
}

function aboutOf(category: Category, locale: Locale): string {
  return locale === "en" ? category.description_en : category.description_pt;
}

function Motif({ slug }: { slug: string }) {
  const { glaze, motif } = tileOf(slug);
  return (
    <svg viewBox="0 0 240 120" className={`tile-${glaze} page-motif`} aria-hidden="true" preserveAspectRatio="xMaxYMid slice">
      {[0, 40, 80, 120, 160, 200].flatMap((x) => [0, 40, 80].map((y) => <use key={`${x} ${y}`} href={`#motif-${motif}`} x={x} y={y} width="40" height="40" />))}
    </svg>
  );
}
