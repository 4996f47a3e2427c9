import Link from "next/link";
import { getText } from "@/text/server";

export const TABS = ["home", "about", "schedule"] as const;
export type Tab = (typeof TABS)[number];

export function tabFrom(text: string | string[] | undefined): Tab {
  return TABS.find((tab) => tab === text) ?? "home";
}

// Links, so that they work without script and can be sent to somebody; the player above goes on playing.
export async function ChannelTabs({ username, current }: { username: string; current: Tab }) {
  const { t } = await getText();
  return (
    <nav aria-label={t("channel.sections")} className="tabs mt-6">
      {TABS.map((tab) => (
        <Link key={tab} href={tab === "home" ? `/@${username}` : `/@${username}?tab=${tab}`} prefetch={false} scroll={false} className="tab inline-flex items-center"
          aria-current={tab === current ? "page" : undefined}>{t(`channel.tab_${tab}`)}</Link>
      ))}
    </nav>
  );
}
