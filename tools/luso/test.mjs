// ./luso test: builds what the tests need, runs every suite, ends with "N passed, N failed".
// With --sanitizer asan|tsan: the unit and database tests alone, in a build that watches memory or threads.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { endWith, Sentence } from "./lib/sentence.mjs";

const kSuites = ["check", "unit", "web", "integration", "interop", "e2e", "pages"];
const kSuiteMinutesMax = 20;
const kFailureLinesMax = 120;

// A finding ends the program, and names lines; what is not ours to mend is listed, with its reason, in tools/sanitizers.
const kSymbolizer = "/usr/bin/llvm-symbolizer-19";
const kSanitizers = {
  asan: {
    ASAN_OPTIONS: `external_symbolizer_path=${kSymbolizer}:detect_leaks=1:strict_string_checks=1:check_initialization_order=1`,
    LSAN_OPTIONS: `suppressions=${resolve("tools/sanitizers/leaks.txt")}:print_suppressions=0`,
    UBSAN_OPTIONS: `external_symbolizer_path=${kSymbolizer}:print_stacktrace=1`,
  },
  tsan: {
    TSAN_OPTIONS: `external_symbolizer_path=${kSymbolizer}:suppressions=${resolve("tools/sanitizers/threads.txt")}:second_deadlock_stack=1`,
  },
};

const logs = resolve("var/log/test");
const began = Date.now();
const minutes = () => `${Math.floor((Date.now() - began) / 60_000)}:${String(Math.floor((Date.now() - began) / 1000) % 60).padStart(2, "0")}`;
const say = (text) => console.log(`[${minutes()}] ${text}`);
const total = { passed: 0, failed: 0, skipped: 0 };

function shell(script) { // Runs one of machine.sh's functions with its own messages on our output.
  const done = spawnSync("bash", ["-c", `set -euo pipefail; . tools/luso/machine.sh; need_node; ${script}`], { stdio: "inherit" });
  if (done.status !== 0) throw new Sentence(`'${script}' failed.`);
}

