// Runs every src/**/*.test.ts under node's own test runner; esbuild only takes the types away.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const outdir = "node_modules/.cache/tests";
const entryPoints = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".test.ts")).map((name) => join("src", name));

rmSync(outdir, { recursive: true, force: true });
await build({ entryPoints, outdir, bundle: true, platform: "node", format: "esm", target: "node20", outExtension: { ".js": ".mjs" }, alias: { "@": "./src" }, sourcemap: "inline", logLevel: "warning" });
const tests = readdirSync(outdir, { recursive: true }).filter((name) => name.endsWith(".test.mjs")).map((name) => join(outdir, name));
process.exit(spawnSync(process.execPath, ["--enable-source-maps", "--test", ...tests], { stdio: "inherit" }).status ?? 1);
