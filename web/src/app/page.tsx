import { Home, homeMetadata } from "@/features/discovery/home";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = () => homeMetadata();

export default function Page({ searchParams }: Props) {
  return <Home searchParams={searchParams} />;
}
