import { RegionPage, regionMetadata } from "@/features/discovery/region-page";

type Props = { params: Promise<{ code: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = async ({ params }: Props) => regionMetadata((await params).code);

export default async function Page({ params, searchParams }: Props) {
  return <RegionPage code={(await params).code} searchParams={searchParams} />;
}
