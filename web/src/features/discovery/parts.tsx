import Link from "next/link";
import { categoryName } from "@/features/channels/categories";
import { GoLiveButton } from "@/features/live/go-live-button";
import { StreamGrid } from "@/features/live/stream-grid";
import { api, viewer } from "@/lib/api/server";
import type { Category, RegionActivity, Upcoming } from "@/lib/api/types";
import { dateTimeIn } from "@/lib/time";
import { hubPath } from "@/lib/seo/metadata";
import { getText, pageHub } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { Icon } from "@/ui/icon";
import { tileOf } from "@/ui/tile";
import { hrefOf, LANGUAGES, queryOf, type Filters } from "./filters";

// What the pages of discovery are put together from.
const SHELF = 4;   // Streams of a shelf: one row on a desk.

// An address of ours as this page's hub has it.
export async function hubHref(path: string): Promise<string> {
  const hub = await pageHub();
  return hub ? hubPath(path, hub) : path;
}

export async function Section({ title, href, more, children }: { title: string; href?: string; more?: string; children: React.ReactNode }) {
  return (
    <section className="pt-10">
      <div className="flex items-end justify-between gap-4 pb-4">
        <h2 className="text-xl sm:text-2xl">{title}</h2>
        {href && more && <Link href={href} prefetch={false} className="inline-flex min-h-11 items-center font-semibold text-cobalt hover:underline">{more}</Link>}
      </div>
      {children}
    </section>
  );
}

