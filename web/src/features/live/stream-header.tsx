"use client";

import Link from "next/link";
import { FollowButton } from "@/features/channels/follow-button";
import { ShareButton } from "@/features/channels/share-button";
import type { Channel } from "@/lib/api/types";
import { useText } from "@/text/client";
import { Avatar } from "@/ui/avatar";
import { Icon } from "@/ui/icon";
import { useLiveStream } from "./live-stream";

type Props = {
  channel: Pick<Channel, "username" | "display_name" | "avatar_url" | "followers_count" | "is_following" | "is_owner">;
  categoryNames: Record<string, string>;
  started: string;          // "há 5 minutos", as the server saw it.
  isSignedIn: boolean;
  isEmbeddable: boolean;
};

// Title, people and place of the broadcast; listens to the heartbeats' answers.
export function StreamHeader({ channel, categoryNames, started, isSignedIn, isEmbeddable }: Props) {
  const t = useText();
  const { stream } = useLiveStream();
  return (
    <div className="flex flex-wrap items-start gap-x-6 gap-y-4 px-4 pt-4 lg:px-0">
      <div className="flex min-w-0 flex-1 basis-80 gap-3 sm:gap-4">
        <Avatar username={channel.username} name={channel.display_name} url={channel.avatar_url} className="size-11 sm:size-14" />
        <div className="min-w-0">
          <h1 className="font-sans text-xl leading-snug font-bold tracking-normal text-pretty break-words sm:text-[1.375rem]">{stream.title}</h1>
          <p className="pt-1 font-semibold">{channel.display_name} <span className="font-normal text-muted">@{channel.username}</span></p>
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5 pt-2 text-sm text-muted">
            {stream.state !== "ended" && (
              <span className="inline-flex items-center gap-1.5 font-semibold text-ink" aria-live="off"><Icon name="eye" className="size-4.5" />{t("live.viewers", { n: stream.viewer_count })}</span>
            )}
            <Link href={`/?category=${stream.category}`} prefetch={false} className="rounded-md bg-raised px-2 py-0.5 font-medium text-ink hover:underline">{categoryNames[stream.category] ?? stream.category}</Link>
            <span>{t(`language.${stream.language}`)}</span>
            <span className="inline-flex items-center gap-1.5"><Icon name="clock" className="size-4" />{t("live.started", { time: started })}</span>
          </p>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <FollowButton channel={channel} isSignedIn={isSignedIn} />
        <ShareButton title={stream.title} username={channel.username} isEmbeddable={isEmbeddable} />
      </div>
    </div>
  );
}
