import { WhyPage, whyMetadata } from "@/features/discovery/why-page";

export const generateMetadata = () => whyMetadata();

export default function Page() {
  return <WhyPage />;
}
