import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { format, parse } from "./format";

const LOCALES = ["pt-PT", "pt-BR", "en"];

test("every message of every language parses, and its plurals speak for 0, 1, 2 and a million", () => {
  let checked = 0;
  for (const locale of LOCALES) {
    for (const file of readdirSync(`src/text/${locale}`)) {
      const messages = JSON.parse(readFileSync(`src/text/${locale}/${file}`, "utf8")) as Record<string, string>;
      for (const [key, message] of Object.entries(messages)) {
        assert.doesNotThrow(() => parse(message), `${locale} ${key}`);
        for (const n of message.includes("plural,") ? [0, 1, 2, 1_000_000] : []) {
          assert.match(format(locale, message, { n }), /\p{L}/u, `${locale} ${key} ${n}`);
        }
        checked++;
      }
    }
  }
  assert.ok(checked > 1000, `only ${checked} messages found`);
});
