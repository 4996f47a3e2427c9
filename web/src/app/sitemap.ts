import type { MetadataRoute } from "next";
import { api } from "@/lib/api/server";
import { HUBS, LOCALES } from "@/lib/locale";
import { publicOrigin } from "@/lib/origin";

const LIVE_MAX = 100;

// The hubs, and whoever is on air this minute.
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const origin = await publicOrigin();
  const languages = Object.fromEntries(LOCALES.map((locale) => [locale, origin + HUBS[locale]]));
  const live = await api("get", "/api/v1/streams", { query: { live: true, limit: LIVE_MAX } });
  return [
    ...LOCALES.map((locale) => ({ url: origin + HUBS[locale], changeFrequency: "always" as const, alternates: { languages } })),
    ...(live.ok ? live.data.items : []).map((stream) => ({
      url: `${origin}/@${stream.channel.username}`, changeFrequency: "always" as const, lastModified: stream.started_at ?? stream.created_at,
    })),
  ];
}
