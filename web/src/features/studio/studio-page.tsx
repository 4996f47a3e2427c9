import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { namesBySlug } from "@/features/channels/categories";
import { GoLiveButton } from "@/features/live/go-live-button";
import { Resting } from "@/features/site/resting";
import { api, viewer } from "@/lib/api/server";
import type { Stream } from "@/lib/api/types";
import { dateIn, durationIn } from "@/lib/time";
import { TextProvider } from "@/text/client";
import { number } from "@/text/numbers";
import { getText, messagesFor } from "@/text/server";
import { Icon } from "@/ui/icon";
import { ChannelKey } from "./channel-key";
import { CurrentStream } from "./current-stream";

export async function studioMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.title"), robots: { index: false } };
}

// The creator's desk: the stream that is open now, the key that stays, and what has been.
export async function StudioPage({ cursor }: { cursor?: string }) {
  if (!(await viewer())) redirect("/sign-in?next=/studio");
  const { t, locale } = await getText();
  const [mine, categories] = await Promise.all([
    api("get", "/api/v1/streams/mine", { query: { cursor } }), api("get", "/api/v1/categories"),
  ]);
  if (!mine.ok || !categories.ok) return <Resting />;
  const current = cursor ? undefined : mine.data.items.find((stream) => stream.state !== "ended");
  const past = mine.data.items.filter((stream) => stream !== current);
  const names = namesBySlug(categories.data.items, locale);
  return (
    <TextProvider locale={locale} messages={await messagesFor("studio", "golive", "live", "language", "error", "form", "creator", "account")}>
      <div className="mx-auto grid max-w-6xl gap-6 px-4 pt-8 sm:px-6">
        <div className="flex flex-wrap items-center justify-between gap-4">
          <h1 className="text-3xl">{t("studio.title")}</h1>
          <GoLiveButton className="button button-sun"><Icon name="broadcast" />{t("live.golive")}</GoLiveButton>
        </div>
        {current
          ? <CurrentStream key={current.id} stream={current} categories={categories.data.items} />
          : <section className="panel"><h2 className="text-xl">{t("studio.none")}</h2><p className="pt-1 text-muted">{t("studio.none_text")}</p></section>}
        <ChannelKey />
        <History streams={past} names={names} nextCursor={mine.data.next_cursor} />
      </div>
    </TextProvider>
  );
}

async function History({ streams, names, nextCursor }: { streams: Stream[]; names: Record<string, string>; nextCursor: string | null }) {
  const { t, locale } = await getText();
  const state = (stream: Stream) => t(`studio.state_${stream.state}`);
  return (
    <section className="panel" aria-labelledby="history">
      <h2 id="history" className="pb-4 text-xl">{t("studio.history")}</h2>
      {streams.length === 0 ? <p className="text-muted">{t("studio.history_none")}</p> : (
        <div className="-mx-5 overflow-x-auto px-5" role="region" aria-labelledby="history" tabIndex={0}>
          <table className="w-full min-w-[40rem] text-start text-[0.9375rem] tabular-nums">
            <thead>
              <tr className="border-b-2 border-line text-sm text-muted">
                {(["title", "when", "peak", "total", "watch"] as const).map((column, index) => (
                  <th key={column} scope="col" className={`py-2 pe-4 font-semibold ${index > 1 ? "text-end" : "text-start"}`}>{t(`studio.col_${column}`)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {streams.map((stream) => (
                <tr key={stream.id} className="border-b border-line last:border-0">
                  <th scope="row" className="max-w-80 py-3 pe-4 text-start font-semibold"><span className="line-clamp-2">{stream.title}</span>
                    <span className="text-sm font-normal text-muted">{names[stream.category] ?? stream.category} · {state(stream)}</span></th>
                  <td className="py-3 pe-4 whitespace-nowrap">{dateIn(locale, stream.started_at ?? stream.created_at)}</td>
                  <td className="py-3 pe-4 text-end">{number(locale, stream.peak_viewers)}</td>
                  <td className="py-3 pe-4 text-end">{number(locale, stream.total_viewers)}</td>
                  <td className="py-3 pe-4 text-end whitespace-nowrap">{durationIn(locale, stream.average_watch_time_s)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {nextCursor && <p className="pt-4"><a className="button button-quiet button-small" href={`/studio?cursor=${encodeURIComponent(nextCursor)}`}>{t("studio.load_more")}</a></p>}
    </section>
  );
}
