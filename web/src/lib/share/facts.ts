import { createHash } from "node:crypto";
import type { Channel, Stream } from "@/lib/api/types";
import { LOCALES, type Locale } from "../locale";

// What a share image shows. Its address is made of this, so a new live or a new title is a new address: WhatsApp and its
// like fetch a picture once and keep it.
export type CardFacts = {
  username: string;
  name: string;
  locale: Locale;         // The channel's own: whoever it is shared with speaks that.
  avatar: string | null;  // Paths of ours.
  picture: string | null;
  live: { id: number; title: string; category: string; started_at: string } | null;
  about: string;
};

const DRAWING = 1;   // Of card.ts: one more makes every image anew.
const VERSION_LENGTH = 16;

export function factsOf(channel: Channel, stream: Stream | null): CardFacts {
  const language = stream?.language ?? channel.language;
  return {
    username: channel.username,
    name: channel.display_name,
    locale: LOCALES.find((locale) => locale === language) ?? "pt-PT",
    avatar: ownPath(pictureOf(channel, "avatar_url")),
    picture: ownPath(stream ? stream.thumbnail_url : pictureOf(channel, "banner_url")),
    live: stream && { id: stream.id, title: stream.title, category: stream.category, started_at: stream.started_at ?? stream.created_at },
    about: stream ? "" : channel.description,
  };
}

// The frame of a live changes every few seconds; that there is one is what counts.
export function versionOf(facts: CardFacts): string {
  const said = { ...facts, picture: facts.live ? facts.picture !== null : facts.picture, drawing: DRAWING };
  return createHash("sha256").update(JSON.stringify(said)).digest("hex").slice(0, VERSION_LENGTH);
}

export function cardPath(facts: CardFacts): string {
  return `/share/${facts.username}/${versionOf(facts)}.jpg`;
}

// Pictures come from this house and from nowhere else, whatever a row should say.
export function ownPath(address: string | null | undefined): string | null {
  return address && /^\/(?![/\\])[\w./@~%?=&:-]*$/.test(address) ? address : null;
}

function pictureOf(channel: Channel, field: string): string | null {
  const value: unknown = (channel as Record<string, unknown>)[field];
  return typeof value === "string" ? value : null;
}
