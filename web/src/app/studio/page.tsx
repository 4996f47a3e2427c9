import type { SearchParams } from "@/features/studio/desk";
import { overviewMetadata, OverviewPage } from "@/features/studio/overview-page";

export const generateMetadata = overviewMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <OverviewPage searchParams={searchParams} />;
}