// Runs a program with its output in a log; resolves with its exit code and that output.
function run(name, command, env = {}) {
  return new Promise((resolve_) => {
    const child = spawn(command[0], command.slice(1), { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const timer = setTimeout(() => { output += `\n${name}: ended after ${kSuiteMinutesMax} minutes\n`; child.kill("SIGKILL"); }, kSuiteMinutesMax * 60_000);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => { output += chunk; });
    child.once("error", (error) => { output += error; });
    child.once("close", (code) => {
      clearTimeout(timer);
      writeFileSync(join(logs, `${name.replaceAll("/", "-")}.log`), output);
      resolve_({ code: code ?? 1, output });
    });
  });
}

// Of a TAP stream what failed, with its diagnostics; of anything else how it ended.
function tellingPart(output) {
  const lines = output.split("\n"), told = [];
  let isTold = false;
  for (const line of lines) {
    if (/^\s*(?:not )?ok \d+ - |^\s*# Subtest: /.test(line)) isTold = /^\s*not ok /.test(line) && !/ # (?:SKIP|TODO)/.test(line);
    if (isTold) told.push(line);
  }
  return told.length > 0 ? told.slice(0, kFailureLinesMax) : lines.slice(-kFailureLinesMax);
}

function record(name, { passed, failed, skipped = 0 }, output, reasons = []) {
  total.passed += passed; total.failed += failed; total.skipped += skipped;
  say(`${failed ? "FAILED" : "ok    "} ${name}: ${passed} passed${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped` : ""}`);
  for (const reason of reasons) console.log(`         skipped: ${reason}`);
  if (failed) console.log(tellingPart(output).map((line) => `    | ${line}`).join("\n"));
}

// GoogleTest counts each test; a corpus replay or a failed start counts as one.
async function gtest(name, program, env) {
  const report = join(logs, `${name}.json`);
  rmSync(report, { force: true });
  const { code, output } = await run(name, [program, `--gtest_output=json:${report}`, "--gtest_brief=1"], env);
  if (!existsSync(report)) return record(name, { passed: 0, failed: 1 }, output);
  const cases = JSON.parse(readFileSync(report, "utf8")).testsuites.flatMap((suite) => suite.testsuite);
  const failed = cases.filter((test) => test.failures?.length).length;
  const skipped = cases.filter((test) => test.result === "SKIPPED");
  const broken = code !== 0 && failed === 0 ? 1 : 0; // It crashed, or leaked, after its last test.
  const reasons = skipped.map((test) => `${test.classname}.${test.name}: ${test.skipped?.[0]?.message ?? "no reason given"}`);
  record(name, { passed: cases.length - failed - skipped.length, failed: failed + broken, skipped: skipped.length }, output, reasons);
}

// ctest knows every test program that was built; we run them ourselves, two at a time, to count their tests.
async function unit(preset = "dev", env = {}) {
  shell(`build_server ${preset} all`);
  const listing = spawnSync("ctest", ["--preset", preset, "--show-only=json-v1"], { encoding: "utf8" });
  if (listing.status !== 0) throw new Sentence(`ctest could not list the tests: ${listing.stderr}`);
  const jobs = JSON.parse(listing.stdout).tests.map((test) => async () => {
    const [program, ...args] = test.command;
    if (!program) return record(test.name, { passed: 0, failed: 1 }, "the program was not built");
    if (args.length === 0) return gtest(test.name, program, env);
    const { code, output } = await run(test.name, test.command, env);
    record(test.name, code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }, output);
  });
  await Promise.all([0, 1].map(async () => { while (jobs.length) await jobs.shift()(); }));
}

// node's test runner; several files share one database cluster and one build, so files run one after the other.
async function nodeTests(name, files, env = {}) {
  if (files.length === 0) throw new Sentence(`there are no test files for '${name}'.`);
  const { code, output } = await run(name, [process.execPath, "--test", "--test-concurrency=1", "--test-reporter=tap", ...files], env);
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  const failed = count("fail") + count("cancelled");
  const reasons = [...output.matchAll(/^\s*ok \d+ - (.*) # SKIP ?(.*)$/gm)].map(([, test, why]) => `${test}: ${why || "no reason given"}`);
  record(name, { passed: count("pass"), failed: failed || (code === 0 ? 0 : 1), skipped: count("skipped") }, output, reasons);
}

const filesIn = (folder) => existsSync(folder) ? readdirSync(folder).filter((file) => /\.test\.mjs$/.test(file)).sort().map((file) => join(folder, file)) : [];

async function check() {
  const { code, output } = await run("check", [process.execPath, "tools/check.mjs", "--no-tidy"]);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(output) ?? [0, 0, 1];
  record("check", { passed: Number(passed), failed: Number(failed) || (code === 0 ? 0 : 1) }, output);
}

async function web() {
  const typecheck = await run("web-types", ["npm", "run", "--silent", "--prefix", "web", "typecheck"]);
  record("web types", typecheck.code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }, typecheck.output);
  const { code, output } = await run("web", ["npm", "test", "--silent", "--prefix", "web"]);
  const count = (word) => Number(new RegExp(`^(?:#|ℹ) ${word} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  const passed = count("pass");
  const failed = count("fail") || (code === 0 && passed > 0 ? 0 : 1);
  record("web", { passed, failed }, output);
}

function options() {
  try {
    const { values, positionals } = parseArgs({ options: { sanitizer: { type: "string" } }, allowPositionals: true });
    const preset = values.sanitizer;
    if (preset !== undefined && !Object.hasOwn(kSanitizers, preset)) throw new Sentence(`there is no sanitizer '${preset}'; there are ${Object.keys(kSanitizers).join(", ")}.`);
    if (preset && positionals.some((name) => name !== "unit")) throw new Sentence("--sanitizer runs the unit suite: unit and database tests, and every corpus.");
    return { sanitizer: preset, wanted: positionals };
  } catch (error) {
    if (error.code?.startsWith("ERR_PARSE_ARGS")) throw new Sentence(`${error.message} ./luso help lists the options.`);
    throw error;
  }
}

function finish() {
  if (total.skipped) say(`${total.skipped} skipped, for the reasons above`);
  say(`logs are in ${logs}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
}

async function main() {
  const { sanitizer, wanted } = options();
  const unknown = wanted.filter((name) => !kSuites.includes(name));
  if (unknown.length) throw new Sentence(`there is no suite '${unknown[0]}'; there are ${kSuites.join(", ")}.`);
  const chosen = wanted.length ? kSuites.filter((name) => wanted.includes(name)) : kSuites;
  mkdirSync(logs, { recursive: true });
  if (sanitizer) {
    await unit(sanitizer, kSanitizers[sanitizer]);
    return finish();
  }
  shell("npm_install .; npm_install web");

  const scratch = mkdtempSync(join(tmpdir(), "lusotown-test-"));
  const env = { LUSOTEST_SCRATCH: scratch, LUSOTEST_BINARY: resolve("build/dev/server/lusotown") };
  let cluster;
  try {
    if (chosen.includes("check")) await check();
    if (chosen.includes("unit")) await unit();
    const running = ["integration", "interop", "e2e", "pages"].filter((name) => chosen.includes(name));
    if (running.length) {
      if (!chosen.includes("unit")) shell("build_server dev lusotown");
      const { startCluster } = await import("./lib/postgres.mjs");
      cluster = startCluster(join(scratch, "postgres"), { throwaway: true });
      env.LUSOTEST_DATABASE_SOCKET = cluster.socket;
    }
    if (["web", "e2e", "pages"].some((name) => chosen.includes(name))) shell("build_web");
    if (chosen.includes("web")) await web();
    for (const name of running) await nodeTests(name, filesIn(join("tests", name)), env);
  } finally {
    cluster?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
  finish();
}

main().catch(endWith);
