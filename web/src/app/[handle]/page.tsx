import { channelMetadata, ChannelPage, usernameOf } from "@/features/channels/channel-page";
import { NotFoundPage } from "@/features/site/not-found-page";

type Props = { params: Promise<{ handle: string }> };

export async function generateMetadata({ params }: Props) {
  const username = usernameOf((await params).handle);
  return username === null ? { robots: { index: false } } : channelMetadata(username);
}

export default async function Page({ params }: Props) {
  const username = usernameOf((await params).handle);
  return username === null ? <NotFoundPage /> : <ChannelPage username={username} />;
}
