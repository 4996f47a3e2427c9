import type { Metadata } from "next";
import { choicesOf } from "@/features/channels/categories";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { Card } from "@/ui/card";
import type { SearchParams } from "./desk";
import { StudioFrame } from "./frame";
import { EntryForm, EntryList } from "./schedule-form";

const DATES_DAYS = 42;   // Six weeks ahead can be called off here.

export async function scheduleMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_schedule"), robots: { index: false } };
}

// When the channel says it will be on air.
export function SchedulePage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/schedule-page" page="schedule" searchParams={searchParams}>
      {async (desk) => {
        const { t, locale } = await getText();
        const [entries, categories, channel, occurrences] = await Promise.all([
          api("get", "/api/v1/channel/schedule", { query: { channel: desk.channel } }), api("get", "/api/v1/categories"),
          api("get", "/api/v1/channels/{username}", { path: { username: desk.username } }),
          api("get", "/api/v1/channels/{username}/schedule", { path: { username: desk.username }, query: { days: DATES_DAYS } }),
        ]);
        if (!entries.ok || !categories.ok || !channel.ok) return <Resting error={refusalOf(entries, categories, channel)} />;
        const choices = choicesOf(categories.data.items, locale);
        return (
          <>
            <Card id="announced" title={t("presence.announced")}><EntryList entries={entries.data.items} occurrences={occurrences.ok ? occurrences.data.items : []} categories={choices} defaults={channel.data} channel={desk.channel} /></Card>
            <Card id="announce" title={t("presence.announce")}><EntryForm categories={choices} defaults={channel.data} channel={desk.channel} /></Card>
          </>
        );
      }}
    </StudioFrame>
  );
}
