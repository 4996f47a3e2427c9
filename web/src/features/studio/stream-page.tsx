import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { namesBySlug } from "@/features/channels/categories";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { dateIn, durationIn } from "@/lib/time";
import { number } from "@/text/numbers";
import { getText } from "@/text/server";
import { Card } from "@/ui/card";
import { Chart } from "@/ui/chart";
import { clockLabels } from "./curve-labels";
import { addressOf, type SearchParams } from "./desk";
import { StudioFrame } from "./frame";
import { onAirSeconds } from "./stream-facts";

export async function streamMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_streams"), robots: { index: false } };
}

// One broadcast afterwards, or while it goes on: its figures and how many watched when.
export async function StreamPage({ id, searchParams }: { id: number; searchParams: SearchParams }) {
  if (!Number.isSafeInteger(id) || id <= 0) notFound();
  const path = { stream_id: id };
  const [stream, curve, categories] = await Promise.all([
    api("get", "/api/v1/streams/{stream_id}", { path }), api("get", "/api/v1/streams/{stream_id}/curve", { path }), api("get", "/api/v1/categories"),
  ]);
  if (!stream.ok && stream.error.status === 404) notFound();
  if (!curve.ok && curve.error.status === 403) notFound();   // Whose figures these are is nobody else's business.
  return (
    <StudioFrame words="features/studio/stream-page" page="streams" searchParams={searchParams} title={stream.ok ? stream.data.title : undefined}>
      {async (desk) => {
        if (!stream.ok || !curve.ok || !categories.ok) return <Resting error={refusalOf(stream, curve, categories)} />;
        const { t, locale } = await getText();
        const { state, started_at, created_at, ended_at, category, language } = stream.data;
        const facts: [string, string][] = [
          [t("studio.col_state"), t(`studio.state_${state}`)],
          [t("studio.col_when"), dateIn(locale, started_at ?? created_at)],
          [t("studio.col_duration"), started_at ? durationIn(locale, onAirSeconds({ started_at, ended_at })) : "–"],
          [t("studio.col_peak"), number(locale, stream.data.peak_viewers)],
          [t("studio.col_total"), number(locale, stream.data.total_viewers)],
          [t("studio.col_watch"), durationIn(locale, stream.data.average_watch_time_s)],
          [t("golive.category"), namesBySlug(categories.data.items, locale)[category] ?? category],
          [t("golive.language"), t(`language.${language}`)],
        ];
        const { points, step_minutes } = curve.data;
        return (
          <>
            <p><Link href={addressOf("streams", desk.channel)} prefetch={false} className="underline">{t("studio.all_streams")}</Link></p>
            <div className="panel">
              <dl className="grid grid-cols-2 gap-x-4 gap-y-5 md:grid-cols-4">
                {facts.map(([name, value]) => <div key={name}><dt className="text-sm text-muted">{name}</dt><dd className="font-semibold tabular-nums">{value}</dd></div>)}
              </dl>
            </div>
            <Card id="curve" title={t("studio.curve")}>
              {points.length < 2 ? <p className="text-muted">{t("studio.curve_none")}</p> : (
                <Chart kind="line" caption={t("studio.curve_step", { n: step_minutes })} tableLabel={t("studio.as_table")} xLabel={t("studio.curve_when")}
                  x={clockLabels(locale, points.map(({ at }) => at), "UTC")} series={[{ label: t("studio.col_total"), values: points.map(({ viewer_count }) => viewer_count) }]} format={(value) => number(locale, value)} />
              )}
            </Card>
          </>
        );
      }}
    </StudioFrame>
  );
}
