import type { SearchParams } from "@/features/studio/desk";
import { keysMetadata, KeysPage } from "@/features/studio/keys-page";

export const generateMetadata = keysMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <KeysPage searchParams={searchParams} />;
}
