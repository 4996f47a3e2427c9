import { GoLiveButton } from "@/features/live/go-live-button";
import { AwaitNextStream } from "@/features/live/live-stream";
import { JsonLd } from "@/features/site/json-ld";
import { api, viewer } from "@/lib/api/server";
import type { Stream } from "@/lib/api/types";
import { publicOrigin } from "@/lib/origin";
import { broadcastAhead, profile } from "@/lib/seo/json-ld";
import { cardPath, factsOf } from "@/lib/share/facts";
import { dateTimeIn, durationIn } from "@/lib/time";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { AzulejoWall } from "@/ui/azulejo";
import { Icon } from "@/ui/icon";
import { AboutChannel } from "./about-panels";
import { AlsoLive } from "./also-live";
import { following, type Shown } from "./channel-page";
import { ChannelTabs } from "./channel-tabs";
import { FollowButton } from "./follow-button";
import { NextLive, ScheduleList } from "./schedule-list";
import { ShareButton } from "./share-button";

// A channel that sends nothing now: when it will, what it last did, who it is, and who is on air meanwhile.
export async function Offline({ channel, tab, about, occurrences, alsoLive, names }: Shown) {
  const { t, locale } = await getText();
  const [account, ended] = await Promise.all([viewer(), api("get", "/api/v1/streams", { query: { live: false, username: channel.username, limit: 1 } })]);
  const origin = await publicOrigin(), image = origin + cardPath(factsOf(channel, null));
  const next = occurrences.find((one) => !one.is_cancelled);
  const last = ended.ok ? ended.data.items[0] : undefined;
  return (
    <TextProvider locale={locale} messages={await messagesFor("features/channels/offline-page")}>
      <JsonLd graph={[profile(channel, { origin, image }), ...(next ? [broadcastAhead(channel, next, { origin, image, category: names[next.category] ?? next.category })] : [])]} />
      <AwaitNextStream username={channel.username} />
      <section className="relative isolate overflow-hidden bg-(--wall) text-white">
        {channel.banner_url
          ? <img src={channel.banner_url} alt="" width={1200} height={400} fetchPriority="high" className="absolute inset-0 -z-10 size-full object-cover opacity-45" />
          : <AzulejoWall className="absolute inset-0 -z-10 [mask-image:radial-gradient(60%_90%_at_50%_45%,rgb(0_0_0/0.12)_40%,#000)]" />}
        <div className="mx-auto flex max-w-[94rem] flex-col items-center gap-4 px-4 py-10 text-center sm:py-14">
          <Avatar username={channel.username} name={channel.display_name} url={channel.avatar_url} className="size-24 ring-4 ring-white/90" />
          <h1 className="max-w-3xl text-3xl wrap-anywhere sm:text-4xl">{t("live.offline", { channel: channel.display_name })}</h1>
          {next
            ? <NextLive channel={channel} next={next} />
            : <p className="max-w-lg text-[1.0625rem] text-white">{t(channel.is_owner ? "channel.waiting_owner" : "channel.offline_text")}</p>}
          {channel.is_owner && <GoLiveButton className="button button-sun"><Icon name="broadcast" />{t("live.golive")}</GoLiveButton>}
        </div>
        <div className="calcada h-10 [--stone:var(--paper)]" aria-hidden="true" />
      </section>
      <div className="mx-auto max-w-[94rem] px-4 sm:px-6">
        <div className="flex flex-wrap items-center justify-between gap-4 pt-4">
          <p className="min-w-0 text-lg font-bold wrap-anywhere">{channel.display_name} <span className="font-normal text-muted">@{channel.username}</span></p>
          <span className="flex flex-wrap items-center gap-2"><FollowButton channel={following(channel)} isSignedIn={account !== null} />
            <ShareButton title={channel.display_name} username={channel.username} isEmbeddable={(about?.embed_hosts.length ?? 0) > 0} /></span>
        </div>
        <ChannelTabs username={channel.username} current={tab} />
        {tab === "schedule"
          ? <ScheduleList channel={channel} occurrences={occurrences} names={names} />
          : <AboutChannel channel={channel} about={about} isWhole={tab === "about"} />}
        {tab === "home" && last && <LastLive stream={last} category={names[last.category] ?? last.category} />}
        {tab === "home" && alsoLive.length > 0 && <div className="pt-10"><AlsoLive streams={alsoLive} names={names} isWide /></div>}
      </div>
    </TextProvider>
  );
}

// What it did last. Not a link: there is no recording to lead to.
async function LastLive({ stream, category }: { stream: Stream; category: string }) {
  const { t, locale } = await getText();
  if (!stream.started_at || !stream.ended_at) return null;
  const lasted_s = (Date.parse(stream.ended_at) - Date.parse(stream.started_at)) / 1000;
  return (
    <section aria-labelledby="last-live" className="panel mt-4">
      <h2 id="last-live" className="text-sm font-semibold text-muted">{t("channel.last_live")}</h2>
      <p className="pt-1 text-lg font-bold wrap-anywhere">{stream.title}</p>
      <p className="flex flex-wrap gap-x-4 pt-1 text-muted">
        <span>{t("channel.last_live_facts", { date: dateTimeIn(locale, stream.started_at), duration: durationIn(locale, lasted_s) })}</span>
        <span>{category}</span>
        <span>{t("channel.last_live_peak", { n: stream.peak_viewers })}</span>
      </p>
    </section>
  );
}
