import "server-only";
import { headers } from "next/headers";

// The address visitors use, for canonical links and cards: configured, or as the front door passed it on.
export async function publicOrigin(): Promise<string> {
  if (process.env.LUSO_PUBLIC_URL) return process.env.LUSO_PUBLIC_URL.replace(/\/+$/, "");
  const asked = await headers();
  const host = asked.get("x-forwarded-host") ?? asked.get("host") ?? "localhost:8080";
  const scheme = asked.get("x-forwarded-proto") === "https" ? "https" : "http";
  return /^[\w.:[\]-]+$/.test(host) ? `${scheme}://${host}` : "http://localhost:8080";
}
