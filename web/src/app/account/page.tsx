import { AccountPage } from "@/features/identity/account-page";
import { sectionMetadata } from "@/features/identity/account-shell";

export const generateMetadata = () => sectionMetadata("profile");

export default function Page() {
  return <AccountPage />;
}
