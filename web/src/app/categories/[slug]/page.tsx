import { CategoryPage, categoryMetadata } from "@/features/discovery/category-page";

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const generateMetadata = async ({ params }: Props) => categoryMetadata((await params).slug);

export default async function Page({ params, searchParams }: Props) {
  return <CategoryPage slug={(await params).slug} searchParams={searchParams} />;
}
