import type { Channel, Stream } from "@/lib/api/types";

// schema.org for search engines: a video that is a live broadcast now. `<` is escaped so that a title cannot end the
// script element it is printed in.
export function broadcastJsonLd(channel: Channel, stream: Stream, category: string, origin: string): string {
  const url = `${origin}/@${channel.username}`;
  const started = stream.started_at ?? stream.created_at;
  return JSON.stringify({
    "@context": "https://schema.org",
    "@type": "VideoObject",
    name: stream.title,
    description: channel.description || stream.title,
    url,
    contentUrl: origin + stream.hls_url,
    uploadDate: started,
    ...(stream.thumbnail_url ? { thumbnailUrl: [origin + stream.thumbnail_url] } : {}),
    ...(stream.language === "other" ? {} : { inLanguage: stream.language }),
    genre: category,
    isFamilyFriendly: true,
    author: { "@type": "Person", name: channel.display_name, url },
    interactionStatistic: {
      "@type": "InteractionCounter", interactionType: { "@type": "WatchAction" }, userInteractionCount: stream.total_viewers,
    },
    publication: {
      "@type": "BroadcastEvent", name: stream.title, isLiveBroadcast: true, startDate: started,
      ...(stream.ended_at ? { endDate: stream.ended_at } : {}),
    },
  }).replaceAll("<", "\\u003c");
}
