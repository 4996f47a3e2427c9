"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "@/lib/api/browser";
import type { Channel } from "@/lib/api/types";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";
import { useHydrated } from "@/ui/use-hydrated";

type Props = {
  channel: Pick<Channel, "username" | "display_name" | "followers_count" | "is_following" | "is_owner">;
  isSignedIn: boolean;
};

export function FollowButton({ channel, isSignedIn }: Props) {
  const t = useText(), router = useRouter(), isHydrated = useHydrated();
  const [now, setNow] = useState({ is_following: channel.is_following, followers_count: channel.followers_count });
  const [isPending, setPending] = useState(false);

  const toggle = async () => {
    if (!isSignedIn) return router.push(`/sign-in?next=${encodeURIComponent(`/@${channel.username}`)}`);
    setPending(true);
    const input = { path: { username: channel.username } };
    const answer = now.is_following
      ? await api("delete", "/api/v1/channels/{username}/follow", input)
      : await api("put", "/api/v1/channels/{username}/follow", input);
    setPending(false);
    if (answer.ok) setNow(answer.data);
    else if (answer.error.status === 401) router.push(`/sign-in?next=${encodeURIComponent(`/@${channel.username}`)}`);
  };

  const count = <span className="order-last text-sm text-muted tabular-nums sm:order-none">{t("social.followers", { n: now.followers_count })}</span>;
  if (channel.is_owner) return count;
  return (
    <>
      <button type="button" className={`button ${now.is_following ? "button-quiet" : "button-primary"} disabled:opacity-100`} disabled={isPending || !isHydrated} onClick={toggle}
        aria-pressed={now.is_following} aria-label={t(now.is_following ? "social.unfollow_channel" : "social.follow_channel", { channel: channel.display_name })}>
        <Icon name="heart" filled={now.is_following} />{t(now.is_following ? "social.following" : "social.follow")}
      </button>
      {count}
    </>
  );
}
