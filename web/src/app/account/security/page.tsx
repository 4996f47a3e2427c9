import { sectionMetadata } from "@/features/identity/account-shell";
import { SecurityPage } from "@/features/identity/security-page";

export const generateMetadata = () => sectionMetadata("security");

export default function Page() {
  return <SecurityPage />;
}
