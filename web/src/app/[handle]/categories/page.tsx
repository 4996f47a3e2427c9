import { CategoriesPage, categoriesMetadata } from "@/features/discovery/categories-page";
import { InHub, inHub } from "@/features/discovery/in-hub";

type Props = { params: Promise<{ handle: string }> };

export const generateMetadata = ({ params }: Props) => inHub(params, categoriesMetadata);

export default async function Page({ params }: Props) {
  return <InHub handle={(await params).handle}><CategoriesPage /></InHub>;
}
