import assert from "node:assert/strict";
import { test } from "node:test";
import { LOCALES } from "@/lib/locale";
import { number, pluralOf } from "./numbers";

const COUNTS = [0, 1, 2, 9, 10, 99, 100, 101, 999, 1_000, 1_001, 1_234, 9_999, 10_000, 12_345, 99_999, 100_000, 123_456, 999_999, 1_000_000,
  1_000_001, 2_000_000, 1_500_000, 10_000_000, 1_234_567_890, Number.MAX_SAFE_INTEGER];
const RARE = [-0, -1, -1_234, 0.5, 1.5, 1_234.5, 1e20, Infinity];

for (const locale of LOCALES) {
  test(`${locale}: numbers are written as Intl writes them`, () => {
    const style = new Intl.NumberFormat(locale);
    for (const n of [...COUNTS, ...RARE]) assert.equal(number(locale, n), style.format(n), String(n));
  });

  test(`${locale}: plural forms are those of Intl`, () => {
    const rules = new Intl.PluralRules(locale);
    for (const n of [...COUNTS, ...RARE]) assert.equal(pluralOf(locale, n), rules.select(n), String(n));
  });
}

test("whole numbers do not wake Intl", (context) => {
  context.mock.method(Intl, "NumberFormat", () => { throw new Error("Intl.NumberFormat"); });
  context.mock.method(Intl, "PluralRules", () => { throw new Error("Intl.PluralRules"); });
  assert.equal(number("pt-BR", 12_345), "12.345");
  assert.equal(pluralOf("pt-PT", 12_345), "other");
});
