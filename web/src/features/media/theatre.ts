import { PREFERENCE_AGE_S, THEATRE_COOKIE } from "@/lib/preferences";

// The picture over the whole width. Kept in a cookie, so that the next page comes as wide as this one was left.
export function toggleTheatre(): void {
  const page = document.querySelector<HTMLElement>(".watch");
  if (!page) return;
  const isOn = page.dataset.theatre === undefined;
  if (isOn) page.dataset.theatre = "on"; else delete page.dataset.theatre;
  document.cookie = `${THEATRE_COOKIE}=${isOn ? "1" : "0"}; path=/; max-age=${PREFERENCE_AGE_S}; samesite=lax`;
}
