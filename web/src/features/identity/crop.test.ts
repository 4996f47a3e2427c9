import assert from "node:assert/strict";
import { test } from "node:test";
import { centred, kept, partOf, ZOOM_MAX } from "./crop";

const photo = { width: 4000, height: 3000 }, square = { width: 512, height: 512 }, wide = { width: 1200, height: 400 };

test("at first the largest middle part stays", () => {
  assert.deepEqual(partOf(centred(photo), photo, square), { left: 500, top: 0, width: 3000, height: 3000 });
  const part = partOf(centred(photo), photo, wide);
  assert.equal(part.width, 4000);
  assert.equal(Math.round(part.height), 1333);
});

test("a crop never shows what is outside the picture", () => {
  for (const far of [{ x: -900, y: -900, zoom: 1 }, { x: 9000, y: 9000, zoom: 2 }, { x: 2000, y: 1500, zoom: 0.1 }]) {
    const part = partOf(kept(far, photo, wide), photo, wide);
    assert.ok(part.left >= -1e-9 && part.top >= -1e-9);
    assert.ok(part.left + part.width <= photo.width + 1e-9 && part.top + part.height <= photo.height + 1e-9);
  }
});

test("the zoom has an end", () => {
  assert.equal(kept({ x: 2000, y: 1500, zoom: 99 }, photo, square).zoom, ZOOM_MAX);
});
