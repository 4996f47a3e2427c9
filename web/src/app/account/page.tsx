import { AccountPage, accountMetadata } from "@/features/identity/account-page";

export const generateMetadata = accountMetadata;

export default function Page() {
  return <AccountPage />;
}
