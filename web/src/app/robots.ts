import type { MetadataRoute } from "next";
import { publicOrigin } from "@/lib/origin";

export default async function robots(): Promise<MetadataRoute.Robots> {
  return {
    rules: { userAgent: "*", allow: "/", disallow: ["/api/", "/hls/", "/studio", "/account", "/following", "/confirm", "/reset", "/language/"] },
    sitemap: `${await publicOrigin()}/sitemap.xml`,
  };
}
