"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "@/lib/api/browser";
import type { Membership } from "@/lib/api/types";
import { useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Avatar } from "@/ui/avatar";
import { Button } from "@/ui/button";

// Invitations to other channels' teams that wait for a yes or a no.
export function Invitations({ invitations }: { invitations: Membership[] }) {
  const t = useText(), say = useErrorWords(), router = useRouter();
  const [pending, setPending] = useState("");
  const [words, setWords] = useState("");
  const answer = async (method: "put" | "delete", username: string) => {
    setPending(username);
    const result = await api(method, "/api/v1/memberships/{username}", { path: { username } });
    setPending("");
    setWords(result.ok ? "" : await say(result.error));
    router.refresh();
  };
  return (
    <section className="panel bg-tint" aria-labelledby="invitations">
      <h2 id="invitations" className="pb-1 text-xl">{t("team.invitations")}</h2>
      <p role="alert" className={words ? "font-semibold text-bad" : "sr-only"}>{words}</p>
      <ul>
        {invitations.map(({ channel, role }) => (
          <li key={channel.username} className="flex flex-wrap items-center gap-x-4 gap-y-3 border-t border-line py-3 first:border-0">
            <Avatar username={channel.username} name={channel.display_name} url={channel.avatar_url} />
            <p className="min-w-48 flex-1">
              <b>{channel.display_name}</b> <span className="text-muted">@{channel.username}</span>
              <span className="block text-[0.9375rem]">{t(`team.invited_as_${role === "moderator" ? "moderator" : "editor"}`)}</span>
            </p>
            <span className="flex gap-2">
              <Button variant="primary" size="small" className="min-h-11" isPending={pending === channel.username} aria-label={t("team.accept_from", { channel: channel.display_name })} onClick={() => void answer("put", channel.username)}>{t("team.accept")}</Button>
              <Button size="small" className="min-h-11" isPending={pending === channel.username} aria-label={t("team.decline_from", { channel: channel.display_name })} onClick={() => void answer("delete", channel.username)}>{t("team.decline")}</Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
