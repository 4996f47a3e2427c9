import { makeCall } from "./call";

// The API as a guest sees it, for what is the same for everybody: sitemaps, share images.
export const API_URL = process.env.LUSO_API_URL ?? "http://127.0.0.1:8080";
const ANSWER_MS_MAX = 5_000;

export const guestApi = makeCall((path, init) =>
  fetch(API_URL + path, { ...init, cache: "no-store", signal: init.signal ?? AbortSignal.timeout(ANSWER_MS_MAX) }));
