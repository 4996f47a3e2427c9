// The web client's own words, so that a test names a button as its reader does and survives a better wording.
import { readFileSync, readdirSync } from "node:fs";

export function words(locale = "en") {
  const folder = new URL(`../../web/src/text/${locale}/`, import.meta.url);
  const all = Object.assign({}, ...readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8"))));
  return (key, values = {}) => {
    if (!(key in all)) throw new Error(`the catalogue has no '${key}'`);
    return all[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  };
}
