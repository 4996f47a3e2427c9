import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Notice } from "@/features/site/notice";
import { refusalOf, Resting } from "@/features/site/resting";
import { api, asking } from "@/lib/api/server";
import { getText } from "@/text/server";
import { ChannelTile } from "@/ui/tile";

export async function followingMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("nav.following"), robots: { index: false } };
}

// The channels somebody follows, those on air first.
export async function FollowingPage({ cursor }: { cursor?: string }) {
  const account = await asking();
  if (!account.ok) return <Resting error={account.error} />;
  if (!account.data) redirect("/sign-in?next=/following");
  const { t } = await getText();
  const list = await api("get", "/api/v1/following", { query: { cursor } });
  if (!list.ok) return <Resting error={refusalOf(list)} />;
  const { items, next_cursor } = list.data;
  if (items.length === 0) {
    return (
      <Notice title={t("following.empty")} text={t("following.empty_text")}>
        <Link href="/" prefetch={false} className="button button-primary">{t("home.see_all")}</Link>
      </Notice>
    );
  }
  return (
    <div className="mx-auto max-w-6xl px-4 pt-8 sm:px-6">
      <h1 className="pb-6 text-3xl">{t("following.title")}</h1>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {items.map((channel) => (
          <li key={channel.username} className="card panel flex items-center gap-4 p-4!">
            <ChannelTile username={channel.username} className="size-14" />
            <span className="min-w-0">
              <Link href={`/@${channel.username}`} prefetch={false} className="card-link block truncate text-lg font-bold">{channel.display_name}</Link>
              <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
                {channel.is_live ? <span className="badge-live">{t("live.badge")}</span> : <span className="truncate">@{channel.username}</span>}
                <span className="flex-none">{t("social.followers", { n: channel.followers_count })}</span>
              </span>
            </span>
          </li>
        ))}
      </ul>
      {next_cursor && <p className="pt-8 text-center"><Link href={`/following?cursor=${encodeURIComponent(next_cursor)}`} prefetch={false} className="button button-quiet">{t("list.more")}</Link></p>}
    </div>
  );
}
