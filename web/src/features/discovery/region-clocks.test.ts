import assert from "node:assert/strict";
import { test } from "node:test";
import { REGIONS } from "../channels/regions";
import { clocksOf } from "./region-clocks";

test("every region has clocks, and they show its own time", () => {
  const noon = new Date("2026-11-22T12:00:00Z");
  for (const code of REGIONS) assert.ok(clocksOf(code, "pt-PT", noon).length > 0, code);
  assert.equal(clocksOf("br", "pt-BR", noon)[0]?.time, "09:00");
  assert.equal(clocksOf("tl", "pt-PT", noon)[0]?.time, "21:00");
  assert.equal(clocksOf("cv", "pt-PT", noon)[0]?.time, "11:00");
});
