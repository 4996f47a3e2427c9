import "server-only";
import { cookies, headers } from "next/headers";
import { cache } from "react";
import { OWN_COOKIES } from "../preferences";
import { makeCall } from "./call";
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

// Who is looking, or nobody. Asked once a page, and only when there is a cookie that could be a session.
export const viewer = cache(async (): Promise<Account | null> => {
  const jar = await cookies();
  if (!jar.getAll().some((cookie) => !OWN_COOKIES.has(cookie.name))) return null;
  const account = await api("get", "/api/v1/account");
  return account.ok ? account.data : null;
});
