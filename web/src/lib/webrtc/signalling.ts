// Offers and answers over HTTP, as WHEP and WHIP (RFC 9725) share them: one POST makes a session, one DELETE ends it. The
// server is ICE-lite with an address of its own, so nothing has to be trickled to it.

export type Answer = { sdp: string; location: string; iceServers: RTCIceServer[] };
export type Refusal = {
  reason: string;                  // As in api/errors.yaml; "offline" when nobody answered.
  retryAfter_ms: number | null;
  isFinal: boolean;                // Asking again cannot help.
};

const ANSWER_MS_MAX = 8_000;

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
    sdp: await response.text(), location: location ? new URL(location, response.url).href : "",
    iceServers: iceServersOf(response.headers.get("Link")),
  };
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
