import { createHash } from "node:crypto";
import { LOCALES, type Locale } from "../locale";

// The share image of a category or a region: its name on a wall of its own glaze. The address says which and in what
// language, and what it shows, so that another name is another address. A channel's begins with a letter or a digit.
export type Place = { kind: "categories" | "regions"; code: string };
export type PlaceFacts = Place & { locale: Locale; title: string; detail: string };

const DRAWING = 1;   // Of card.ts: one more makes every image anew.
const VERSION_LENGTH = 16;
const FOLDER = /^~(categories|regions)\.([a-z0-9-]{2,50})\.(pt-PT|pt-BR|en)$/;

export function placePath({ kind, code, locale, ...said }: PlaceFacts): string {
  const version = createHash("sha256").update(JSON.stringify({ kind, code, locale, ...said, drawing: DRAWING })).digest("hex").slice(0, VERSION_LENGTH);
  return `/share/~${kind}.${code}.${locale}/${version}.jpg`;
}

export function placeOf(folder: string): (Place & { locale: Locale }) | null {
  const [, kind, code = "", language] = FOLDER.exec(folder) ?? [];
  const locale = LOCALES.find((one) => one === language);
  return locale ? { kind: kind === "regions" ? "regions" : "categories", code, locale } : null;
}
