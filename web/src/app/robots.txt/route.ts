import { publicOrigin } from "@/lib/origin";

// What is the house's or one person's own business stays out. Players on other sites (/embed) may be read: they name the
// channel's page as the canonical one. Pictures of a live (/hls/…/thumbnail.jpg) are what a result shows.
export const dynamic = "force-dynamic";
const PRIVATE = ["/api/", "/hls/", "/whep/", "/whip/", "/studio", "/account", "/following", "/confirm", "/reset", "/forgot", "/language/", "/design"];
const FRESH_S = 3600;

export async function GET(): Promise<Response> {
  const lines = ["User-agent: *", "Allow: /", "Allow: /hls/*/thumbnail.jpg", ...PRIVATE.map((path) => `Disallow: ${path}`), "",
    `Sitemap: ${await publicOrigin()}/sitemap.xml`, ""];
  return new Response(lines.join("\n"), { headers: { "content-type": "text/plain; charset=utf-8", "cache-control": `public, max-age=${FRESH_S}` } });
}
