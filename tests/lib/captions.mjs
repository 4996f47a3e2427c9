// Captions as broadcasters' encoders send them: CEA-608 byte pairs in the SEI of H.264 pictures (ATSC A/53 Part 4, 6.2.3),
// written into a finished FLV, because ffmpeg has no encoder of them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fixture } from "./world.mjs";

const withParity = (byte) => { let ones = 0; for (let bit = 0; bit < 7; bit++) ones += (byte >> bit) & 1; return ones % 2 === 0 ? byte | 0x80 : byte; };

// CEA-608-E, tables 5 to 9: what is not the same in ASCII. Others are two codes: a letter for old decoders, and what replaces it.
const kBasic = { á: 0x2a, é: 0x5c, í: 0x5e, ó: 0x5f, ú: 0x60, ç: 0x7b };
const kExtended = { ã: [0x13, 0x21, "a"], õ: [0x13, 0x28, "o"], à: [0x11, 0x38], â: [0x11, 0x3b], ê: [0x11, 0x3c], ô: [0x11, 0x3e] };

function textPairs(text) {
  const pairs = [];
  let half = null;
  const flush = () => { if (half !== null) pairs.push([half, 0]); half = null; };
  for (const letter of text) {
    const [set, code, before] = kExtended[letter] ?? [];
    if (set) {
      if (before) half = half === null ? before.charCodeAt(0) : (pairs.push([half, before.charCodeAt(0)]), null);
      flush();
      pairs.push([set, code], [set, code]);   // Control codes are sent twice.
    } else {
      const byte = kBasic[letter] ?? letter.charCodeAt(0);
      if (half === null) half = byte; else { pairs.push([half, byte]); half = null; }
    }
  }
  flush();
  return pairs;
}

const twice = (...pairs) => pairs.flatMap((pair) => [pair, pair]);
const kRow15 = [0x14, 0x70], kRow14 = [0x14, 0x50];
// Written out of sight, then shown at once; the lines are the last ones of the screen.
export const popOn = (...lines) => [
  ...twice([0x14, 0x20], [0x14, 0x2e]),
  ...lines.flatMap((line, i) => [...twice(i === lines.length - 1 ? kRow15 : kRow14), ...textPairs(line)]),
  ...twice([0x14, 0x2f])];
// Two lines that scroll, as live captioners write.
export const rollUp = (line) => [...twice([0x14, 0x25], [0x14, 0x2d], kRow15), ...textPairs(line)];
export const erase = () => twice([0x14, 0x2c]);

// One SEI unit with one pair of field 1, behind its 4-byte length.
function seiOf(pair) {
  const bytes = pair.map(withParity);
  const message = [0xb5, 0x00, 0x31, ...Buffer.from("GA94"), 3, 0x41, 0xff, 0xfc, ...bytes, 0xff];
  const escaped = [];
  let zeros = 0;
  for (const byte of [4, message.length, ...message]) {
    if (zeros >= 2 && byte <= 3) { escaped.push(3); zeros = 0; }
    escaped.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  const unit = Buffer.from([6, ...escaped, 0x80]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(unit.length);
  return Buffer.concat([length, unit]);
}

// A film whose pictures carry these pairs from a second on, one a picture, as CEA-608 has it (60 fields of which one in two
// is field 1). `says`: [at_s, pairs] in order. The pairs go by the order pictures are shown in, which is that of decoding:
// the plain film has no B-frames.
export function captioned(name, says, options = {}) {
  const film = fixture("plain", options), file = film.replace(/\.flv$/, `-${name}.flv`);
  if (existsSync(file)) return file;
  const flv = readFileSync(film), out = [flv.subarray(0, 13)];
  const waiting = says.map(([at_s, pairs]) => [at_s * 1000, [...pairs]]);
  for (let at = 13; at + 11 <= flv.length;) {
    const size = flv.readUIntBE(at + 1, 3), header = Buffer.from(flv.subarray(at, at + 11));
    const body = flv.subarray(at + 11, at + 11 + size);
    const ms = header.readUIntBE(4, 3) | (header[7] << 24);
    const isPicture = header[0] === 9 && (body[0] & 0x0f) === 7 && body[1] === 1;
    while (waiting.length > 0 && waiting[0][1].length === 0) waiting.shift();
    const pair = isPicture && waiting.length > 0 && ms >= waiting[0][0] ? waiting[0][1].shift() : null;
    const whole = pair ? Buffer.concat([body.subarray(0, 5), seiOf(pair), body.subarray(5)]) : body;
    header.writeUIntBE(whole.length, 1, 3);
    const before = Buffer.alloc(4);
    before.writeUInt32BE(whole.length + 11);
    out.push(header, whole, before);
    at += 11 + size + 4;
  }
  writeFileSync(file, Buffer.concat(out));
  return file;
}
