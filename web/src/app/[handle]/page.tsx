import { tabFrom } from "@/features/channels/channel-tabs";
import { channelMetadata, ChannelPage, usernameOf } from "@/features/channels/channel-page";
import { NotFoundPage } from "@/features/site/not-found-page";

type Props = { params: Promise<{ handle: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata({ params }: Props) {
  const username = usernameOf((await params).handle);
  return username === null ? { robots: { index: false } } : channelMetadata(username);
}

export default async function Page({ params, searchParams }: Props) {
  const username = usernameOf((await params).handle);
  return username === null ? <NotFoundPage /> : <ChannelPage username={username} tab={tabFrom((await searchParams).tab)} />;
}
