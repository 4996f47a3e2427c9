// clang-tidy over our files, told only what our files say, and told once: a file whose text, headers, command and checks
// have not changed since it was read is answered from var/tidy.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";

const kTool = "clang-tidy-19";
const kCommands = "build/dev/compile_commands.json";
const kFolder = "var/tidy";
const kPluginSource = "tools/tidy/scope.cpp";
const kPlugin = join(kFolder, "scope.so");

// clang-tidy reads the precompiled headers, so the build tree must be there; sources need not have been compiled.
function prepare() {
  const built = spawnSync("bash", ["-c", "set -euo pipefail; . tools/luso/machine.sh; build_server dev luso_pch_pure luso_pch_async"], { encoding: "utf8" });
  if (built.status !== 0) return [`${built.stdout}${built.stderr}`.trim()];
  if (existsSync(kPlugin) && statSync(kPlugin).mtimeMs > statSync(kPluginSource).mtimeMs) return [];
  mkdirSync(kFolder, { recursive: true });
  const done = spawnSync("clang++-19", ["-std=c++17", "-O1", "-fPIC", "-shared", "-fno-rtti", "-isystem", "/usr/lib/llvm-19/include", kPluginSource, "-o", `${kPlugin}.new`], { encoding: "utf8" });
  if (done.status !== 0) return [`${kPluginSource} does not build: ${done.stderr.split("\n").find((line) => line.includes("error:")) ?? done.error}`];
  renameSync(`${kPlugin}.new`, kPlugin);
  return [];
}

// Every file of ours that `path` includes, itself among them. Includes name files from the server's root, or from bench's.
const includesOf = new Map();
function closure(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (!includesOf.has(path)) {
    const named = [...readFileSync(path, "utf8").matchAll(/^#include "([^"]+)"/gm)];
    includesOf.set(path, named.flatMap(([, name]) => ["server", "bench", "."].map((root) => join(root, name))).filter((name) => existsSync(name)));
  }
  for (const next of includesOf.get(path)) closure(next, seen);
  return seen;
}

function keyOf(path, command) {
  const hash = createHash("sha256");
  for (const file of [".clang-tidy", kPluginSource, "server/pch/pure.h", "server/pch/async.h", ...[...closure(path)].sort()]) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return hash.update(command).digest("hex");
}

// Resolves with the findings of one file: `path:line:column: error: … [check]`, in our files only.
function findingsOf(path) {
  return new Promise((resolve_) => {
    const child = spawn(kTool, [`--load=${resolve(kPlugin)}`, "-p", "build/dev", "--quiet", path], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "", complaint = "";
    child.stdout.on("data", (chunk) => { said += chunk; });
    child.stderr.on("data", (chunk) => { complaint += chunk; });
    child.once("error", (error) => resolve_({ findings: [`${path}: ${error.message}`], lasting: false }));
    child.once("close", (code, signal) => {
      const root = `${process.cwd()}/`;
      const lines = said.split("\n").filter((line) => /: (error|warning): /.test(line)).map((line) => line.replace(root, ""));
      const findings = [...new Set(lines)];
      // What clang-tidy says beside findings is that it could not read the file; that is never remembered.
      const broken = signal || (code !== 0 && !said) || findings.some((line) => line.includes("[clang-diagnostic-error"));
      if (broken && findings.length === 0) findings.push(`${path}: ${kTool} ended with ${signal ?? code}: ${complaint.trim().split("\n").at(-1)}`);
      resolve_({ findings, lasting: !broken });
    });
  });
}

// The findings of `sources`, each once however many files include the header it is in.
export async function tidy(sources, { say = () => {} } = {}) {
  if (sources.length === 0) return [];
  const unready = prepare();
  if (unready.length) return unready;
  const commands = new Map(JSON.parse(readFileSync(kCommands, "utf8")).map((entry) => [entry.file, entry.command]));
  const all = new Set();
  let checked = 0, remembered = 0;
  const queue = [...sources];
  const work = async () => {
    for (let path = queue.shift(); path; path = queue.shift()) {
      const command = commands.get(resolve(path));
      if (!command) { all.add(`${path}: is in no target of the dev preset`); continue; }
      const memory = join(kFolder, `${keyOf(path, command)}.json`);
      let findings;
      if (existsSync(memory)) {
        findings = JSON.parse(readFileSync(memory, "utf8"));
        remembered += 1;
      } else {
        const began = Date.now();
        const result = await findingsOf(path);
        findings = result.findings;
        if (result.lasting) writeFileSync(memory, JSON.stringify(findings));
        checked += 1;
        say(`${path}: ${findings.length} findings in ${((Date.now() - began) / 1000).toFixed(1)} s`);
      }
      for (const finding of findings) all.add(finding);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  say(`${checked} files read, ${remembered} remembered`);
  return [...all].sort();
}
