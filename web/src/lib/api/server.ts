import "server-only";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { OWN_COOKIES } from "../preferences";
import { type CallResult, makeCall } from "./call";
import { API_URL } from "./guest";
import type { Account } from "./types";

// The API from a server component: the viewer's cookie, language and address go along (what is limited is theirs, not ours), and where the request came from, so that only
// our own pages may change things; a page never waits long.
const ANSWER_MS_MAX = 5_000;

export const api = makeCall(async (path, init) => {
  const asked = await headers();
  const forwarded = new Headers(init.headers);
  for (const name of ["cookie", "accept-language", "sec-fetch-site", "x-forwarded-for"]) {
    const value = asked.get(name);
    if (value) forwarded.set(name, value);
  }
  return fetch(API_URL + path, {
    ...init, headers: forwarded, cache: "no-store", signal: init.signal ?? AbortSignal.timeout(ANSWER_MS_MAX),
  });
});

// Who is looking, or nobody; or why that could not be told. Asked once a page, and only when there is a cookie that could be
// a session. For pages that are somebody's: whose session is not known is not sent to sign in again.
export const asking = cache(async (): Promise<CallResult<Account | null>> => {
  const jar = await cookies();
  if (!jar.getAll().some((cookie) => !OWN_COOKIES.has(cookie.name))) return { ok: true, data: null };
  const account = await api("get", "/api/v1/account");
  return account.ok || account.error.status !== 401 ? account : { ok: true, data: null };
});

// For pages that are everybody's: in doubt, nobody.
export async function viewer(): Promise<Account | null> {
  const account = await asking();
  return account.ok ? account.data : null;
}
