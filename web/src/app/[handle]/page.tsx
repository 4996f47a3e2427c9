import { channelMetadata, ChannelPage, usernameOf } from "@/features/channels/channel-page";

type Props = { params: Promise<{ handle: string }> };

export async function generateMetadata({ params }: Props) {
  return channelMetadata(usernameOf((await params).handle));
}

export default async function Page({ params }: Props) {
  return <ChannelPage username={usernameOf((await params).handle)} />;
}
