import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { REGIONS, regionFrom, type RegionCode } from "@/features/channels/regions";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import type { Emote } from "@/lib/api/types";
import { cards, clipped } from "@/lib/seo/metadata";
import { getText } from "@/text/server";
import { Icon } from "@/ui/icon";
import { CopyCodes } from "./copy-codes";
import { EmoteImage } from "./emote-image";
import { byKind, emoteContext, emoteName, homesOf } from "./emotes";

export type EmotesSearch = Record<string, string | string[] | undefined>;
type Choice = { region?: RegionCode; isStill?: boolean };

const PATH = "/emotes";

export async function emotesMetadata(searchParams: Promise<EmotesSearch>): Promise<Metadata> {
  const { region } = choiceOf(await searchParams);
  const { t, locale } = await getText();
  const title = region ? t("emote.heading_of", { from: t(`region.from_${region}`) }) : t("emote.heading"), description = t("emote.description");
  const canonical = hrefOf({ region });
  return {
    title, description: clipped(description), alternates: { canonical },
    ...cards({ siteName: t("site.name"), locale, path: canonical, title, description, image: { url: "/social-card.jpg", alt: t("share.card_alt") } }),
  };
}

// What the chat's pictures are called, what they mean and where they are at home.
export async function EmotesPage({ searchParams }: { searchParams: Promise<EmotesSearch> }) {
  const choice = choiceOf(await searchParams);
  const { t } = await getText();
  const list = await api("get", "/api/v1/emotes", { query: { region: choice.region } });
  if (!list.ok) return <Resting error={refusalOf(list)} />;
  const emotes = list.data.items;
  return (
    <div className="mx-auto max-w-[94rem] px-4 pt-8 sm:px-6">
      <h1 className="text-3xl sm:text-4xl">{choice.region ? t("emote.heading_of", { from: t(`region.from_${choice.region}`) }) : t("emote.heading")}</h1>
      <p className="max-w-[52ch] pt-2 pb-5 text-[1.0625rem] text-muted">{t("emote.lead")}</p>
      <Regions choice={choice} />
      <p className="flex flex-wrap items-center justify-between gap-x-6 pt-3">
        <span className="text-muted" role="status">{t("emote.count", { n: emotes.length })}</span>
        <Link href={hrefOf({ ...choice, isStill: !choice.isStill })} prefetch={false} className="button button-plain -mx-2">
          <Icon name={choice.isStill ? "play" : "pause"} />{t(choice.isStill ? "emote.move" : "emote.stop")}
        </Link>
      </p>
      <CopyCodes copied={t("emote.copied")}>
        {byKind(emotes).map((group) => (
          <section key={group.kind} aria-labelledby={`kind-${group.kind}`} className="pt-6">
            <h2 id={`kind-${group.kind}`} className="pb-4 text-2xl">{t(`emote.kind_${group.kind}`)}</h2>
            <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
              {group.emotes.map((emote) => <EmoteCard key={emote.slug} emote={emote} isStill={choice.isStill ?? false} />)}
            </ul>
          </section>
        ))}
      </CopyCodes>
    </div>
  );
}

async function Regions({ choice }: { choice: Choice }) {
  const { t } = await getText();
  return (
    <nav aria-label={t("emote.filter")}>
      <ul className="scroll-row -mx-4 px-4 sm:-mx-6 sm:px-6">
        {[undefined, ...REGIONS].map((region) => (
          <li key={region ?? "all"}>
            <Link href={hrefOf({ ...choice, region })} prefetch={false} className="chip" aria-current={choice.region === region ? "true" : undefined}>
              {region ? t(`region.${region}`) : t("emote.all")}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

async function EmoteCard({ emote, isStill }: { emote: Emote; isStill: boolean }) {
  const { t, locale } = await getText();
  const homes = homesOf(emote);
  return (
    <li className="panel flex items-start gap-4 p-4!">
      <span className="size-14 shrink-0"><EmoteImage emote={emote} size={56} alt="" isStill={isStill} /></span>
      <div>
        <h3 className="font-sans text-lg leading-tight font-bold">{emoteName(emote, locale)}</h3>
        <p className="pt-1 text-[0.9375rem] leading-snug">{emoteContext(emote, locale)}</p>
        {emote.variant_of && <p className="pt-1 text-sm text-muted">{t("emote.variant", { code: `:${emote.variant_of}:` })}</p>}
        <p className="pt-1.5 text-sm text-muted">{homes.length > 0 ? homes.map((region) => t(`region.${region}`)).join(" · ") : t("emote.everywhere")}</p>
        <button type="button" data-code={emote.code} aria-label={t("emote.copy", { code: emote.code })} className="mt-2 inline-flex min-h-11 items-center gap-2 rounded-lg bg-raised px-3 text-sm hover:bg-tint">
          <code>{emote.code}</code><Icon name="copy" className="size-4" />
        </button>
      </div>
    </li>
  );
}

function choiceOf(search: EmotesSearch): Choice {
  const region = typeof search.region === "string" ? regionFrom(search.region) : undefined;
  if (search.region !== undefined && !region) notFound();
  return { region, isStill: search.motion === "off" };
}

function hrefOf({ region, isStill }: Choice): string {
  const query = new URLSearchParams({ ...(region && { region }), ...(isStill && { motion: "off" }) });
  return query.size > 0 ? `${PATH}?${query}` : PATH;
}
