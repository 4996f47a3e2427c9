import { NextResponse, type NextRequest } from "next/server";
import { EMBED_HEADER, embeddedChannel, frameAncestors, THEME_HEADER, themeOfEmbed } from "./lib/embed";
import { ASK_HEADER, HUB_HEADER, hubOfPage, HUBS, isAmbiguous, LOCALE_HEADER, localeFrom, localeOfHub, negotiate } from "./lib/locale";
import { LOCALE_COOKIE, PREFERENCE_AGE_S } from "./lib/preferences";

const API_URL = process.env.LUSO_API_URL ?? "http://127.0.0.1:8080";
const EMBED_HOSTS_MS_MAX = 3_000;

// What the studio and the player use is ours alone; what nobody uses is nobody's.
const PERMISSIONS = [
  ...["autoplay", "camera", "display-capture", "fullscreen", "microphone", "picture-in-picture", "screen-wake-lock"].map((feature) => `${feature}=(self)`),
  ...["accelerometer", "geolocation", "gyroscope", "hid", "magnetometer", "midi", "payment", "serial", "usb"].map((feature) => `${feature}=()`),
].join(", ");

// Before every page: settle its language, and give it a content security policy with a nonce of its own. Pages are
// rendered per request anyway (session, language), so the nonce costs no caching; files under /_next/static have none.
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, search, searchParams } = request.nextUrl;
  const home = localeOfHub(pathname);
  const hub = home ?? hubOfPage(pathname);
  if (home && pathname !== HUBS[home]) return redirectTo(request, HUBS[home] + search);
  if (!hub && pathname.length > 1 && pathname.endsWith("/")) return redirectTo(request, pathname.replace(/\/+$/, "") + search);

  const chosen = localeFrom(request.cookies.get(LOCALE_COOKIE)?.value);
  const asked = request.headers.get("accept-language"), negotiated = negotiate(asked);
  const embedded = embeddedChannel(pathname);
  const locale = hub ?? (embedded ? localeFrom(searchParams.get("lang")) : undefined) ?? chosen ?? negotiated;
  const isForeign = asked !== null && hub !== undefined && hub !== negotiated && !isAmbiguous(asked);
  const isAsked = chosen === undefined && (hub === undefined ? isAmbiguous(asked) : isForeign);
  const ancestors = frameAncestors(embedded ? await embedHosts(embedded) : null);
  const policy = contentSecurityPolicy(btoa(crypto.randomUUID()), ancestors);

  const headers = new Headers(request.headers);
  headers.set(LOCALE_HEADER, locale);
  headers.delete(ASK_HEADER);
  headers.delete(HUB_HEADER);
  if (hub) headers.set(HUB_HEADER, hub);
  if (isAsked) headers.set(ASK_HEADER, "1");
  headers.set("content-security-policy", policy);
  headers.delete(EMBED_HEADER);
  headers.delete(THEME_HEADER);
  if (embedded) {
    headers.set(EMBED_HEADER, embedded);
    const theme = themeOfEmbed(searchParams);
    if (theme) headers.set(THEME_HEADER, theme);
  }
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("content-language", locale);
  response.headers.set("referrer-policy", "strict-origin-when-cross-origin");
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("permissions-policy", PERMISSIONS);
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.append("vary", "Accept-Language, Cookie");
  // A hub answers the question for who was not sure; somebody who chose before, or whose browser says otherwise, only visits.
  if (hub && chosen === undefined && !isAsked) response.cookies.set(LOCALE_COOKIE, hub, { path: "/", maxAge: PREFERENCE_AGE_S, sameSite: "lax" });
  return response;
}

// Next makes the location relative again: behind the front door this process need not know the visitor's name for us.
function redirectTo(request: NextRequest, location: string): NextResponse {
  return NextResponse.redirect(new URL(location.replace(/^\/+/, "/"), request.url), 308);
}

// Who may hold this channel's player in a frame. A server that does not answer means nobody but us.
async function embedHosts(username: string): Promise<readonly string[] | null> {
  try {
    const answer = await fetch(`${API_URL}/api/v1/channels/${username}/about`, { cache: "no-store", signal: AbortSignal.timeout(EMBED_HOSTS_MS_MAX) });
    return answer.ok ? ((await answer.json()) as { embed_hosts: string[] }).embed_hosts : null;
  } catch {
    return null;
  }
}

function contentSecurityPolicy(nonce: string, ancestors: string): string {
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
    `frame-ancestors ${ancestors}`,
  ].join("; ");
}

export const config = { matcher: ["/((?!_next/static|favicon.ico|.*\\.(?:svg|png|jpg|webmanifest|txt|xml)$).*)"] };
