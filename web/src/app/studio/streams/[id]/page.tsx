import type { SearchParams } from "@/features/studio/desk";
import { streamMetadata, StreamPage } from "@/features/studio/stream-page";

export const generateMetadata = streamMetadata;

export default async function Page({ params, searchParams }: { params: Promise<{ id: string }>; searchParams: SearchParams }) {
  return <StreamPage id={Number((await params).id)} searchParams={searchParams} />;
}
