import { InHub, inHub } from "@/features/discovery/in-hub";
import { RegionPage, regionMetadata } from "@/features/discovery/region-page";

type Props = { params: Promise<{ handle: string; code: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ params }: Props) => inHub(params, ({ code }) => regionMetadata(code));

export default async function Page({ params, searchParams }: Props) {
  const { handle, code } = await params;
  return <InHub handle={handle}><RegionPage code={code} searchParams={searchParams} /></InHub>;
}
