// Each language names itself; these are never translated.
export const LOCALE_NAMES = { "pt-PT": "Português (Portugal)", "pt-BR": "Português (Brasil)", en: "English" } as const;
