import { Home, homeMetadata } from "@/features/discovery/home";
import { HUBS } from "@/lib/locale";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = () => homeMetadata("pt-PT");

export default function Page({ searchParams }: Props) {
  return <Home searchParams={searchParams} base={HUBS["pt-PT"]} />;
}
