import { CategoryPage, categoryMetadata } from "@/features/discovery/category-page";
import { InHub, inHub } from "@/features/discovery/in-hub";

type Props = { params: Promise<{ handle: string; slug: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = ({ params }: Props) => inHub(params, ({ slug }) => categoryMetadata(slug));

export default async function Page({ params, searchParams }: Props) {
  const { handle, slug } = await params;
  return <InHub handle={handle}><CategoryPage slug={slug} searchParams={searchParams} /></InHub>;
}
