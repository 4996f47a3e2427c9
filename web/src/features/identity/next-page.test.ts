import assert from "node:assert/strict";
import { test } from "node:test";
import { safeNext } from "./next-page";

test("after signing in one lands on a path of ours, never on another site", () => {
  assert.equal(safeNext("/@ana?x=1"), "/@ana?x=1");
  for (const bad of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", undefined, ["/a"]]) {
    assert.equal(safeNext(bad), "/", String(bad));
  }
});
