import type { Metadata } from "next";
import { AwaitNextStream, LiveStreamProvider } from "@/features/live/live-stream";
import { StreamPlayer } from "@/features/media/stream-player";
import { Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import type { Channel } from "@/lib/api/types";
import type { EmbedOptions } from "@/lib/embed";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { Icon } from "@/ui/icon";
import { loadChannel, watched } from "./channel-page";
import { Countdown, LocalTime } from "./local-time";
import { MissingChannel } from "./missing-channel";

export async function embedMetadata(username: string): Promise<Metadata> {
  const { channel, stream } = await loadChannel(username);
  return { title: stream?.title ?? channel?.display_name ?? `@${username}`, alternates: { canonical: `/@${username}` } };
}

// The player and nothing else, for the pages of others. Needs no cookie; whoever watches here counts as everywhere.
export async function EmbedPage({ username, options }: { username: string; options: EmbedOptions }) {
  const { channel, stream, refusal } = await loadChannel(username);
  if (refusal?.status === 404) return <MissingChannel />;
  if (!channel) return <Resting error={refusal} />;
  if (!stream) return <Offline channel={channel} />;
  const { t, locale } = await getText();
  return (
    <TextProvider locale={locale} messages={await messagesFor("features/channels/embed-page")}>
      <LiveStreamProvider stream={watched(stream)}>
        <div className="embed">
          <h1 className="sr-only">{stream.title}</h1>
          <StreamPlayer {...options} isEmbedded />
          <a href={`/@${username}`} target="_blank" rel="noopener" className="embed-name" aria-label={t("embed.open", { channel: channel.display_name, site: t("site.name") })}>
            <Avatar username={username} name={channel.display_name} url={channel.avatar_url} className="size-8" />
            <span className="min-w-0"><b className="block truncate">{stream.title}</b><span className="block truncate text-sm">{channel.display_name}</span></span>
          </a>
        </div>
      </LiveStreamProvider>
    </TextProvider>
  );
}

async function Offline({ channel }: { channel: Channel }) {
  const { username, display_name, avatar_url } = channel;
  const [{ t, locale }, schedule] = await Promise.all([getText(), api("get", "/api/v1/channels/{username}/schedule", { path: { username }, query: {} })]);
  const next = schedule.ok ? schedule.data.items.find((one) => !one.is_cancelled) : undefined;
  return (
    <TextProvider locale={locale} messages={await messagesFor("features/channels/embed-page")}>
      <AwaitNextStream username={username} />
      <div className="embed flex flex-col items-center justify-center gap-2 p-4 text-center">
        <Avatar username={username} name={display_name} url={avatar_url} className="size-16" />
        <h1 className="line-clamp-2 text-xl">{t("live.offline", { channel: display_name })}</h1>
        {next
          ? <p><b className="block">{next.title}</b><LocalTime at={next.starts_at} className="inline-block first-letter:uppercase" /> · <Countdown at={next.starts_at} /></p>
          : <p>{t("embed.back_soon")}</p>}
        <a href={`/@${username}`} target="_blank" rel="noopener" className="button button-sun"><Icon name="leave" />{t("embed.watch_there", { site: t("site.name") })}</a>
      </div>
    </TextProvider>
  );
}
