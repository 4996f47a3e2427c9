// Runs every src/**/*.test.ts and server/*.test.mjs under node's own test runner; esbuild only takes the types away. What it
// writes lies outside node_modules, where newer runners do not look for tests.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

const outdir = mkdtempSync(join(tmpdir(), "lusotown-web-tests-"));
const plain = readdirSync("server").filter((name) => name.endsWith(".test.mjs")).map((name) => join("server", name));
const entryPoints = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".test.ts")).map((name) => join("src", name));

let status = 1;
try {
  await build({ entryPoints, outdir, bundle: true, platform: "node", format: "esm", target: "node20", outExtension: { ".js": ".mjs" }, alias: { "@": "./src" }, sourcemap: "inline", logLevel: "warning" });
  const tests = readdirSync(outdir, { recursive: true }).filter((name) => name.endsWith(".test.mjs")).map((name) => join(outdir, name));
  status = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...tests, ...plain], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
process.exit(status);
