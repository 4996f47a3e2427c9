import assert from "node:assert/strict";
import { test } from "node:test";
import { initialsOf, tileOf } from "./tile";

test("initials are those of the first and the last name", () => {
  assert.equal(initialsOf("Ana Maria da Silva"), "AS");
  assert.equal(initialsOf("fado_ao_vivo"), "FV");
  assert.equal(initialsOf("Ângela"), "Â");
  assert.equal(initialsOf("🎸 zé 🎸"), "Z");
  assert.equal(initialsOf("2 Amigos"), "2A");
  assert.equal(initialsOf("🎸"), "");
});

test("a name keeps its tile", () => {
  assert.deepEqual(tileOf("demo"), tileOf("demo"));
  const tiles = new Set(["ana", "rui", "fado", "cabo", "luanda", "dili", "macau", "bahia"].map((name) => JSON.stringify(tileOf(name))));
  assert.ok(tiles.size > 4, "names look alike");
});
