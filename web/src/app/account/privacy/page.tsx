import { sectionMetadata } from "@/features/identity/account-shell";
import { PrivacyPage } from "@/features/identity/privacy-page";

export const generateMetadata = () => sectionMetadata("privacy");

export default function Page() {
  return <PrivacyPage />;
}
