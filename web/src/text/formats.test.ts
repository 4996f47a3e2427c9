import assert from "node:assert/strict";
import { test } from "node:test";
import type { Region as Said } from "@/lib/api/types";
import { clockTime, currencyOf, formatTag, money, namedDate, weekStartOf } from "./formats";
import { number, pluralOf } from "./numbers";

type Region = NonNullable<Said>;
const NBSP = "\u00a0";
const AFRICA_AND_ASIA: Region[] = ["ao", "mz", "cv", "gw", "st", "tl", "mo"];
const NOON = new Date("2026-04-03T12:05:00Z");

test("the diaspora is not silently formatted as Brazil", () => {
  assert.equal(formatTag("pt-PT", "diaspora"), "pt-PT");
  assert.equal(money(formatTag("pt-PT", "diaspora"), 123_450, "EUR"), `1234,50${NBSP}€`);
  assert.equal(money("pt-FR", 123_450, "EUR"), `€${NBSP}1.234,50`, "Intl has learnt French Portuguese: the map may go");
});

test("every tag we ask with is one Intl knows as itself", () => {
  for (const region of [...AFRICA_AND_ASIA, "pt", "br", "diaspora", null] as const) {
    for (const locale of ["pt-PT", "pt-BR", "en"] as const) {
      const tag = formatTag(locale, region);
      assert.equal(new Intl.NumberFormat(tag).resolvedOptions().locale, tag);
    }
  }
});

test("counts in Africa, Asia and Oceania are written as in Portugal", () => {
  for (const region of AFRICA_AND_ASIA) assert.equal(number(formatTag("pt-PT", region), 1_234_567), `1${NBSP}234${NBSP}567`, String(region));
});

test("plurals follow the catalogue, never the country: Intl counts nobody in Luanda as one", () => {
  assert.equal(new Intl.PluralRules("pt-AO").select(0), "one");
  assert.equal(pluralOf("pt-PT", 0), "other");
  assert.equal(pluralOf("pt-PT", 1), "one");
  assert.equal(pluralOf("pt-PT", 1_000_000), "many");
});

test("money is written as at home, with nothing invisible in it", () => {
  const cases: [Region, string][] = [
    ["pt", `1234,50${NBSP}€`], ["br", `R$${NBSP}1.234,50`], ["ao", `1${NBSP}234,50${NBSP}Kz`], ["cv", "1234$50"], ["mz", `1234,50${NBSP}MTn`],
    ["st", `1234,50${NBSP}Db`], ["tl", `1234,50${NBSP}US$`], ["mo", `1234,50${NBSP}MOP$`],
  ];
  for (const [region, written] of cases) assert.equal(money(formatTag(region === "br" ? "pt-BR" : "pt-PT", region), 123_450, currencyOf(region)), written);
  assert.equal(money("pt-GW", 1_235, currencyOf("gw")), `1235${NBSP}F\u202fCFA`, "francs have no cents");
});

test("a date names its month, and the clock has 24 hours also in Macau", () => {
  for (const region of [...AFRICA_AND_ASIA, "pt", "diaspora"] as Region[]) {
    assert.match(namedDate(formatTag("pt-PT", region), NOON, "UTC"), / de abril de /, String(region));
    assert.equal(clockTime(formatTag("pt-PT", region), NOON, "UTC"), "12:05", String(region));
  }
  assert.match(namedDate("en", NOON, "UTC"), /April/);
});

test("the week begins where the country begins it", () => {
  for (const region of ["ao", "cv", "gw", "st", "tl"] as const) assert.equal(weekStartOf(region), 1);
  for (const region of ["pt", "br", "mz", "mo", "diaspora", null] as const) assert.equal(weekStartOf(region), 7);
});