export async function CategoryChips({ base, filters, categories }: { base: string; filters: Filters; categories: readonly Category[] }) {
  const { t, locale } = await getText();
  const rest = { ...filters, cursor: undefined };
  // Busy categories first; the rest keep their order, ours before the world's.
  const ordered = categories.map((category, order) => ({ category, order })).sort((a, b) =>
    b.category.live_count - a.category.live_count ||
    Number(b.category.portuguese_focused) - Number(a.category.portuguese_focused) || a.order - b.order);
  return (
    <nav aria-label={t("discover.by_category")}>
      <ul className="scroll-row -mx-4 px-4 sm:-mx-6 sm:px-6">
        <li><Link href={hrefOf(base, { ...rest, category: undefined })} prefetch={false} className="chip" aria-current={filters.category ? undefined : "true"}>{t("home.all_categories")}</Link></li>
        {ordered.map(({ category }) => (
          <li key={category.slug}>
            <Link href={hrefOf(base, { ...rest, category: category.slug })} prefetch={false} className="chip" aria-current={filters.category === category.slug ? "true" : undefined}>
              {categoryName(category, locale)}
              {category.live_count > 0 && <span className="chip-count" title={t("home.category_count", { n: category.live_count })}>{category.live_count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export async function RegionChips({ base, filters, regions }: { base: string; filters: Filters; regions: readonly RegionActivity[] }) {
  const { t } = await getText();
  const rest = { ...filters, cursor: undefined };
  return (
    <nav aria-label={t("discover.regions")}>
      <ul className="scroll-row -mx-4 px-4 sm:-mx-6 sm:px-6">
        {regions.map(({ code, live_count }) => {
          const isChosen = filters.region === code;
          return (
            <li key={code}>
              <Link href={hrefOf(base, { ...rest, region: isChosen ? undefined : code })} prefetch={false} className="chip" aria-current={isChosen ? "true" : undefined}>
                {t(`region.${code}`)}{live_count > 0 && <span className="chip-count" title={t("discover.live", { n: live_count })}>{live_count}</span>}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

// Language, order, and whether only what is ours is shown: plain links, so they work before any script.
export async function ListSettings({ base, filters, hasOurs = true }: { base: string; filters: Filters; hasOurs?: boolean }) {
  const { t } = await getText();
  const rest = { ...filters, cursor: undefined };
  return (
    <div className="scroll-row -mx-4 max-w-[100vw] items-center px-4 text-[0.9375rem] *:shrink-0 sm:mx-0 sm:px-0">
      {hasOurs && (
        <Link href={hrefOf(base, { ...rest, ours: filters.ours ? undefined : "1" })} prefetch={false} className="chip" title={t("discover.ours_hint")}
          aria-current={filters.ours ? "true" : undefined}>{filters.ours && <Icon name="check" className="size-4" />}{t("discover.ours")}</Link>
      )}
      <ul className="flex gap-1 rounded-xl bg-raised p-1" aria-label={t("discover.sort")}>
        {[undefined, "recent" as const].map((sort) => (
          <li key={sort ?? "viewers"}>
            <Link href={hrefOf(base, { ...rest, sort })} prefetch={false} className="segment" aria-current={filters.sort === sort ? "true" : undefined}>{t(`discover.sort_${sort ?? "viewers"}`)}</Link>
          </li>
        ))}
      </ul>
      <ul className="flex gap-1 rounded-xl bg-raised p-1" aria-label={t("home.language")}>
        {[undefined, ...LANGUAGES].map((language) => (
          <li key={language ?? "any"}>
            <Link href={hrefOf(base, { ...rest, language })} prefetch={false} className="segment" aria-current={filters.language === language ? "true" : undefined}
              aria-label={t(language ? `language.${language}` : "home.any_language")} title={t(language ? `language.${language}` : "home.any_language")}>
              {t(language ? `language.short_${language}` : "home.all_languages")}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

// Nobody on air, and what to do about it.
export async function Nobody({ title, text, base }: { title: string; text: string; base?: string }) {
  const { t } = await getText();
  const account = await viewer();
  return (
    <div className="relative isolate overflow-hidden rounded-3xl border border-line bg-surface px-6 pt-10 pb-28 text-center">
      <div className="calcada absolute inset-x-0 bottom-0 -z-10 h-20 opacity-15" aria-hidden="true" />
      <h3 className="text-2xl">{title}</h3>
      <p className="mx-auto max-w-md pt-2 pb-6 text-muted">{text}</p>
      <div className="flex flex-wrap justify-center gap-3">
        {base && <Link href={base} prefetch={false} className="button button-primary">{t("home.see_all")}</Link>}
        {account
          ? <GoLiveButton className="button button-sun"><Icon name="broadcast" />{t("live.golive")}</GoLiveButton>
          : !base && <Link href="/register" prefetch={false} className="button button-primary">{t("auth.signup")}</Link>}
      </div>
    </div>
  );
}

// Announced lives, soonest first. Nothing where nothing is announced, or the list did not come.
export async function UpcomingShelf({ category, region }: Pick<Filters, "category" | "region">) {
  const upcoming = await api("get", "/api/v1/upcoming", { query: { category, region, limit: SHELF } });
  if (!upcoming.ok || upcoming.data.items.length === 0) return null;
  const { t } = await getText();
  return <Section title={t("discover.upcoming")}><ul className="stream-grid">{upcoming.data.items.map((entry) => <UpcomingItem key={entry.id} entry={entry} />)}</ul></Section>;
}

async function UpcomingItem({ entry: { title, starts_at, channel } }: { entry: Upcoming }) {
  const { locale } = await getText();
  return (
    <li className="card panel flex items-center gap-3 !p-4">
      <Avatar username={channel.username} name={channel.display_name} url={channel.avatar_url} className="size-12 shrink-0" />
      <div className="min-w-0">
        <p className="text-sm font-semibold text-cobalt"><time dateTime={starts_at}>{dateTimeIn(locale, starts_at)}</time></p>
        <h3 className="truncate font-sans text-base font-bold tracking-normal"><Link href={`/@${channel.username}`} prefetch={false} className="card-link">{title}</Link></h3>
        <p className="truncate text-[0.9375rem] text-muted">{channel.display_name}</p>
      </div>
    </li>
  );
}

export async function RecentShelf({ filters, categoryNames }: { filters: Filters; categoryNames: Record<string, string> }) {
  const { t } = await getText();
  const recent = await api("get", "/api/v1/streams", { query: { ...queryOf({ ...filters, sort: undefined }), live: false, limit: SHELF } });
  if (!recent.ok || recent.data.items.length === 0) return null;
  return <Section title={t("discover.recent")}><StreamGrid streams={recent.data.items} categoryNames={categoryNames} isLeading={false} /></Section>;
}

// A category's own tile: the same motifs as people's, one glaze and one pattern each.
export async function CategoryTile({ category }: { category: Category }) {
  const { t, locale } = await getText();
  const { glaze, motif } = tileOf(category.slug);
  return (
    <li className="category-card">
      <svg viewBox="0 0 160 80" className={`category-tile tile-${glaze}`} aria-hidden="true" preserveAspectRatio="xMidYMid slice">
        {[0, 40, 80, 120].flatMap((x) => [0, 40].map((y) => <use key={`${x} ${y}`} href={`#motif-${motif}`} x={x} y={y} width="40" height="40" />))}
      </svg>
      <div className="p-3">
        <h3 className="font-sans text-base leading-snug font-bold tracking-normal"><Link href={await hubHref(`/categories/${category.slug}`)} prefetch={false} className="card-link">{categoryName(category, locale)}</Link></h3>
        <p className={`pt-1 text-sm ${category.live_count > 0 ? "font-semibold text-cobalt" : "text-muted"}`}>{t("discover.live", { n: category.live_count })}
          {category.viewer_count > 0 && <span className="font-normal text-muted"> · {t("live.viewers", { n: category.viewer_count })}</span>}</p>
      </div>
    </li>
  );
}

export async function RegionLinks({ regions }: { regions: readonly RegionActivity[] }) {
  const { t } = await getText();
  const hrefs = await Promise.all(regions.map(({ code }) => hubHref(`/regions/${code}`)));
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
      {regions.map(({ code, live_count }, index) => (
        <li key={code} className={`region-card region-${code}`}>
          <div className="region-cloth" aria-hidden="true" />
          <div className="p-3">
            <h3 className="font-sans text-base leading-snug font-bold tracking-normal"><Link href={hrefs[index] ?? ""} prefetch={false} className="card-link">{t(`region.${code}`)}</Link></h3>
            <p className={`pt-1 text-sm ${live_count > 0 ? "font-semibold text-cobalt" : "text-muted"}`}>{t("discover.live", { n: live_count })}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
