import { embedMetadata, EmbedPage } from "@/features/channels/embed-page";
import { usernameOf } from "@/features/channels/channel-page";
import { MissingChannel } from "@/features/channels/missing-channel";
import { optionsOf } from "@/lib/embed";

type Props = { params: Promise<{ handle: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata({ params }: Props) {
  const username = usernameOf((await params).handle);
  return username === null ? { robots: { index: false } } : embedMetadata(username);
}

export default async function Page({ params, searchParams }: Props) {
  const username = usernameOf((await params).handle);
  return username === null ? <MissingChannel /> : <EmbedPage username={username} options={optionsOf(await searchParams)} />;
}
