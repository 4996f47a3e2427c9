import type { SearchParams } from "@/features/studio/desk";
import { teamMetadata, TeamPage } from "@/features/studio/team-page";

export const generateMetadata = teamMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <TeamPage searchParams={searchParams} />;
}
