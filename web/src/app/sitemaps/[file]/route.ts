import { publicOrigin } from "@/lib/origin";
import { urlset } from "@/lib/seo/sitemap";
import { entriesOf, freshSeconds } from "@/lib/seo/sitemap-files";
import { unavailable, xml } from "@/lib/seo/xml-answer";

export const dynamic = "force-dynamic";

type Props = { params: Promise<{ file: string }> };

export async function GET(_: Request, { params }: Props): Promise<Response> {
  const { file } = await params;
  const entries = await entriesOf(file);
  if (entries === undefined) return new Response(null, { status: 404 });
  return entries ? xml(urlset(await publicOrigin(), entries), freshSeconds(file)) : unavailable();
}
