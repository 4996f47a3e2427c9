import { CategoriesPage, categoriesMetadata } from "@/features/discovery/categories-page";

export const generateMetadata = () => categoriesMetadata();

export default function Page() {
  return <CategoriesPage />;
}
