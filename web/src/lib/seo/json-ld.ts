import type { Channel, Occurrence, Stream } from "@/lib/api/types";

// schema.org for search engines, as plain data. Google's rules for live video are what the fields answer to:
// https://developers.google.com/search/docs/appearance/structured-data/video
type Node = { "@type": string } & Record<string, unknown>;
export type Place = { origin: string; category: string; image: string };

// A video that is a live broadcast now, and the page it is on.
export function broadcast(channel: Channel, stream: Stream, { origin, category, image }: Place): Node {
  const url = `${origin}/@${channel.username}`;
  const started = stream.started_at ?? stream.created_at;
  return {
    "@type": "VideoObject",
    "@id": `${url}#live-${stream.id}`,
    name: stream.title,
    description: channel.description || stream.title,
    url,
    embedUrl: `${origin}/embed/@${channel.username}`,
    contentUrl: origin + stream.hls_url,
    thumbnailUrl: stream.thumbnail_url ? [origin + stream.thumbnail_url, image] : [image],
    uploadDate: started,
    ...inLanguage(stream.language),
    genre: category,
    keywords: [category, channel.display_name],
    isFamilyFriendly: true,
    author: person(channel, origin),
    interactionStatistic: {
      "@type": "InteractionCounter", interactionType: { "@type": "WatchAction" }, userInteractionCount: stream.total_viewers,
    },
    publication: {
      "@type": "BroadcastEvent", name: stream.title, isLiveBroadcast: true, startDate: started,
      ...(stream.ended_at ? { endDate: stream.ended_at } : {}), ...inLanguage(stream.language),
    },
  };
}

// A live that is announced: the same video before it begins. "Is live" says what kind it is, not that it is on now.
export function broadcastAhead(channel: Channel, next: Occurrence, { origin, category, image }: Place): Node {
  const url = `${origin}/@${channel.username}`;
  return {
    "@type": "VideoObject",
    "@id": `${url}#next-${next.entry_id}-${next.date}`,
    name: next.title,
    description: channel.description || next.title,
    url,
    embedUrl: `${origin}/embed/@${channel.username}`,
    thumbnailUrl: [image],
    uploadDate: next.starts_at,
    ...inLanguage(channel.language),
    genre: category,
    keywords: [category, channel.display_name],
    isFamilyFriendly: true,
    author: person(channel, origin),
    interactionStatistic: { "@type": "InteractionCounter", interactionType: { "@type": "WatchAction" }, userInteractionCount: 0 },
    publication: {
      "@type": "BroadcastEvent", name: next.title, isLiveBroadcast: true, startDate: next.starts_at, endDate: next.ends_at, ...inLanguage(channel.language),
    },
  };
}

// A channel that is not sending: whose page it is.
export function profile(channel: Channel, { origin, image }: Omit<Place, "category">): Node {
  const url = `${origin}/@${channel.username}`;
  return {
    "@type": "ProfilePage",
    "@id": `${url}#page`,
    url,
    dateCreated: channel.created_at,
    ...inLanguage(channel.language),
    primaryImageOfPage: image,
    mainEntity: {
      ...person(channel, origin),
      ...(channel.description ? { description: channel.description } : {}),
      interactionStatistic: {
        "@type": "InteractionCounter", interactionType: { "@type": "FollowAction" }, userInteractionCount: channel.followers_count,
      },
    },
  };
}

export function breadcrumbs(origin: string, steps: readonly { name: string; path: string }[]): Node {
  return {
    "@type": "BreadcrumbList",
    itemListElement: steps.map(({ name, path }, index) => ({ "@type": "ListItem", position: index + 1, name, item: origin + path })),
  };
}

// A page that lists pages.
export function pageList(origin: string, name: string, items: readonly { name: string; path: string }[]): Node {
  return {
    "@type": "ItemList",
    name,
    numberOfItems: items.length,
    itemListElement: items.map((item, index) => ({ "@type": "ListItem", position: index + 1, name: item.name, url: origin + item.path })),
  };
}

// Whose house this is, and how it is searched.
export function site(origin: string, { name, description }: { name: string; description: string }): Node[] {
  return [
    { "@type": "Organization", "@id": `${origin}/#house`, name, url: `${origin}/`, logo: `${origin}/icon-512.png` },
    {
      "@type": "WebSite", "@id": `${origin}/#site`, name, description, url: `${origin}/`, inLanguage: ["pt-PT", "pt-BR", "en"],
      publisher: { "@id": `${origin}/#house` },
      potentialAction: {
        "@type": "SearchAction", target: { "@type": "EntryPoint", urlTemplate: `${origin}/search?q={search_term_string}` },
        "query-input": "required name=search_term_string",
      },
    },
  ];
}

// Ready for a script element: nothing a title says can end it (`<`), nor what reads it as JavaScript (U+2028, U+2029).
export function printed(...graph: Node[]): string {
  return JSON.stringify({ "@context": "https://schema.org", "@graph": graph })
    .replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function person(channel: Channel, origin: string): Node {
  const url = `${origin}/@${channel.username}`;
  return { "@type": "Person", "@id": `${url}#person`, name: channel.display_name, alternateName: `@${channel.username}`, url };
}

function inLanguage(language: Stream["language"]): { inLanguage?: string } {
  return language === "other" ? {} : { inLanguage: language };
}
