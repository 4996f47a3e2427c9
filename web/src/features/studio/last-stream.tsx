import Link from "next/link";
import type { Stream } from "@/lib/api/types";
import { dateIn, durationIn } from "@/lib/time";
import { number } from "@/text/numbers";
import { getText } from "@/text/server";
import { Card } from "@/ui/card";
import { streamAddress, onAirSeconds } from "./stream-facts";

// How the last one went, in three figures.
export async function LastStream({ stream, address, channel }: { stream: Stream; address: string; channel: string | undefined }) {
  const { t, locale } = await getText();
  const figures: [string, string][] = [
    [t("studio.col_peak"), number(locale, stream.peak_viewers)],
    [t("studio.col_total"), number(locale, stream.total_viewers)],
    [t("studio.col_duration"), durationIn(locale, onAirSeconds(stream))],
    [t("studio.col_watch"), durationIn(locale, stream.average_watch_time_s)],
  ];
  return (
    <Card id="last" title={t("studio.last")} aside={<Link href={address} prefetch={false} className="underline">{t("studio.page_streams")}</Link>}>
      <p className="-mt-2 pb-4">
        <Link href={streamAddress(stream.id, channel)} prefetch={false} className="font-semibold underline wrap-anywhere">{stream.title}</Link>
        <span className="block text-sm text-muted">{dateIn(locale, stream.started_at ?? stream.created_at)}</span>
      </p>
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        {figures.map(([name, value]) => <div key={name}><dt className="text-sm text-muted">{name}</dt><dd className="text-lg font-semibold tabular-nums">{value}</dd></div>)}
      </dl>
    </Card>
  );
}
