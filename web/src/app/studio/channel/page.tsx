import type { SearchParams } from "@/features/studio/desk";
import { channelSettingsMetadata, ChannelSettingsPage } from "@/features/studio/channel-settings-page";

export const generateMetadata = channelSettingsMetadata;

export default function Page({ searchParams }: { searchParams: SearchParams }) {
  return <ChannelSettingsPage searchParams={searchParams} />;
}
