import Link from "next/link";
import type { ReactNode } from "react";
import { Resting } from "@/features/site/resting";
import { TextProvider } from "@/text/client";
import { getText, messagesFor, type BrowserModule } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { Icon, type IconName } from "@/ui/icon";
import { addressOf, mayOpen, openDesk, type Desk, type SearchParams, type StudioPageName } from "./desk";

const PAGES: readonly { page: StudioPageName; icon: IconName }[] = [
  { page: "overview", icon: "broadcast" }, { page: "streams", icon: "chart" }, { page: "channel", icon: "screen" }, { page: "schedule", icon: "calendar" },
  { page: "keys", icon: "key" }, { page: "team", icon: "team" }, { page: "guide", icon: "book" }, { page: "access", icon: "lock" },
];

type Props = {
  page: StudioPageName;
  searchParams: SearchParams;
  words: BrowserModule;                // The page itself: its client components say these.
  title?: ReactNode;
  children: (desk: Desk) => Promise<ReactNode>;
};

// Every page of the studio: whose it is, where else one can go, and the page itself if one may see it.
export async function StudioFrame({ page, searchParams, words, title, children }: Props) {
  const opened = await openDesk(page, searchParams);
  if (!opened.ok) return <Resting error={opened.error} />;
  const desk = opened.data;
  const { t, locale } = await getText();
  const content = mayOpen(desk, page) ? await children(desk) : <NotYours desk={desk} />;
  return (
    <TextProvider locale={locale} messages={await messagesFor("features/studio/frame", words)}>
      <div className="studio">
        <SideNavigation desk={desk} page={page} />
        <div className="grid min-w-0 content-start gap-6">
          <h1 className="text-3xl wrap-anywhere">{title ?? t(`studio.page_${page}`)}</h1>
          {content}
        </div>
      </div>
    </TextProvider>
  );
}

async function SideNavigation({ desk, page }: { desk: Desk; page: StudioPageName }) {
  const { t } = await getText();
  const links = (
    <ul className="grid gap-0.5">
      {PAGES.filter((one) => mayOpen(desk, one.page)).map((one) => (
        <li key={one.page}>
          <Link href={addressOf(one.page, desk.channel)} prefetch={false} className="menu-item" aria-current={one.page === page ? "page" : undefined}>
            <Icon name={one.icon} className="size-5 flex-none" />{t(`studio.page_${one.page}`)}
          </Link>
        </li>
      ))}
    </ul>
  );
  return (
    <nav aria-label={t("studio.nav")} className="studio-nav">
      <div className="hidden lg:grid lg:grid-cols-[minmax(0,1fr)] lg:gap-4"><Who desk={desk} page={page} />{links}</div>
      {/* Keyed by page, so that it is closed again on the next one. */}
      <details key={`${page} ${desk.username}`} className="studio-menu lg:hidden">
        <summary className="flex min-h-12 items-center gap-3 px-3">
          <Avatar username={desk.username} name={desk.name} url={desk.avatarUrl} className="size-8" />
          <span className="min-w-0 flex-1 truncate"><b>{t(`studio.page_${page}`)}</b> <span className="text-sm text-muted">@{desk.username}</span></span>
          <Icon name="menu" />
        </summary>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 border-t border-line p-2"><Who desk={desk} page={page} />{links}</div>
      </details>
    </nav>
  );
}

// Whose studio it is and, for who helps others, the way to theirs.
async function Who({ desk, page }: { desk: Desk; page: StudioPageName }) {
  const { t } = await getText();
  const { account, memberships } = desk;
  const own = { username: account.username, name: account.display_name, url: account.avatar_url, role: "owner" as const, channel: undefined };
  const others = memberships.map(({ channel, role }) => ({ username: channel.username, name: channel.display_name, url: channel.avatar_url, role, channel: channel.username }));
  const places = [own, ...others];
  if (places.length === 1) {
    return (
      <p className="flex items-center gap-3 px-3 pt-1">
        <Avatar username={own.username} name={own.name} url={own.url} className="size-9" />
        <span className="min-w-0"><b className="block truncate">{own.name}</b><span className="block truncate text-sm text-muted">@{own.username}</span></span>
      </p>
    );
  }
  return (
    <div>
      <h2 className="px-3 pb-1 text-sm font-semibold text-muted">{t("studio.acting_for")}</h2>
      <ul className="grid gap-0.5">
        {places.map(({ username, name, url, role, channel }) => (
          <li key={username}>
            <Link href={addressOf(page, channel)} prefetch={false} className="menu-item" aria-current={username === desk.username ? "true" : undefined}>
              <Avatar username={username} name={name} url={url} className="size-8" />
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <Badge>{t(`team.role_${role}`)}</Badge>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

async function NotYours({ desk }: { desk: Desk }) {
  const { t } = await getText();
  return (
    <div className="panel grid justify-items-start gap-4">
      <p>{t("error.channels.role_forbidden")}</p>
      <Link href={addressOf("overview", desk.channel)} prefetch={false} className="button button-quiet">{t("studio.page_overview")}</Link>
    </div>
  );
}
