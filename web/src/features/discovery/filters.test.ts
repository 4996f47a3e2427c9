import assert from "node:assert/strict";
import { test } from "node:test";
import { filtersFrom, hrefOf, isFiltered, queryOf } from "./filters";

test("an address becomes filters and the same address again", () => {
  const filters = filtersFrom({ category: "fado", language: "pt-PT", region: "cv", ours: "1", sort: "recent" });
  assert.equal(hrefOf("/", filters), "/?category=fado&language=pt-PT&region=cv&ours=1&sort=recent");
  assert.deepEqual(queryOf(filters), { live: true, category: "fado", language: "pt-PT", region: "cv", portuguese_focused: true, sort: "recent" });
});

test("what is no filter is none", () => {
  const filters = filtersFrom({ language: "klingon", region: "xx", ours: "yes", sort: "viewers", category: ["a", "b"], other: "1" });
  assert.equal(hrefOf("/pt-br/", filters), "/pt-br/");
  assert.equal(isFiltered(filters), false);
});

test("an order narrows nothing", () => assert.equal(isFiltered(filtersFrom({ sort: "recent" })), false));
