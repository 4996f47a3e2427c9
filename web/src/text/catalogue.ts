import type { Locale } from "@/lib/locale";

// The catalogues: one file per language and subject. A key begins with its file's name: live.badge is in live.json.
// European Portuguese gives the types; `npm run check:text` holds the other two to it.
type European = {
  account: typeof import("./pt-PT/account.json");
  auth: typeof import("./pt-PT/auth.json");
  care: typeof import("./pt-PT/care.json");
  channel: typeof import("./pt-PT/channel.json");
  creator: typeof import("./pt-PT/creator.json");
  embed: typeof import("./pt-PT/embed.json");
  emote: typeof import("./pt-PT/emote.json");
  discover: typeof import("./pt-PT/discover.json");
  error: typeof import("./pt-PT/error.json");
  feed: typeof import("./pt-PT/feed.json");
  following: typeof import("./pt-PT/following.json");
  presence: typeof import("./pt-PT/presence.json");
  guide: typeof import("./pt-PT/guide.json");
  team: typeof import("./pt-PT/team.json");
  form: typeof import("./pt-PT/form.json");
  golive: typeof import("./pt-PT/golive.json");
  home: typeof import("./pt-PT/home.json");
  language: typeof import("./pt-PT/language.json");
  list: typeof import("./pt-PT/list.json");
  live: typeof import("./pt-PT/live.json");
  mini: typeof import("./pt-PT/mini.json");
  nav: typeof import("./pt-PT/nav.json");
  player: typeof import("./pt-PT/player.json");
  region: typeof import("./pt-PT/region.json");
  schedule: typeof import("./pt-PT/schedule.json");
  results: typeof import("./pt-PT/results.json");
  search: typeof import("./pt-PT/search.json");
  share: typeof import("./pt-PT/share.json");
  sheet: typeof import("./pt-PT/sheet.json");
  site: typeof import("./pt-PT/site.json");
  social: typeof import("./pt-PT/social.json");
  studio: typeof import("./pt-PT/studio.json");
};

export type Subject = keyof European;
type Keys<S extends Subject> = S extends Subject ? keyof European[S] : never;
export type Key = Keys<Subject> & string;
export type Messages = Readonly<Record<string, string>>;

export function loadSubject(locale: Locale, subject: Subject): Promise<Messages> {
  switch (locale) {
    case "pt-PT": return import(`./pt-PT/${subject}.json`).then(plain);
    case "pt-BR": return import(`./pt-BR/${subject}.json`).then(plain);
    case "en": return import(`./en/${subject}.json`).then(plain);
  }
}

export async function loadSubjects(locale: Locale, subjects: readonly Subject[]): Promise<Messages> {
  const loaded = await Promise.all(subjects.map((subject) => loadSubject(locale, subject)));
  return Object.assign({}, ...loaded) as Messages;
}

function plain(module: { default: Messages }): Messages {
  return module.default;
}
