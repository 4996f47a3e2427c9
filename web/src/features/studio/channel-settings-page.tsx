import type { Metadata } from "next";
import Link from "next/link";
import { choicesOf } from "@/features/channels/categories";
import { ChannelForm } from "@/features/channels/channel-form";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { Card } from "@/ui/card";
import type { SearchParams } from "./desk";
import { EmbedForm, LinksForm, PanelsForm } from "./about-form";
import { StudioFrame } from "./frame";

export async function channelSettingsMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_channel"), robots: { index: false } };
}

// What visitors read about the channel, and what a broadcast begins with.
export function ChannelSettingsPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/channel-settings-page" page="channel" searchParams={searchParams}>
      {async (desk) => {
        const { t, locale } = await getText();
        const [channel, categories, about] = await Promise.all([
          api("get", "/api/v1/channels/{username}", { path: { username: desk.username } }), api("get", "/api/v1/categories"),
          api("get", "/api/v1/channels/{username}/about", { path: { username: desk.username } }),
        ]);
        if (!channel.ok || !categories.ok || !about.ok) return <Resting error={refusalOf(channel, categories, about)} />;
        return (
          <>
            <Card>
              <div className="flex flex-wrap items-center gap-4">
                <Avatar username={desk.username} name={desk.name} url={desk.avatarUrl} className="size-16" />
                <p className="min-w-40 flex-1"><b className="block text-lg wrap-anywhere">{channel.data.display_name}</b><span className="text-muted">@{desk.username}</span></p>
                <Link href={`/@${desk.username}`} prefetch={false} className="button button-quiet">{t("studio.see_channel")}</Link>
                {desk.role === "owner" && <Link href="/account" prefetch={false} className="button button-quiet">{t("studio.edit_pictures")}</Link>}
              </div>
            </Card>
            <Card id="channel" title={t("account.channel")}>
              <p className="-mt-2 pb-4 text-muted">{t("account.channel_hint")}</p>
              <ChannelForm channel={channel.data} categories={choicesOf(categories.data.items, locale)} of={desk.channel} />
            </Card>
            <Card id="panels" title={t("presence.panels")}><PanelsForm about={about.data} channel={desk.channel} /></Card>
            <Card id="links" title={t("presence.links")}><LinksForm about={about.data} channel={desk.channel} /></Card>
            <Card id="embed" title={t("presence.embed")}><EmbedForm about={about.data} channel={desk.channel} /></Card>
          </>
        );
      }}
    </StudioFrame>
  );
}
