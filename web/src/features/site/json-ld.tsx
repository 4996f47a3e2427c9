import { headers } from "next/headers";
import { printed } from "@/lib/seo/json-ld";

// Structured data in the page. The nonce is the page's own, so that a policy that counts data blocks lets it pass.
export async function JsonLd({ graph }: { graph: Parameters<typeof printed> }) {
  const nonce = /'nonce-([^']+)'/.exec((await headers()).get("content-security-policy") ?? "")?.[1];
  return <script type="application/ld+json" nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: printed(...graph) }} />;
}
