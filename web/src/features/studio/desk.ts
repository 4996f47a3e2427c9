import "server-only";
import { redirect } from "next/navigation";
import type { CallResult } from "@/lib/api/call";
import { api, asking } from "@/lib/api/server";
import type { Account, Membership } from "@/lib/api/types";
import { can, type Action, type Role } from "@/lib/studio/permissions";

export type StudioPageName = "overview" | "streams" | "channel" | "schedule" | "keys" | "team" | "access" | "guide";
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

// Whose studio this is: one's own, or that of a channel one helps with, which the address names (?channel=ana), so that
// two tabs can be about two channels and nobody edits the wrong one.
export type Desk = {
  account: Account;
  username: string;
  name: string;
  avatarUrl: string | null;
  role: Role;
  channel: string | undefined;      // For the API and for links; undefined is one's own.
  memberships: Membership[];        // That count.
  invitations: Membership[];
};

const PATHS: Record<StudioPageName, string> = {
  overview: "/studio", streams: "/studio/streams", channel: "/studio/channel", schedule: "/studio/schedule", keys: "/studio/keys", team: "/studio/team",
  access: "/studio/access", guide: "/studio/guide",
};
const NEEDS: Record<StudioPageName, Action> = {
  overview: "view_studio", streams: "view_studio", channel: "edit_channel", schedule: "edit_channel", keys: "manage_keys", team: "view_studio",
  access: "view_studio", guide: "view_studio",
};

export function addressOf(page: StudioPageName, channel: string | undefined): string {
  return channel ? `${PATHS[page]}?channel=${encodeURIComponent(channel)}` : PATHS[page];
}

export function mayOpen(desk: Desk, page: StudioPageName): boolean {
  return can(desk.role, NEEDS[page]);
}

export function first(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

export async function openDesk(page: StudioPageName, searchParams: SearchParams): Promise<CallResult<Desk>> {
  const who = await asking();
  if (!who.ok) return who;
  const account = who.data;
  const asked = first((await searchParams).channel);
  if (!account) redirect(`/sign-in?next=${encodeURIComponent(addressOf(page, asked))}`);
  const answer = await api("get", "/api/v1/memberships");
  if (!answer.ok) return answer;
  const memberships = answer.data.items.filter(({ is_accepted }) => is_accepted);
  const invitations = answer.data.items.filter(({ is_accepted }) => !is_accepted);
  const shared = { account, memberships, invitations };
  if (!asked || asked === account.username) {
    return { ok: true, data: { ...shared, username: account.username, name: account.display_name, avatarUrl: account.avatar_url, role: "owner", channel: undefined } };
  }
  const membership = memberships.find(({ channel }) => channel.username === asked);
  if (!membership) redirect(PATHS[page]);   // Not, or no longer, on that team: one's own studio.
  const { channel, role } = membership;
  return { ok: true, data: { ...shared, username: channel.username, name: channel.display_name, avatarUrl: channel.avatar_url, role, channel: channel.username } };
}
