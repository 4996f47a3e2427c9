"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "@/lib/api/browser";
import type { CallResult } from "@/lib/api/call";
import type { Team, TeamMember } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { SelectField, TextField } from "@/ui/field";
import { FormError, SubmitButton } from "@/ui/form";
import { showToast } from "@/ui/toast";
import { ConfirmButton } from "./confirm-button";

type MemberRole = "editor" | "moderator";
const ROLES: readonly MemberRole[] = ["editor", "moderator"];
const roleFrom = (value: string | undefined): MemberRole => (value === "moderator" ? "moderator" : "editor");

// Who looks after the channel. The owner gives roles and takes them; everybody else sees the others, and may leave.
export function TeamList({ team, channel, me }: { team: Team; channel: string; me: string }) {
  const t = useText(), say = useErrorWords(), router = useRouter();
  const [pending, setPending] = useState("");
  const isOwner = team.my_role === "owner";
  const run = async (username: string, action: () => Promise<CallResult<unknown>>, done: string) => {
    setPending(username);
    const answer = await action();
    setPending("");
    showToast(answer.ok ? { text: done, tone: "good" } : { text: await say(answer.error), tone: "bad" });
    router.refresh();
  };
  const path = (member: TeamMember) => ({ username: channel, member: member.person.username });
  return (
    <ul>
      {team.items.map((member) => {
        const { person, role } = member, name = person.display_name, isPending = pending === person.username;
        return (
          <li key={person.username} className="flex flex-wrap items-center gap-x-4 gap-y-3 border-t border-line py-3 first:border-0">
            <Avatar username={person.username} name={name} url={person.avatar_url} />
            <p className="min-w-36 flex-1"><b className="block wrap-anywhere">{name}</b><span className="text-sm text-muted">@{person.username}</span></p>
            {!member.is_accepted && <Badge tone="info" icon="clock">{t("team.waiting")}</Badge>}
            {isOwner && role !== "owner"
              ? <>
                  <select className="field-input w-auto" aria-label={t("team.role_of", { name })} value={role} disabled={isPending}
                    onChange={(event) => void run(person.username, () => api("patch", "/api/v1/channels/{username}/team/{member}", { path: path(member), body: { role: roleFrom(event.target.value) } }), t("team.role_saved", { name }))}>
                    {ROLES.map((one) => <option key={one} value={one}>{t(`team.role_${one}`)}</option>)}
                  </select>
                  <ConfirmButton label={t(member.is_accepted ? "team.remove" : "team.take_back")} title={t("team.remove_title", { name })} text={t("team.remove_sure")} isPending={isPending}
                    onConfirm={() => void run(person.username, () => api("delete", "/api/v1/channels/{username}/team/{member}", { path: path(member) }), t("team.removed", { name }))} />
                </>
              : <Badge tone={role === "owner" ? "sun" : "plain"}>{t(`team.role_${role}`)}</Badge>}
            {!isOwner && person.username === me && <LeaveButton channel={channel} />}
          </li>
        );
      })}
    </ul>
  );
}

function LeaveButton({ channel }: { channel: string }) {
  const t = useText(), say = useErrorWords(), router = useRouter();
  const leave = async () => {
    const answer = await api("delete", "/api/v1/memberships/{username}", { path: { username: channel } });
    if (answer.ok) router.replace("/studio"); else showToast({ text: await say(answer.error), tone: "bad" });
    router.refresh();
  };
  return <ConfirmButton label={t("team.leave")} title={t("team.leave")} text={t("team.leave_sure")} onConfirm={() => void leave()} />;
}

export function InviteForm({ channel }: { channel: string }) {
  const t = useText(), router = useRouter();
  const [said, setSaid] = useState("");
  const form = useForm({
    send: ({ username = "", role }) => {
      setSaid("");
      return api("post", "/api/v1/channels/{username}/team", { path: { username: channel }, body: { username: username.trim().replace(/^@/, ""), role: roleFrom(role) } });
    },
    onDone: ({ person }, element) => {
      element.reset();
      setSaid(t("team.invited", { name: person.display_name }));
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField name="username" label={t("team.invite_whom")} hint={t("team.invite_hint")} error={form.fieldErrors.username} required maxLength={26} autoComplete="off" autoCapitalize="none" spellCheck={false} />
        <SelectField name="role" label={t("team.role")} defaultValue="editor" error={form.fieldErrors.role}>
          {ROLES.map((role) => <option key={role} value={role}>{t(`team.role_${role}`)}</option>)}
        </SelectField>
      </div>
      <p className="flex flex-wrap items-center gap-4"><SubmitButton isPending={form.isPending}>{t("team.invite")}</SubmitButton>
        <span role="status" className="font-semibold text-good">{said}</span></p>
    </form>
  );
}
