// A page as a search engine or a link preview reads it: one answer, no script.
export async function readPage(url, headers = {}) {
  const answer = await fetch(url, { redirect: "manual", headers: { "user-agent": "Mozilla/5.0 (compatible; TestBot/1.0)", "accept-language": "pt-PT", ...headers } });
  const html = await answer.text();
  const tags = (name) => [...html.matchAll(new RegExp(`<${name}\\b([^>]*?)/?>`, "gi"))].map(([, attributes]) => attributesOf(attributes));
  const metas = tags("meta"), links = tags("link");
  return {
    status: answer.status, headers: answer.headers, html,
    title: textOf(/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? ""),
    metas: (name) => metas.filter((meta) => meta.name === name || meta.property === name).map(({ content }) => content),
    meta: (name) => metas.find((meta) => meta.name === name || meta.property === name)?.content,
    canonical: links.filter(({ rel }) => rel === "canonical").map(({ href }) => href),
    alternates: Object.fromEntries(links.filter(({ rel, hreflang }) => rel === "alternate" && hreflang).map(({ hreflang, href }) => [hreflang, href])),
    manifest: links.find(({ rel }) => rel === "manifest")?.href,
    graph: [...html.matchAll(/<script type="application\/ld\+json"[^>]*>([^<]*)<\/script>/g)].flatMap(([, json]) => JSON.parse(json)["@graph"]),
  };
}

function attributesOf(text) {
  return Object.fromEntries([...text.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, name, value]) => [name.toLowerCase(), textOf(value)]));
}

function textOf(html) {
  return html.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }[name] ?? whole);
}

// What schema.org's readers ask of each kind, as https://developers.google.com/search/docs/appearance/structured-data
// has it: a field that is missing or of another shape is a problem.
const isMoment = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value));
const isDuration = (value) => /^P(?=.)(\d+D)?(T(?=.)(\d+H)?([0-5]?\dM)?([0-5]?\dS)?)?$/.test(value);
const isUrl = (value) => /^https?:\/\/[^\s]+$/.test(value);
const isText = (value) => typeof value === "string" && value.trim() !== "";
const isList = (each) => (value) => Array.isArray(value) && value.length > 0 && value.every(each);
const node = (...types) => (value) => types.includes(value?.["@type"]) && problemsOf(value).length === 0;
const kNodes = {
  VideoObject: {
    needs: { name: isText, description: isText, thumbnailUrl: isList(isUrl), uploadDate: isMoment, url: isUrl, embedUrl: isUrl, author: node("Person"),
      publication: node("BroadcastEvent"), interactionStatistic: node("InteractionCounter"), isFamilyFriendly: (value) => typeof value === "boolean", keywords: isList(isText) },
    may: { contentUrl: isUrl, inLanguage: isText, genre: isText, duration: isDuration },
  },
  BroadcastEvent: { needs: { name: isText, isLiveBroadcast: (value) => typeof value === "boolean", startDate: isMoment }, may: { endDate: isMoment, inLanguage: isText } },
  Event: { needs: { name: isText, startDate: isMoment, location: node("VirtualLocation"), eventAttendanceMode: isUrl, eventStatus: isUrl, organizer: node("Person") }, may: { endDate: isMoment, description: isText, image: isList(isUrl), url: isUrl, inLanguage: isText } },
  VirtualLocation: { needs: { url: isUrl } },
  Person: { needs: { name: isText, url: isUrl }, may: { alternateName: isText, description: isText, image: isUrl, interactionStatistic: node("InteractionCounter") } },
  InteractionCounter: { needs: { interactionType: node("WatchAction", "FollowAction"), userInteractionCount: (value) => Number.isInteger(value) && value >= 0 } },
  WatchAction: { needs: {} }, FollowAction: { needs: {} },
  ProfilePage: { needs: { url: isUrl, mainEntity: node("Person"), dateCreated: isMoment }, may: { inLanguage: isText, primaryImageOfPage: isUrl } },
  BreadcrumbList: { needs: { itemListElement: isList(node("ListItem")) } },
  ItemList: { needs: { name: isText, numberOfItems: Number.isInteger, itemListElement: Array.isArray } },
  ListItem: { needs: { position: (value) => value >= 1, name: isText }, may: { item: isUrl, url: isUrl } },
  Organization: { needs: { name: isText, url: isUrl, logo: isUrl } },
  WebSite: { needs: { name: isText, url: isUrl, potentialAction: node("SearchAction") }, may: { description: isText, inLanguage: isList(isText), publisher: (value) => isUrl(value?.["@id"]) } },
  SearchAction: { needs: { target: (value) => /^https?:\/\/[^\s]+\{search_term_string\}$/.test(value?.urlTemplate), "query-input": (value) => value === "required name=search_term_string" } },
};

export function problemsOf(value) {
  const kind = kNodes[value?.["@type"]];
  if (!kind) return [`unknown type ${value?.["@type"]}`];
  const problems = [];
  for (const [field, isGood] of Object.entries(kind.needs)) if (!isGood(value[field])) problems.push(`${value["@type"]}.${field}: ${JSON.stringify(value[field])}`);
  for (const [field, isGood] of Object.entries(kind.may ?? {})) if (field in value && !isGood(value[field])) problems.push(`${value["@type"]}.${field}: ${JSON.stringify(value[field])}`);
  const known = new Set(["@type", "@id", ...Object.keys(kind.needs), ...Object.keys(kind.may ?? {})]);
  for (const field of Object.keys(value)) if (!known.has(field)) problems.push(`${value["@type"]}.${field} is not in the schema`);
  return problems;
}

// Whether XML is well formed, as far as ours uses it: every tag closed in order, text without a bare & or <.
export function xmlProblems(text) {
  const open = [];
  if (!text.startsWith('<?xml version="1.0" encoding="UTF-8"?>')) return ["no declaration"];
  for (const [, before, close, name, attributes, empty] of text.slice(text.indexOf("?>") + 2).matchAll(/([^<]*)<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (/&(?!#\d+;|amp;|lt;|gt;|quot;|apos;)/.test(before + attributes)) return [`a bare & in ${before}${attributes}`];
    if (close) { if (open.pop() !== name) return [`</${name}> closes nothing`]; }
    else if (!empty) open.push(name);
  }
  const left = text.slice(text.indexOf("?>") + 2).replace(/([^<]*)<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>/g, "").trim();
  return [...open.map((name) => `<${name}> stays open`), ...(left ? [`not XML: ${left.slice(0, 80)}`] : [])];
}

// Width and height of a JPEG, from its frame header.
export function jpegSize(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1], length = bytes.readUInt16BE(at + 2);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + length;
  }
  return null;
}
