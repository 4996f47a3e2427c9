import type { Metadata } from "next";
import { choicesOf } from "@/features/channels/categories";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { publicOrigin } from "@/lib/origin";
import { can } from "@/lib/studio/permissions";
import { getText } from "@/text/server";
import { Card } from "@/ui/card";
import { ChecklistCard } from "./checklist";
import { addressOf, type Desk, type SearchParams } from "./desk";
import { StudioFrame } from "./frame";
import { Invitations } from "./invitations";
import { LastStream } from "./last-stream";
import { StartForm } from "./start-form";
import { StreamManager } from "./stream-manager";

export async function overviewMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.title"), robots: { index: false } };
}

// The creator's desk: the stream that is open now, or the way to the next one.
export function OverviewPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/overview-page" page="overview" searchParams={searchParams}>
      {(desk) => overview(desk)}
    </StudioFrame>
  );
}

async function overview(desk: Desk) {
  const { t, locale } = await getText();
  const query = { channel: desk.channel };
  const [mine, categories, checklist, channel] = await Promise.all([
    api("get", "/api/v1/streams/mine", { query }), api("get", "/api/v1/categories"),
    api("get", "/api/v1/studio/checklist", { query }), api("get", "/api/v1/channels/{username}", { path: { username: desk.username } }),
  ]);
  if (!mine.ok || !categories.ok || !channel.ok) return <Resting error={refusalOf(mine, categories, channel)} />;
  const current = mine.data.items.find(({ state }) => state !== "ended");
  const last = mine.data.items.find(({ state, started_at }) => state === "ended" && started_at);
  const mayRun = can(desk.role, "run_streams"), mayKey = can(desk.role, "manage_keys");
  const watchUrl = `${await publicOrigin()}/@${desk.username}`;
  const firstSteps = checklist.ok && mayRun && !checklist.data.is_dismissed && (
    <ChecklistCard checklist={checklist.data} channel={desk.channel} isOwner={desk.role === "owner"} isOpen={current !== undefined} />
  );
  return (
    <>
      {desk.invitations.length > 0 && <Invitations invitations={desk.invitations} />}
      {!current?.is_live && firstSteps}
      {current
        ? <StreamManager key={current.id} stream={current} categories={choicesOf(categories.data.items, locale)} mayRun={mayRun} mayKey={mayKey} watchUrl={watchUrl} />
        : mayRun
          ? <Card id="start" title={t("studio.start")}>
              <p className="-mt-2 pb-5 text-muted">{t("studio.start_text")}</p>
              <StartForm categories={choicesOf(categories.data.items, locale)} defaults={channel.data} channel={desk.channel} />
            </Card>
          : <Card id="start" title={t("studio.none")}><p className="text-muted">{t("studio.none_watching")}</p></Card>}
      {current?.is_live && firstSteps}
      {last && <LastStream stream={last} address={addressOf("streams", desk.channel)} channel={desk.channel} />}
    </>
  );
}
