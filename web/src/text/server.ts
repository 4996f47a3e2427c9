import "server-only";
import { headers } from "next/headers";
import { cache } from "react";
import { DEFAULT_LOCALE, HUB_HEADER, LOCALE_HEADER, localeFrom, type Locale } from "@/lib/locale";
import browserWords from "../../generated/browser-words.json";
import { loadSubjects, type Key, type Messages, type Subject } from "./catalogue";
import { format, type Values } from "./format";

export type Translate = (key: Key, values?: Values) => string;

const SUBJECTS: readonly Subject[] = [
  "account", "auth", "care", "channel", "discover", "error", "feed", "following", "form", "golive", "home", "language", "list", "live", "nav",
  "player", "region", "results", "search", "share", "site", "social", "studio", "creator",
  "schedule", "sheet", "embed", "mini",
  "team", "guide", "presence", "emote",
];

const everything = cache((locale: Locale) => loadSubjects(locale, SUBJECTS));

// The page's language, settled by the proxy before rendering began.
export const pageLocale = cache(async (): Promise<Locale> => {
  const asked = await headers();
  return localeFrom(asked.get(LOCALE_HEADER)) ?? DEFAULT_LOCALE;
});

// The hub whose address the page was asked by, if it was one.
export async function pageHub(): Promise<Locale | undefined> {
  return localeFrom((await headers()).get(HUB_HEADER));
}

export async function getText(): Promise<{ t: Translate; locale: Locale }> {
  const locale = await pageLocale();
  const messages = await everything(locale);
  return { locale, t: (key, values) => format(locale, messages[key] ?? key, values) };
}

export type BrowserModule = keyof typeof browserWords;

// What the client components of these modules may say (scripts/browser-words.mjs read it from the code); it travels in
// the HTML, so a page hands over only that. While somebody builds, the list would be behind: then it is everything.
export async function messagesFor(...modules: BrowserModule[]): Promise<Messages> {
  const messages = await everything(await pageLocale());
  if (process.env.NODE_ENV === "development") return messages;
  return Object.fromEntries(modules.flatMap((module) => browserWords[module] as readonly string[]).map((key) => [key, messages[key] ?? key]));
}
