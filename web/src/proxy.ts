import { NextResponse, type NextRequest } from "next/server";
import { ASK_HEADER, HUBS, isAmbiguous, LOCALE_HEADER, localeFrom, localeOfHub, negotiate } from "./lib/locale";
import { LOCALE_COOKIE, PREFERENCE_AGE_S } from "./lib/preferences";

// Before every page: settle its language, and give it a content security policy with a nonce of its own. Pages are
// rendered per request anyway (session, language), so the nonce costs no caching; files under /_next/static have none.
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const hub = localeOfHub(pathname);
  if (hub && pathname !== HUBS[hub]) return redirectTo(request, HUBS[hub] + search);
  if (!hub && pathname.length > 1 && pathname.endsWith("/")) return redirectTo(request, pathname.replace(/\/+$/, "") + search);

  const chosen = localeFrom(request.cookies.get(LOCALE_COOKIE)?.value);
  const asked = request.headers.get("accept-language"), negotiated = negotiate(asked);
  const locale = hub ?? chosen ?? negotiated;
  const isForeign = asked !== null && hub !== undefined && hub !== negotiated && !isAmbiguous(asked);
  const isAsked = chosen === undefined && (hub === undefined ? isAmbiguous(asked) : isForeign);
  const policy = contentSecurityPolicy(btoa(crypto.randomUUID()));

  const headers = new Headers(request.headers);
  headers.set(LOCALE_HEADER, locale);
  headers.delete(ASK_HEADER);
  if (isAsked) headers.set(ASK_HEADER, "1");
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("content-language", locale);
  response.headers.set("referrer-policy", "strict-origin-when-cross-origin");
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("permissions-policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()");
  response.headers.append("vary", "Accept-Language, Cookie");
  // A hub answers the question for who was not sure; somebody who chose before, or whose browser says otherwise, only visits.
  if (hub && chosen === undefined && !isAsked) response.cookies.set(LOCALE_COOKIE, hub, { path: "/", maxAge: PREFERENCE_AGE_S, sameSite: "lax" });
  return response;
}

// Next makes the location relative again: behind the front door this process need not know the visitor's name for us.
function redirectTo(request: NextRequest, location: string): NextResponse {
  return NextResponse.redirect(new URL(location.replace(/^\/+/, "/"), request.url), 308);
}

function contentSecurityPolicy(nonce: string): string {
  const scripts = process.env.NODE_ENV === "development" ? "'unsafe-eval'" : "";
  const styles = process.env.NODE_ENV === "development" ? "'unsafe-inline'" : `'nonce-${nonce}'`;
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic' ${scripts}`.trim(),
    `style-src 'self' ${styles}`,
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
  ].join("; ");
}

export const config = { matcher: ["/((?!_next/static|favicon.ico|.*\\.(?:svg|png|jpg|webmanifest|txt|xml)$).*)"] };
