import assert from "node:assert/strict";
import { test } from "node:test";
import { pairsOf } from "./caption-pairs";
import { Cea608, type CaptionScreen } from "./cea608";

type Said = { lines: readonly string[]; at_s: number; isGrowing: boolean; isTop: boolean };

function decode(...pairs: (readonly [number, number] | string)[]): Said[] {
  const said: Said[] = [];
  const decoder = new Cea608(({ lines, isTop }: CaptionScreen, at_s, isGrowing) => said.push({ lines, isTop, at_s, isGrowing }));
  let at_s = 0;
  for (const pair of pairs) {
    const bytes = typeof pair === "string" ? [...pair].map((letter) => letter.charCodeAt(0)) : [...pair];
    for (let i = 0; i < bytes.length; i += 2) decoder.take(bytes[i] ?? 0, bytes[i + 1] ?? 0, at_s++);
  }
  return said;
}
const RCL = [0x14, 0x20] as const, ENM = [0x14, 0x2e] as const, EOC = [0x14, 0x2f] as const, EDM = [0x14, 0x2c] as const;
const RU2 = [0x14, 0x25] as const, CR = [0x14, 0x2d] as const, RDC = [0x14, 0x29] as const;
const ROW_1 = [0x11, 0x40] as const, ROW_14 = [0x14, 0x50] as const, ROW_15 = [0x14, 0x70] as const;
const last = (said: Said[]) => said.at(-1)?.lines;

test("a caption is written out of sight and shown at once", () => {
  const said = decode(RCL, RCL, ENM, ENM, ROW_14, "Boa noite", ROW_15, "Lisboa", EOC, EOC);

  assert.deepEqual(said, [{ lines: ["Boa noite", "Lisboa"], at_s: 14, isGrowing: false, isTop: false }]);
});

test("it goes when it is erased, and the next takes its place", () => {
  const said = decode(RCL, ROW_15, "Um", EOC, RCL, ENM, ROW_15, "Dois", EOC, EDM);

  assert.deepEqual(said.map(({ lines }) => lines), [["Um"], ["Dois"], []]);
});

test("a control code that comes twice counts once, three times twice", () => {
  const tab = [0x17, 0x22] as const, back = [0x14, 0x21] as const;
  assert.deepEqual(last(decode(RCL, ROW_15, "ab", tab, tab, "c", EOC)), ["ab  c"]);
  assert.deepEqual(last(decode(RCL, ROW_15, "abcd", back, back, back, EOC)), ["ab"]);
});

test("Portuguese has its letters", () => {
  const extended = (set: number, code: number) => [[set, code], [set, code]] as const;
  const said = decode(RCL, ROW_15, "Aten", [0x7b, 0], "a", ...extended(0x13, 0x21), "o", [0x11, 0x3c], [0x2a, 0x5c], [0x5e, 0x5f], [0x60, 0], "C", ...extended(0x12, 0x32), EOC);

  assert.deepEqual(last(said), ["Atençãoêáéíóú" + "Ç"]);
});

test("rolling captions grow letter by letter and keep the line before", () => {
  const said = decode(RU2, RU2, CR, ROW_15, "Boa ", CR, ROW_15, "noit", CR, "fim!");

  assert.deepEqual(said.filter(({ isGrowing }) => !isGrowing).map(({ lines }) => lines), [[], ["Boa"], ["noit"]]);
  assert.deepEqual(last(said), ["noit", "fim!"]);
});

test("painted captions are seen while they are written", () => {
  assert.deepEqual(decode(RDC, ROW_1, "Olá!").at(0), { lines: ["Ol"], isTop: true, at_s: 2, isGrowing: true });
});

test("the other service, text mode and what comes before any style are not ours", () => {
  assert.deepEqual(decode("so", ROW_15, "what"), []);
  assert.deepEqual(decode([0x1c, 0x29], [0x1c, 0x70], "CC2!", RDC, ROW_15, "CC1!").map(({ lines }) => lines), [["CC"], ["CC1!"]]);
  assert.deepEqual(decode(RDC, [0x14, 0x2b], "text"), []);
});

test("any bytes are borne", () => {
  let seed = 7;
  const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648) % 256;
  const decoder = new Cea608(({ lines }) => { assert.ok(lines.length <= 15); for (const line of lines) assert.ok(line.length <= 32); });
  for (let i = 0; i < 200_000; i++) decoder.take(next(), next(), i);
});

test("only valid pairs of field 1 that say something are taken from a picture's user data", () => {
  const bytes = Uint8Array.from([0xc4, 0xff, 0xfc, 0x94, 0x20, 0xfd, 0x94, 0x20, 0xfc, 0x80, 0x80, 0xf8, 0x94, 0x20]);

  assert.deepEqual(pairsOf({ type: 3, pts: 0, bytes }), [[0x94, 0x20]]);
  assert.deepEqual(pairsOf({ type: 6, pts: 0, bytes }), []);
  assert.deepEqual(pairsOf({ type: 3, pts: 0, bytes: Uint8Array.of(0x41) }), []);
});
