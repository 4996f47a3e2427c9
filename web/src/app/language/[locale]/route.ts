import type { NextRequest } from "next/server";
import { api, viewer } from "@/lib/api/server";
import { HUBS, localeFrom, localeOfHub, type Locale } from "@/lib/locale";
import { LOCALE_COOKIE, PREFERENCE_AGE_S } from "@/lib/preferences";

// Changes the interface's language, here and in the account, and goes back to where the reader was; works without script.
export async function GET(request: NextRequest, { params }: { params: Promise<{ locale: string }> }): Promise<Response> {
  const locale = localeFrom((await params).locale);
  if (locale && isFromOwnPage(request)) await keepInAccount(locale);
  const headers = new Headers({ location: locale ? backTo(request, HUBS[locale]) : "/", "cache-control": "no-store" });
  if (locale) headers.set("set-cookie", `${LOCALE_COOKIE}=${locale}; Path=/; Max-Age=${PREFERENCE_AGE_S}; SameSite=Lax`);
  return new Response(null, { status: 303, headers });
}

// Somebody else's link may lead here; then only this browser changes, which is seen at once and undone as easily.
function isFromOwnPage(request: NextRequest): boolean {
  return request.headers.get("sec-fetch-site") === "same-origin";
}

// When the account cannot be reached the cookie still holds, and the next choice writes both.
async function keepInAccount(locale: Locale): Promise<void> {
  const account = await viewer();
  if (account && account.locale !== locale) await api("patch", "/api/v1/account", { body: { locale } });
}

function backTo(request: NextRequest, hub: string): string {
  try {
    const from = new URL(request.headers.get("referer") ?? "");
    const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
    if (from.host !== host || from.pathname.startsWith("//")) return "/";
    return localeOfHub(from.pathname) ? hub : from.pathname + from.search;
  } catch {
    return "/";
  }
}
