import type { SearchParams } from "@/features/studio/desk";
import { guideMetadata, GuidePage } from "@/features/studio/guide-page";

export const generateMetadata = guideMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <GuidePage searchParams={searchParams} />;
}
