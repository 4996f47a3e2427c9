import Link from "next/link";
import type { Stream } from "@/lib/api/types";
import { number } from "@/text/numbers";
import { getText } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { Icon } from "@/ui/icon";

// Who is on air now, for whoever has come to the end of something.
export async function AlsoLive({ streams, names, isWide = false }: { streams: Stream[]; names: Record<string, string>; isWide?: boolean }) {
  const { t, locale } = await getText();
  if (streams.length === 0) return null;
  return (
    <>
      <h2 className="pb-3 text-lg">{t("live.also_live")}</h2>
      <ul className={isWide ? "grid grid-cols-[minmax(0,1fr)] gap-4 sm:grid-cols-2 lg:grid-cols-3" : "grid grid-cols-[minmax(0,1fr)] gap-4 sm:max-lg:grid-cols-2"}>
        {streams.map((stream) => (
          <li key={stream.id} className="card flex gap-3">
            <span className="card-picture w-36 flex-none rounded-xl!">
              {stream.thumbnail_url
                ? <img src={stream.thumbnail_url} alt="" width={320} height={180} loading="lazy" decoding="async" />
                : <Avatar username={stream.channel.username} name={stream.channel.display_name} url={stream.channel.avatar_url} className="absolute inset-0 m-auto size-10" />}
            </span>
            <span className="min-w-0 text-sm">
              <Link href={`/@${stream.channel.username}`} prefetch={false} className="card-link line-clamp-2 font-bold">{stream.title}</Link>
              <span className="block truncate text-muted">{stream.channel.display_name}</span>
              <span className="flex items-center gap-1.5 text-muted"><span className="truncate">{names[stream.category] ?? stream.category}</span>
                <Icon name="eye" className="size-4 flex-none" /><span aria-hidden="true">{number(locale, stream.viewer_count)}</span>
                <span className="sr-only">{t("live.viewers", { n: stream.viewer_count })}</span></span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
