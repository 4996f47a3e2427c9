import { SearchPage, searchMetadata } from "@/features/discovery/search-page";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ searchParams }: Props) => searchMetadata(searchParams);

export default function Page({ searchParams }: Props) {
  return <SearchPage searchParams={searchParams} />;
}
