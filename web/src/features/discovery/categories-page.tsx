import { categoryName } from "@/features/channels/categories";
import { KeepFresh } from "@/features/live/keep-fresh";
import { JsonLd } from "@/features/site/json-ld";
import { Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import type { Category } from "@/lib/api/types";
import { publicOrigin } from "@/lib/origin";
import { pageList } from "@/lib/seo/json-ld";
import { getText } from "@/text/server";
import { CategoryTile, hubHref, RegionLinks, Section } from "./parts";
import { hubMetadata } from "./hub-metadata";

export async function categoriesMetadata() {
  const { t } = await getText();
  return hubMetadata("/categories", t("nav.categories"), t("discover.categories_description"));
}

// Every street of the town: ours first, and in each part those with people in them.
export async function CategoriesPage() {
  const { t, locale } = await getText();
  const [categories, regions] = await Promise.all([api("get", "/api/v1/categories"), api("get", "/api/v1/regions")]);
  if (!categories.ok) return <Resting error={categories.error} />;
  const busiest = categories.data.items.map((category, order) => ({ category, order }))
    .sort((a, b) => b.category.viewer_count - a.category.viewer_count || b.category.live_count - a.category.live_count || a.order - b.order)
    .map(({ category }) => category);
  return (
    <div className="mx-auto max-w-[94rem] px-4 pt-8 pb-12 sm:px-6">
      <JsonLd graph={[pageList(await publicOrigin(), t("nav.categories"), await Promise.all(busiest.map(async (category) => ({ name: categoryName(category, locale), path: await hubHref(`/categories/${category.slug}`) }))))]} />
      <KeepFresh />
      <h1 className="text-3xl sm:text-4xl">{t("nav.categories")}</h1>
      <p className="max-w-prose pt-2 text-muted">{t("discover.categories_lead")}</p>
      <Section title={t("discover.ours")}><Tiles categories={busiest.filter(({ portuguese_focused }) => portuguese_focused)} /></Section>
      <Section title={t("discover.others")}><Tiles categories={busiest.filter(({ portuguese_focused }) => !portuguese_focused)} /></Section>
      {regions.ok && <Section title={t("discover.regions")}><RegionLinks regions={regions.data.items} /></Section>}
    </div>
  );
}

function Tiles({ categories }: { categories: readonly Category[] }) {
  return <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4 lg:grid-cols-4 2xl:grid-cols-6">{categories.map((category) => <CategoryTile key={category.slug} category={category} />)}</ul>;
}
