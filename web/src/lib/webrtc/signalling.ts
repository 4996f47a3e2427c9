// Offers and answers over HTTP, as WHEP and WHIP (RFC 9725) share them: one POST makes a session, one PATCH
// carries it to another network, one DELETE ends it. The server is ICE-lite with an address of its own: nothing is trickled.

export type Answer = { sdp: string; location: string; etag: string; iceServers: RTCIceServer[] };
export type Refusal = {
  reason: string;                  // As in api/errors.yaml; "offline" when nobody answered.
  retryAfter_ms: number | null;
  isFinal: boolean;                // Asking again cannot help.
};

const ANSWER_MS_MAX = 8_000, PATCH_MS_MAX = 3_000;

export class SignallingError extends Error {
  constructor(readonly refusal: Refusal) { super(refusal.reason); }
}

export async function postOffer(url: string, sdp: string, options: { token?: string; signal?: AbortSignal } = {}): Promise<Answer> {
  const headers = new Headers({ "Content-Type": "application/sdp", Accept: "application/sdp" });
  if (options.token) headers.set("Authorization", `Bearer ${options.token}`);
  const deadline = AbortSignal.timeout(ANSWER_MS_MAX);
  const response = await fetch(url, {
    method: "POST", headers, body: sdp, credentials: "same-origin", cache: "no-store",
    signal: options.signal ? AbortSignal.any([options.signal, deadline]) : deadline,
  }).catch(() => { throw new SignallingError({ reason: "offline", retryAfter_ms: null, isFinal: false }); });
  if (response.status !== 201) throw new SignallingError(refusalOf(response.status, response.headers, await response.text().catch(() => "")));
  const location = response.headers.get("Location");
  return {
    sdp: await response.text(), location: location ? new URL(location, response.url).href : "", etag: response.headers.get("ETag") ?? "*",
    iceServers: iceServersOf(response.headers.get("Link")),
  };
}

// Starts ICE over after the network changed (RFC 9725, 4.4.2): our new credentials for the server's. Null when it will not.
export async function patchIce(session: Pick<Answer, "location" | "etag">, fragment: string): Promise<{ fragment: string; etag: string } | null> {
  const response = await fetch(session.location, {
    method: "PATCH", headers: { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": session.etag }, body: fragment,
    credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATCH_MS_MAX),
  }).catch(() => null);
  return response?.status === 200 ? { fragment: await response.text(), etag: response.headers.get("ETag") ?? "*" } : null;
}

// RFC 8840, 9: the credentials of an offer, and the first media they are for.
export function iceFragmentOf(sdp: string): string {
  const [ufrag = "", pwd = ""] = ["ice-ufrag", "ice-pwd"].map((name) => attribute(sdp, name));
  const media = /^m=.*$/m.exec(sdp)?.[0].trim() ?? "", mid = attribute(sdp, "mid");
  return [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, media, `a=mid:${mid}`, ""].join("\r\n");
}

// The answer we have, with the credentials the server now goes by.
export function withIceOf(sdp: string, fragment: string): string | null {
  const ufrag = attribute(fragment, "ice-ufrag"), pwd = attribute(fragment, "ice-pwd");
  if (!ufrag || !pwd) return null;
  return sdp.replace(/^a=ice-ufrag:.*$/gm, () => `a=ice-ufrag:${ufrag}`).replace(/^a=ice-pwd:.*$/gm, () => `a=ice-pwd:${pwd}`);
}

function attribute(sdp: string, name: string): string {
  return new RegExp(`^a=${name}:(\\S+)`, "m").exec(sdp)?.[1] ?? "";
}

// Also while the page goes away.
export function deleteSession(location: string): void {
  if (location) void fetch(location, { method: "DELETE", keepalive: true, credentials: "same-origin" }).catch(() => {});
}

const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 406, 415, 501]);
const PASSING_REASONS: ReadonlySet<string> = new Set(["media.not_found"]);   // A server that has just restarted says so too.

export function refusalOf(status: number, headers: Pick<Headers, "get">, body: string): Refusal {
  const after_s = Number(headers.get("Retry-After") ?? NaN);
  const reason = reasonIn(body) ?? "api.internal";
  return {
    reason, retryAfter_ms: headers.get("Retry-After") !== null && Number.isFinite(after_s) ? after_s * 1000 : null,
    isFinal: FINAL_STATUSES.has(status) && !PASSING_REASONS.has(reason),
  };
}

function reasonIn(body: string): string | null {
  try {
    const reason: unknown = (JSON.parse(body) as { error?: { reason?: unknown } }).error?.reason;
    return typeof reason === "string" ? reason : null;
  } catch {
    return null;
  }
}

// RFC 9725, 4.6: <turn:example.net>; rel="ice-server"; username="…"; credential="…"; credential-type="password"
export function iceServersOf(link: string | null): RTCIceServer[] {
  const servers: RTCIceServer[] = [];
  for (const [, url = "", rest = ""] of (link ?? "").matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^",;\s]+))*)/g)) {
    const parameters = Object.fromEntries([...rest.matchAll(/;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",;\s]+))/g)]
      .map(([, name = "", quoted, plain]) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? ""]));
    if (parameters.rel !== "ice-server") continue;
    const { username, credential } = parameters;
    servers.push(username ? { urls: url, username, credential } : { urls: url });
  }
  return servers;
}
