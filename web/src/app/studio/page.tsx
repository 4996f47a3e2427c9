import { studioMetadata, StudioPage } from "@/features/studio/studio-page";

type Props = { searchParams: Promise<{ cursor?: string | string[] }> };

export const generateMetadata = studioMetadata;

export default async function Page({ searchParams }: Props) {
  const { cursor } = await searchParams;
  return <StudioPage cursor={typeof cursor === "string" ? cursor : undefined} />;
}
