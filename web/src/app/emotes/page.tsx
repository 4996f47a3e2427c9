import { EmotesPage, emotesMetadata, type EmotesSearch } from "@/features/chat/emotes-page";

type Props = { searchParams: Promise<EmotesSearch> };

export const generateMetadata = ({ searchParams }: Props) => emotesMetadata(searchParams);

export default function Page({ searchParams }: Props) {
  return <EmotesPage searchParams={searchParams} />;
}
