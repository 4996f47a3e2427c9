import assert from "node:assert/strict";
import { test } from "node:test";
import { momentIn, untilIn, zoneName } from "./moments";

const now = Date.parse("2026-11-22T12:00:00Z");
const after = (seconds: number) => new Date(now + seconds * 1000).toISOString();

test("a countdown is as exact as it matters", () => {
  assert.equal(untilIn("pt-PT", after(45), now), "45 segundos");
  assert.equal(untilIn("pt-PT", after(2 * 3600 + 5 * 60 + 59), now), "2 horas e 5 minutos");
  assert.equal(untilIn("pt-BR", after(3 * 86_400 + 4 * 3600), now), "3 dias e 4 horas");
  assert.equal(untilIn("en", after(20 * 86_400 + 4 * 3600), now), "20 days");
});

test("nothing is left of a moment that has come", () => {
  assert.equal(untilIn("en", after(0), now), null);
  assert.equal(untilIn("en", after(-60), now), null);
  assert.equal(untilIn("en", "never", now), null);
});

test("the same moment on two clocks", () => {
  assert.match(momentIn("pt-PT", "2026-11-22T21:00:00Z", "Europe/Lisbon"), /22 de novembro.*21:00/);
  assert.match(momentIn("pt-BR", "2026-11-22T21:00:00Z", "America/Sao_Paulo"), /22 de novembro.*18:00/);
});

test("a zone is called by its name", () => {
  assert.match(zoneName("pt-BR", "America/Sao_Paulo"), /Brasília/);
});
