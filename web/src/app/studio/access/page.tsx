import type { SearchParams } from "@/features/studio/desk";
import { accessMetadata, AccessPage } from "@/features/studio/access-page";

export const generateMetadata = accessMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <AccessPage searchParams={searchParams} />;
}
