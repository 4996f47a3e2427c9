import { EmailLinkPage, emailLinkMetadata, type Props } from "@/features/identity/email-link-page";

export const generateMetadata = () => emailLinkMetadata("undo");

export default function Page(props: Props) {
  return <EmailLinkPage link="undo" {...props} />;
}
