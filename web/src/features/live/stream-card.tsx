import Link from "next/link";
import type { Stream } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";
import type { Key } from "@/text/catalogue";
import type { Values } from "@/text/format";
import { number } from "@/text/numbers";
import { Icon } from "@/ui/icon";
import { ChannelTile } from "@/ui/tile";

export type CardStream = Pick<Stream, "id" | "title" | "category" | "language" | "viewer_count" | "thumbnail_url" | "channel">;
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
  return (
    <article className="card">
      <div className="card-picture">
        {stream.thumbnail_url
          ? <img src={stream.thumbnail_url} alt="" width={640} height={360} decoding={isFirst ? "sync" : "async"}
              loading={isFirst ? "eager" : "lazy"} fetchPriority={isFirst ? "high" : "auto"} />
          : <ChannelTile username={channel.username} className="absolute inset-0 m-auto size-16" />}
        <span className="badge-live absolute start-2 top-2">{t("live.badge")}</span>
        <span className="pill absolute start-2 bottom-2" title={t("live.viewers", { n: stream.viewer_count })}>
          <Icon name="eye" className="size-3.5" />
          <span aria-hidden="true">{number(locale, stream.viewer_count)}</span>
          <span className="sr-only">{t("live.viewers", { n: stream.viewer_count })}</span>
        </span>
      </div>
      <div className="flex gap-3 pt-3">
        <ChannelTile username={channel.username} />
        <div className="min-w-0 flex-1">
          <h3 className="font-sans text-base leading-snug font-bold tracking-normal">
            <Link href={`/@${channel.username}`} prefetch={false} className="card-link line-clamp-2"
              aria-label={`${stream.title}. ${t("live.watch", { channel: channel.display_name })}`}>{stream.title}</Link>
          </h3>
          <p className="truncate pt-0.5 text-[0.9375rem] text-muted">{channel.display_name}</p>
          <p className="flex flex-wrap items-center gap-1.5 pt-1.5 text-[0.8125rem]">
            <span className="rounded-md bg-raised px-2 py-0.5 font-medium">{categoryName}</span>
            <span className="rounded-md border border-line px-1.5 py-px text-muted" title={t(`language.${stream.language}`)}>
              {t(`language.short_${stream.language}`)}
            </span>
          </p>
        </div>
      </div>
    </article>
  );
}
