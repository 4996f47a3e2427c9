import type { NextRequest } from "next/server";
import { HUBS, localeFrom, localeOfHub } from "@/lib/locale";
import { LOCALE_COOKIE, PREFERENCE_AGE_S } from "@/lib/preferences";

// Changes the interface's language and goes back to where the reader was; works without script.
export async function GET(request: NextRequest, { params }: { params: Promise<{ locale: string }> }): Promise<Response> {
  const locale = localeFrom((await params).locale);
  const headers = new Headers({ location: locale ? backTo(request, HUBS[locale]) : "/", "cache-control": "no-store" });
  if (locale) headers.set("set-cookie", `${LOCALE_COOKIE}=${locale}; Path=/; Max-Age=${PREFERENCE_AGE_S}; SameSite=Lax`);
  return new Response(null, { status: 303, headers });
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
