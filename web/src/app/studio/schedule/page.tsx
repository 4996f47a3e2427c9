import type { SearchParams } from "@/features/studio/desk";
import { scheduleMetadata, SchedulePage } from "@/features/studio/schedule-page";

export const generateMetadata = scheduleMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <SchedulePage searchParams={searchParams} />;
}
