import assert from "node:assert/strict";
import { test } from "node:test";
import { durationIn, sinceIn } from "./time";

test("the past is told in the largest whole unit", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  assert.equal(sinceIn("pt-PT", "2026-11-22T11:55:00Z", now), "há 5 minutos");
  assert.equal(sinceIn("pt-BR", "2026-11-22T10:59:59Z", now), "há 1 hora");
  assert.equal(sinceIn("en", "2026-11-19T12:00:00Z", now), "3 days ago");
});

test("a clock that runs ahead does not make things start in the future", () => {
  assert.equal(sinceIn("en", "2026-11-22T12:00:05Z", Date.parse("2026-11-22T12:00:00Z")), "0 seconds ago");
});

test("a wait is told so that one can plan", () => {
  assert.equal(durationIn("pt-PT", 95), "1 minuto e 35 segundos");
  assert.equal(durationIn("pt-BR", 1_260), "21 minutos");
  assert.equal(durationIn("en", 3_900), "1 hour and 5 minutes");
  assert.equal(durationIn("pt-PT", 0), "0 segundos");
});
