// Beside each compressible file of .next/static, a .br and a .gz sibling: the front door sends them as they are.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSIBLE = /\.(js|css|svg|json|txt|html|map)$/;
const SMALLEST_BYTES = 512;   // Below this the headers cost more than is saved.

let files = 0, before = 0, after = 0;
for (const name of readdirSync(".next/static", { recursive: true })) {
  const path = join(".next/static", name);
  if (!COMPRESSIBLE.test(name) || statSync(path).size < SMALLEST_BYTES) continue;
  const plain = readFileSync(path);
  const brotli = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
  files++; before += plain.length; after += brotli.length;
}
console.log(`${files} static files precompressed: ${Math.round(before / 1024)} KB plain, ${Math.round(after / 1024)} KB brotli`);
