import assert from "node:assert/strict";
import { test } from "node:test";
import { commandFor } from "./shortcuts";

const press = (key: string, held: Partial<Record<"shiftKey" | "ctrlKey" | "altKey" | "metaKey", boolean>> = {}) =>
  ({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held });
const onPage = { singleKeys: true, isInPlayer: false }, inPlayer = { singleKeys: true, isInPlayer: true };

test("letters work anywhere on the page, in either case", () => {
  assert.equal(commandFor(press("k"), onPage), "toggle_play");
  assert.equal(commandFor(press("F"), onPage), "fullscreen");
  assert.equal(commandFor(press("c"), onPage), "captions");
  assert.equal(commandFor(press("?", { shiftKey: true }), onPage), "help");
  assert.equal(commandFor(press("S", { shiftKey: true }), onPage), "stats");
});

test("arrows belong to the page unless the player has the focus", () => {
  assert.equal(commandFor(press("ArrowUp"), onPage), null);
  assert.equal(commandFor(press("ArrowUp"), inPlayer), "volume_up");
  assert.equal(commandFor(press("End"), inPlayer), "to_live");
});

test("the browser's own combinations are left alone", () => {
  for (const held of ["ctrlKey", "altKey", "metaKey"] as const) assert.equal(commandFor(press("f", { [held]: true }), inPlayer), null);
  assert.equal(commandFor(press("K", { shiftKey: true }), onPage), null);
});

test("switched off, no letter does anything and named keys need the player's focus", () => {
  const off = { singleKeys: false, isInPlayer: false };
  for (const key of ["k", "m", "f", "t", "i", "c", "j", "l", "?", " "]) assert.equal(commandFor(press(key), off), null, key);
  assert.equal(commandFor(press("S", { shiftKey: true }), off), null);
  assert.equal(commandFor(press(" "), { singleKeys: false, isInPlayer: true }), "toggle_play");
});
