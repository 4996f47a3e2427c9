import assert from "node:assert/strict";
import { test } from "node:test";
import en from "./en/live.json";
import pt from "./pt-PT/live.json";
import br from "./pt-BR/live.json";
import { format, parse } from "./format";

const NBSP = "\u00a0";
const viewers = (locale: "pt-PT" | "pt-BR" | "en", n: number) =>
  format(locale, { "pt-PT": pt, "pt-BR": br, en }[locale]["live.viewers"], { n });

test("nobody has words of its own, whatever plural class 0 falls in", () => {
  assert.equal(viewers("pt-PT", 0), "Sem espectadores");
  assert.equal(viewers("pt-BR", 0), "Sem espectadores");
  assert.equal(viewers("en", 0), "No viewers");
});

test("one is singular in all three", () => {
  assert.equal(viewers("pt-PT", 1), "1 espectador");
  assert.equal(viewers("pt-BR", 1), "1 espectador");
  assert.equal(viewers("en", 1), "1 viewer");
});

test("a round million asks for de in Portuguese", () => {
  assert.equal(viewers("pt-PT", 1_000_000), `1${NBSP}000${NBSP}000 de espectadores`);
  assert.equal(viewers("pt-BR", 1_000_000), "1.000.000 de espectadores");
  assert.equal(viewers("en", 1_000_000), "1,000,000 viewers");
});

test("a million and one does not ask for de", () => {
  assert.equal(viewers("pt-BR", 1_000_001), "1.000.001 espectadores");
});

test("thousands are grouped as each country groups them", () => {
  assert.equal(viewers("pt-PT", 1234), "1234 espectadores");
  assert.equal(viewers("pt-PT", 12_345), `12${NBSP}345 espectadores`);
  assert.equal(viewers("pt-BR", 1234), "1.234 espectadores");
});

test("values are put in, and a missing one stays visible", () => {
  assert.equal(format("en", "{channel} is offline", { channel: "Ana" }), "Ana is offline");
  assert.equal(format("en", "{channel} is offline"), "{channel} is offline");
});

test("a value that looks like a message is not read as one", () => {
  assert.equal(format("en", "{channel} is offline", { channel: "{x} #" }), "{x} # is offline");
});

test("a # outside a plural is a #", () => {
  assert.equal(format("en", "room #{n}", { n: 7 }), "room #7");
});

test("broken messages are refused when read, not shown half", () => {
  for (const broken of ["{n, plural, one {#}}", "{n, plural, other {#}", "{}", "a } b", "{n, select, other {x}}"]) {
    assert.throws(() => parse(broken), SyntaxError, broken);
  }
});
