import { publicOrigin } from "@/lib/origin";
import { sitemapIndex } from "@/lib/seo/sitemap";
import { fileNames } from "@/lib/seo/sitemap-files";
import { unavailable, xml } from "@/lib/seo/xml-answer";

export const dynamic = "force-dynamic";
const FRESH_S = 600;

export async function GET(): Promise<Response> {
  const names = await fileNames();
  return names ? xml(sitemapIndex(await publicOrigin(), names.map((name) => ({ path: `/sitemaps/${name}` }))), FRESH_S) : unavailable();
}
