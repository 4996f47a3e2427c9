import type { Metadata } from "next";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { can, type Action, type Role } from "@/lib/studio/permissions";
import { getText } from "@/text/server";
import { Card } from "@/ui/card";
import { Icon } from "@/ui/icon";
import type { SearchParams } from "./desk";
import { StudioFrame } from "./frame";
import { Invitations } from "./invitations";
import { InviteForm, TeamList } from "./team-list";

const ROLES: readonly Role[] = ["owner", "editor", "moderator"];
const ACTIONS: readonly Action[] = ["view_studio", "run_streams", "edit_channel", "manage_keys", "manage_team"];

export async function teamMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_team"), robots: { index: false } };
}

export function TeamPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/team-page" page="team" searchParams={searchParams}>
      {async (desk) => {
        const { t } = await getText();
        const team = await api("get", "/api/v1/channels/{username}/team", { path: { username: desk.username } });
        if (!team.ok) return <Resting error={refusalOf(team)} />;
        const others = team.data.items.length - 1;
        return (
          <>
            {desk.invitations.length > 0 && <Invitations invitations={desk.invitations} />}
            <Card id="members" title={t("team.of", { channel: desk.name })} aside={<span className="text-sm text-muted">{t("team.count", { n: others, max: team.data.members_max })}</span>}>
              <TeamList team={team.data} channel={desk.username} me={desk.account.username} />
            </Card>
            {can(desk.role, "manage_team") && <Card id="invite" title={t("team.invite_title")}><InviteForm channel={desk.username} /></Card>}
            <Card id="roles" title={t("team.roles")}><RoleTable /></Card>
          </>
        );
      }}
    </StudioFrame>
  );
}

// What each role may do, from the same table the pages go by.
async function RoleTable() {
  const { t } = await getText();
  return (
    <div className="relative -mx-2 overflow-x-auto px-2" tabIndex={0} role="group" aria-labelledby="roles-title">
      <table className="w-full min-w-96 text-[0.9375rem]">
        <thead>
          <tr className="border-b-2 border-line text-sm text-muted">
            <th scope="col" className="py-2 pe-3 text-start font-semibold">{t("team.may")}</th>
            {ROLES.map((role) => <th key={role} scope="col" className="px-2 py-2 font-semibold">{t(`team.role_${role}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {ACTIONS.map((action) => (
            <tr key={action} className="border-b border-line last:border-0">
              <th scope="row" className="py-2.5 pe-3 text-start font-normal">{t(`team.action_${action}`)}</th>
              {ROLES.map((role) => (
                <td key={role} className="px-2 py-2.5 text-center">
                  {can(role, action) ? <Icon name="check" className="inline size-5 text-good" /> : <span aria-hidden="true" className="text-muted">–</span>}
                  <span className="sr-only">{t(can(role, action) ? "studio.yes" : "studio.no")}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
