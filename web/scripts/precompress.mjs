// Beside each compressible file of .next/static, a .br and a .gz sibling: the front door sends them as they are.
// The largest scripts (React, Next.js, hls.js) run most of what they bring as soon as they arrive: a first line asks the
// browser to compile them whole while they stream in, off the main thread, instead of function by function on it.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSIBLE = /\.(js|css|svg|json|txt|html|map)$/;
const SMALLEST_BYTES = 512;   // Below this the headers cost more than is saved.

const EAGER_BYTES_MIN = 60_000;
const EAGER = "//# allFunctionsCalledOnLoad\n";   // https://github.com/WICG/explicit-javascript-compile-hints-file-based

let files = 0, before = 0, after = 0;
for (const name of readdirSync(".next/static", { recursive: true })) {
  const path = join(".next/static", name);
  if (!COMPRESSIBLE.test(name) || statSync(path).size < SMALLEST_BYTES) continue;
  let plain = readFileSync(path);
  if (name.endsWith(".js") && plain.length >= EAGER_BYTES_MIN && !plain.subarray(0, EAGER.length).equals(Buffer.from(EAGER))) {
    plain = Buffer.concat([Buffer.from(EAGER), plain]);
    writeFileSync(path, plain);
  }
  const brotli = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
  files++; before += plain.length; after += brotli.length;
}
console.log(`${files} static files precompressed: ${Math.round(before / 1024)} KB plain, ${Math.round(after / 1024)} KB brotli`);
