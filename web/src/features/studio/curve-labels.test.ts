import assert from "node:assert/strict";
import { test } from "node:test";
import { clockLabels } from "./curve-labels";

test("a point is called by its hour", () => {
  assert.deepEqual(clockLabels("pt-PT", ["2026-11-22T20:05:00Z", "2026-11-22T20:06:00Z"], "UTC"), ["20:05", "20:06"]);
});

test("no two points of a long broadcast have one name", () => {
  const day = clockLabels("pt-BR", ["2026-11-22T20:00:00Z", "2026-11-23T20:00:00Z"], "UTC");
  assert.equal(new Set(day).size, 2);
});
