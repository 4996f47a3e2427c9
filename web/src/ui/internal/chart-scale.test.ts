import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleFor } from "./chart-scale";

test("the top of an axis is round, whole and never below the greatest value", () => {
  for (const greatest of [0, 1, 3, 4, 5, 7, 9, 10, 11, 37, 99, 100, 101, 999, 1_234, 50_000, 1_000_001]) {
    const { top, ticks } = scaleFor(greatest);
    assert.ok(top >= greatest, `${greatest}: ${top}`);
    assert.ok(top <= Math.max(4, greatest * 2.5), `${greatest}: ${top} leaves the plot empty`);
    assert.ok(ticks.every(Number.isInteger), `${greatest}: ${ticks.join()}`);
    assert.equal(ticks.at(-1), top);
  }
});
