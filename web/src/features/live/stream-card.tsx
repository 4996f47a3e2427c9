import Link from "next/link";
import type { FoundStream, Stream } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";
import { sinceIn } from "@/lib/time";
import type { Key } from "@/text/catalogue";
import type { Values } from "@/text/format";
import { number } from "@/text/numbers";
import { Avatar } from "@/ui/avatar";
import { Icon } from "@/ui/icon";
import { ChannelTile } from "@/ui/tile";

export type CardStream = Pick<Stream, "id" | "title" | "category" | "language" | "viewer_count" | "thumbnail_url" | "channel" | "is_live" | "ended_at">
  & Pick<FoundStream, "why">;
type Props = {
  stream: CardStream;
  categoryName: string;
  locale: Locale;
  t: (key: Key, values?: Values) => string;
  isFirst?: boolean;    // The picture the eye meets first: loaded at once, the rest when they come near.
};

// Renders the same on the server and in the browser, so its words are handed in.
export function StreamCard({ stream, categoryName, locale, t, isFirst = false }: Props) {
  const { channel } = stream;
  const opens = t(stream.is_live ? "live.watch" : "list.open_channel", { channel: channel.display_name });
  return (
    <article className="card">
      <div className="card-picture" data-preview={stream.is_live ? stream.id : undefined}>
        {stream.thumbnail_url
          ? <img src={stream.thumbnail_url} alt="" width={640} height={360} decoding={isFirst ? "sync" : "async"}
              loading={isFirst ? "eager" : "lazy"} fetchPriority={isFirst ? "high" : "auto"} />
          : <ChannelTile username={channel.username} className="absolute inset-0 m-auto size-16" />}
        {stream.is_live
          ? <LiveMarks count={stream.viewer_count} locale={locale} t={t} />
          : stream.ended_at && <span className="pill absolute start-2 bottom-2"><Icon name="clock" className="size-3.5" />{t("list.ended", { time: sinceIn(locale, stream.ended_at) })}</span>}
      </div>
      {stream.is_live && <button type="button" className="card-peek" aria-pressed="false" aria-label={t("live.peek", { title: stream.title })} />}
      <div className="flex gap-3 pt-3">
        <Avatar username={channel.username} name={channel.display_name} url={channel.avatar_url} className="size-10 shrink-0" />
        <div className="min-w-0 flex-1">
          <h3 className="font-sans text-base leading-snug font-bold tracking-normal">
            <Link href={`/@${channel.username}`} prefetch={false} className="card-link line-clamp-2" aria-label={`${stream.title}. ${opens}`}>{stream.title}</Link>
          </h3>
          <p className="truncate pt-0.5 text-[0.9375rem] text-muted">{channel.display_name}</p>
          <p className="flex flex-wrap items-center gap-1.5 pt-1.5 text-[0.8125rem]">
            <span className="rounded-md bg-raised px-2 py-0.5 font-medium">{categoryName}</span>
            <span className="rounded-md border border-line px-1.5 py-px text-muted" title={t(`language.${stream.language}`)}>
              {t(`language.short_${stream.language}`)}
            </span>
            {stream.why && <Link href="/about/discovery" prefetch={false} className="badge badge-info relative z-10">{t(`list.why_${stream.why}`)}</Link>}
          </p>
        </div>
      </div>
    </article>
  );
}

function LiveMarks({ count, locale, t }: { count: number } & Pick<Props, "locale" | "t">) {
  const viewers = t("live.viewers", { n: count });
  return (
    <>
      <span className="badge-live absolute start-2 top-2">{t("live.badge")}</span>
      <span className="pill absolute start-2 bottom-2" title={viewers}>
        <Icon name="eye" className="size-3.5" />
        <span aria-hidden="true">{number(locale, count)}</span><span className="sr-only">{viewers}</span>
      </span>
    </>
  );
}
