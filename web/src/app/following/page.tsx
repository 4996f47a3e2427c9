import { FollowingPage, followingMetadata } from "@/features/channels/following-page";

type Props = { searchParams: Promise<{ cursor?: string | string[] }> };

export const generateMetadata = followingMetadata;

export default async function Page({ searchParams }: Props) {
  const { cursor } = await searchParams;
  return <FollowingPage cursor={typeof cursor === "string" ? cursor : undefined} />;
}
