import type { Metadata } from "next";
import Link from "next/link";
import { namesBySlug } from "@/features/channels/categories";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import type { Stream } from "@/lib/api/types";
import { dateIn, durationIn } from "@/lib/time";
import { number } from "@/text/numbers";
import { getText } from "@/text/server";
import { Table, type Column } from "@/ui/table";
import { addressOf, first, type SearchParams } from "./desk";
import { StudioFrame } from "./frame";
import { onAirSeconds, streamAddress } from "./stream-facts";

export async function streamsMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_streams"), robots: { index: false } };
}

// What has been, newest first.
export function StreamsPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/streams-page" page="streams" searchParams={searchParams}>
      {async (desk) => {
        const { t, locale } = await getText();
        const cursor = first((await searchParams).cursor);
        const [mine, categories] = await Promise.all([
          api("get", "/api/v1/streams/mine", { query: { channel: desk.channel, cursor } }), api("get", "/api/v1/categories"),
        ]);
        if (!mine.ok || !categories.ok) return <Resting error={refusalOf(mine, categories)} />;
        const names = namesBySlug(categories.data.items, locale);
        const columns: Column<Stream>[] = [
          { key: "title", label: t("studio.col_title"), isHeader: true, cell: (stream) => (
            <span className="block text-start">
              <Link href={streamAddress(stream.id, desk.channel)} prefetch={false} className="font-semibold underline wrap-anywhere">{stream.title}</Link>
              <span className="block text-sm font-normal text-muted">{names[stream.category] ?? stream.category} · {t(`studio.state_${stream.state}`)}</span>
            </span>) },
          { key: "when", label: t("studio.col_when"), cell: (stream) => <span className="whitespace-nowrap">{dateIn(locale, stream.started_at ?? stream.created_at)}</span> },
          { key: "duration", label: t("studio.col_duration"), isNumber: true, cell: (stream) => (stream.started_at ? durationIn(locale, onAirSeconds(stream)) : "–") },
          { key: "peak", label: t("studio.col_peak"), isNumber: true, cell: (stream) => number(locale, stream.peak_viewers) },
          { key: "total", label: t("studio.col_total"), isNumber: true, cell: (stream) => number(locale, stream.total_viewers) },
          { key: "watch", label: t("studio.col_watch"), isNumber: true, cell: (stream) => durationIn(locale, stream.average_watch_time_s) },
        ];
        const address = addressOf("streams", desk.channel);
        const older = mine.data.next_cursor && `${address}${address.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(mine.data.next_cursor)}`;
        return (
          <>
            <div className="sm:panel"><Table caption={t("studio.history")} hideCaption columns={columns} rows={mine.data.items} keyOf={({ id }) => String(id)} empty={<p className="text-muted">{t("studio.history_none")}</p>} /></div>
            {older && <p><Link href={older} prefetch={false} className="button button-quiet">{t("studio.load_more")}</Link></p>}
          </>
        );
      }}
    </StudioFrame>
  );
}
