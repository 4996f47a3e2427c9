import type { paths as AboutPaths } from "./about.gen";
import type { paths as ChannelPaths } from "./channels.gen";
import type { paths as ChatPaths } from "./chat.gen";
import type { paths as DiscoveryPaths } from "./discovery.gen";
import type { paths as IdentityPaths } from "./identity.gen";
import type { paths as LivePaths } from "./live.gen";
import type { paths as PicturePaths } from "./pictures.gen";
import type { paths as PrivacyPaths } from "./privacy.gen";
import type { paths as SchedulePaths } from "./schedule.gen";
import type { paths as SitemapPaths } from "./sitemap.gen";
import type { paths as StudioPaths } from "./studio.gen";
import type { paths as TeamPaths } from "./team.gen";

// One typed way to call the API, the same in the browser and on the server: the contract's types decide what an
// address takes and gives. Failures are values that carry the reason of api/errors.yaml.

type Paths =
  & AboutPaths
  & ChannelPaths
  & ChatPaths
  & DiscoveryPaths
  & IdentityPaths
  & LivePaths
  & PicturePaths
  & PrivacyPaths
  & SchedulePaths
  & SitemapPaths
  & StudioPaths
  & TeamPaths;
export type Method = "get" | "post" | "put" | "patch" | "delete";
export type PathOf<M extends Method> = {
  [P in keyof Paths]: Paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof Paths];

type Operation<P extends keyof Paths, M extends Method> = Paths[P] extends Record<M, infer O> ? O : never;
type Parameters<O, Where extends "path" | "query"> = O extends { parameters: { [K in Where]?: infer V } } ? V : never;
// What is not JSON is a file, sent as it is under its own type.
type Body<O> = O extends { requestBody: { content: infer C } } ? C extends { "application/json": infer B } ? B : Blob : never;
type Success<O> = O extends { responses: infer R } ? Extract<keyof R, 200 | 201 | 202 | 204> extends infer S
  ? S extends keyof R ? R[S] extends { content: { "application/json": infer D } } ? D : undefined : never
  : never : never;

type Needs<Name extends string, V> = [V] extends [never] | [undefined] ? unknown
  : undefined extends V ? { [K in Name]?: V } : Record<Name, V>;
// A query of which nothing is required need not be there.
type NeedsQuery<V> = [V] extends [never] | [undefined] ? unknown : {} extends V ? { query?: V } : { query: V };
export type CallInput<P extends keyof Paths, M extends Method> =
  Needs<"path", Parameters<Operation<P, M>, "path">> &
  NeedsQuery<Parameters<Operation<P, M>, "query">> &
  Needs<"body", Body<Operation<P, M>>> &
  { signal?: AbortSignal; keepalive?: boolean };

export type CallError = {
  reason: string;          // A key of api/errors.yaml, or web.offline when no answer came at all.
  message: string;
  status: number;          // 0 when no answer came.
  field?: string;          // Which field of the request is meant, when one is.
  retry_after_s?: number;  // How long a rate limit asks to wait.
};
export type CallResult<T> = { ok: true; data: T } | { ok: false; error: CallError };

export type Transport = (path: string, init: RequestInit) => Promise<Response>;
export type Call = <M extends Method, P extends PathOf<M> & string>(
  method: M, path: P, ...input: {} extends Omit<CallInput<P, M>, "signal" | "keepalive">
    ? [CallInput<P, M>?] : [CallInput<P, M>]
) => Promise<CallResult<Success<Operation<P, M>>>>;

type LooseInput = {
  path?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown; signal?: AbortSignal; keepalive?: boolean;
};

export function address(pattern: string, input: Pick<LooseInput, "path" | "query">): string {
  const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input.path?.[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `${path}?${query}` : path;
}

export function makeCall(transport: Transport): Call {
  const call = async (method: Method, pattern: string, input: LooseInput = {}): Promise<CallResult<unknown>> => {
    let response: Response;
    try {
      response = await transport(address(pattern, input), {
        method: method.toUpperCase(),
        headers: input.body === undefined || input.body instanceof Blob ? {} : { "content-type": "application/json" },
        body: input.body === undefined || input.body instanceof Blob ? input.body : JSON.stringify(input.body),
        signal: input.signal,
        keepalive: input.keepalive,
      });
    } catch {
      return { ok: false, error: { reason: "web.offline", message: "", status: 0 } };
    }
    return read(response);
  };
  return call as Call;
}

export async function read(response: Response): Promise<CallResult<unknown>> {
  const text = await response.text().catch(() => "");
  let parsed: unknown;
  try {
    parsed = text === "" ? undefined : JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (response.ok) return { ok: true, data: parsed };
  const error = (parsed as { error?: { reason?: string; message?: string; field?: string } } | undefined)?.error;
  const wait = Number(response.headers.get("retry-after"));
  return {
    ok: false,
    error: {
      reason: error?.reason ?? "api.internal",
      message: error?.message ?? "",
      status: response.status,
      ...(error?.field ? { field: error.field } : {}),
      ...(wait > 0 ? { retry_after_s: wait } : {}),
    },
  };
}
