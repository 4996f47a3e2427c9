// What each role on a channel's team may do: which pages and buttons it is shown. The server decides for itself
// (server/channels/permissions.h); a page that showed more would only lead to refusals.
export type Role = "owner" | "editor" | "moderator";
export type Action = "view_studio" | "run_streams" | "edit_channel" | "manage_keys" | "manage_team";

const MAY: Record<Action, readonly Role[]> = {
  view_studio: ["owner", "editor", "moderator"],
  run_streams: ["owner", "editor"],
  edit_channel: ["owner", "editor"],
  manage_keys: ["owner"],
  manage_team: ["owner"],
};

export function can(role: Role, action: Action): boolean {
  return MAY[action].includes(role);
}
