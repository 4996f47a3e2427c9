import Link from "next/link";
import { namesBySlug } from "@/features/channels/categories";
import { regionFrom, type RegionCode } from "@/features/channels/regions";
import { KeepFresh } from "@/features/live/keep-fresh";
import { StreamGrid } from "@/features/live/stream-grid";
import { JsonLd } from "@/features/site/json-ld";
import { NotFoundPage } from "@/features/site/not-found-page";
import { Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { publicOrigin } from "@/lib/origin";
import { breadcrumbs, pageList } from "@/lib/seo/json-ld";
import { getText } from "@/text/server";
import { filtersFrom, hrefOf, queryOf, type Search } from "./filters";
import { hubMetadata } from "./hub-metadata";
import { hubHref, ListSettings, Nobody, RecentShelf, RegionLinks, Section, UpcomingShelf } from "./parts";
import { Preview } from "./preview";
import { clocksOf } from "./region-clocks";

export async function regionMetadata(text: string) {
  const { t } = await getText();
  const code = regionFrom(text);
  if (!code) return { title: t("site.not_found_title"), robots: { index: false } };
  const place = t(`region.in_${code}`);
  return hubMetadata(`/regions/${code}`, t("discover.region_title", { place }), t("discover.region_description", { place }), { kind: "regions", code });
}

export async function RegionPage({ code: text, searchParams }: { code: string; searchParams: Search }) {
  const code = regionFrom(text);
  if (!code) return <NotFoundPage />;
  const { t, locale } = await getText();
  const filters = { ...filtersFrom(await searchParams), region: code };
  const [streams, categories, regions] = await Promise.all([
    api("get", "/api/v1/streams", { query: { ...queryOf(filters), cursor: filters.cursor } }), api("get", "/api/v1/categories"), api("get", "/api/v1/regions"),
  ]);
  if (!streams.ok && streams.error.status === 400) return <NotFoundPage />;
  if (!streams.ok) return <Resting error={streams.error} />;

  const { items, next_cursor } = streams.data;
  const place = t(`region.in_${code}`), names = categories.ok ? namesBySlug(categories.data.items, locale) : {};
  const base = await hubHref(`/regions/${code}`), up = await hubHref("/"), origin = await publicOrigin(), inAddress = { ...filters, region: undefined };
  const more = next_cursor ? { cursor: next_cursor, href: hrefOf(base, { ...inAddress, cursor: next_cursor }), query: queryOf(filters) } : undefined;
  const here = regions.ok ? regions.data.items.find((region) => region.code === code) : undefined;
  return (
    <>
      <JsonLd graph={[breadcrumbs(origin, [{ name: t("nav.home"), path: up }, { name: t(`region.${code}`), path: base }]), pageList(origin, t("discover.region_title", { place }), items.map(({ title, channel }) => ({ name: title, path: `/@${channel.username}` })))]} />
      <KeepFresh />
      <Preview />
      <RegionHead code={code} liveCount={here?.live_count} channelCount={here?.channel_count} />
      <div className="mx-auto max-w-[94rem] px-4 pt-5 pb-12 sm:px-6">
        <div className="pb-5"><ListSettings base={base} filters={inAddress} /></div>
        <h2 className="sr-only">{t("home.live_now")}</h2>
        {items.length > 0
          ? <StreamGrid streams={items} categoryNames={names} more={more} />
          : <Nobody title={t("discover.region_empty", { place })} text={t("discover.empty_text")} base={up} />}
        {!filters.cursor && <><UpcomingShelf region={code} /><RecentShelf filters={filters} categoryNames={names} /></>}
        {regions.ok && <Section title={t("discover.regions")}><RegionLinks regions={regions.data.items.filter((region) => region.code !== code)} /></Section>}
      </div>
    </>
  );
}

async function RegionHead({ code, liveCount, channelCount }: { code: RegionCode; liveCount?: number; channelCount?: number }) {
  const { t, locale } = await getText();
  return (
    <header className={`region-head region-${code}`}>
      <div className="region-cloth" aria-hidden="true" />
      <div className="mx-auto max-w-[94rem] px-4 py-8 sm:px-6 sm:py-10">
        <p className="text-sm"><Link href={await hubHref("/")} prefetch={false} className="inline-flex min-h-11 items-center font-semibold text-cobalt hover:underline">{t("home.live_now")}</Link></p>
        <h1 className="text-3xl sm:text-4xl">{t(`region.${code}`)}</h1>
        <dl className="grid gap-x-8 gap-y-2 pt-3 text-[0.9375rem] sm:grid-cols-[auto_1fr]">
          <dt className="text-muted">{t("discover.local_time")}</dt>
          <dd className="flex flex-wrap gap-x-4 gap-y-1">{clocksOf(code, locale, new Date()).map(({ city, time }) => <span key={city}><b className="tabular-nums">{time}</b> {city}</span>)}</dd>
          <dt className="text-muted">{t("discover.languages")}</dt>
          <dd>{t(`discover.tongues_${code}`)}</dd>
        </dl>
        {liveCount !== undefined && <p className="pt-3 font-semibold">{t("discover.live", { n: liveCount })}
          <span className="font-normal text-muted"> · {t("discover.channels_here", { n: channelCount ?? 0 })}</span></p>}
      </div>
    </header>
  );
}
