// The choices this client keeps in cookies, so that the server renders the first paint right.
export const LOCALE_COOKIE = "luso_locale";
export const THEME_COOKIE = "luso_theme";
export const THEATRE_COOKIE = "luso_theatre";
export const OWN_COOKIES: ReadonlySet<string> = new Set([LOCALE_COOKIE, THEME_COOKIE, THEATRE_COOKIE]);
export const PREFERENCE_AGE_S = 365 * 24 * 3600;

export const THEMES = ["system", "light", "dark", "contrast"] as const;
export type Theme = (typeof THEMES)[number];

export function themeFrom(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

// In the browser: the account's language becomes this browser's.
export function rememberLocale(locale: string): void {
  document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=${PREFERENCE_AGE_S}; samesite=lax`;
}
