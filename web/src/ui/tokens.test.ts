import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast } from "./contrast";
import { SHAPE_PAIRS, TEXT_PAIRS } from "./tokens";

const css = readFileSync("src/ui/tokens.css", "utf8");
const strongAt = css.indexOf("@variant strong");

// Every token of one theme, as its colour: "--ink: light-dark(#101a3a, #f3f0e8)" has two, "--sun: #f4b223" one.
function tokensOf(scheme: "light" | "dark", isStrong: boolean): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of [css.slice(0, strongAt), ...(isStrong ? [css.slice(strongAt)] : [])]) {
    for (const [, name = "", light = "", dark] of part.matchAll(/--([\w-]+):\s*(?:light-dark\()?(#[\da-f]{6})(?:,\s*(#[\da-f]{6})\))?;/g)) {
      found.set(name, scheme === "dark" ? (dark ?? light) : light);
    }
  }
  return found;
}

for (const scheme of ["light", "dark"] as const) {
  for (const isStrong of [false, true]) {
    const name = `${isStrong ? "high contrast, " : ""}${scheme}`, tokens = tokensOf(scheme, isStrong);
    const ratioOf = ({ text, on }: { text: string; on: string }) => {
      const [one, other] = [tokens.get(text), tokens.get(on)];
      assert.ok(one && other, `no token ${one ? on : text}`);
      return contrast(one, other);
    };
    test(`${name}: text on its grounds reaches WCAG ${isStrong ? "AAA" : "AA"}`, () => {
      for (const pair of TEXT_PAIRS) {
        const ratio = ratioOf(pair);
        assert.ok(ratio >= (isStrong ? 7 : 4.5), `--${pair.text} on --${pair.on}: ${ratio.toFixed(2)}`);
      }
    });
    test(`${name}: borders of controls and the ring of the focus are seen`, () => {
      for (const pair of SHAPE_PAIRS) assert.ok(ratioOf(pair) >= 3, `--${pair.text} on --${pair.on}: ${ratioOf(pair).toFixed(2)}`);
    });
  }
}

test("contrast is what WCAG says it is", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54");
});
