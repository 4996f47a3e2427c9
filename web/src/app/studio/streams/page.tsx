import type { SearchParams } from "@/features/studio/desk";
import { streamsMetadata, StreamsPage } from "@/features/studio/streams-page";

export const generateMetadata = streamsMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <StreamsPage searchParams={searchParams} />;
}
