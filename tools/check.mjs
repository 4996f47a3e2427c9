// Properties of the tree that no compiler checks. Run by ./luso check and by ./luso test.
//   layers     a module includes only the modules that server/layers.json allows it
//   sizes      files of at most 600 lines, functions of at most 70
//   includes   no "../", no Beast outside io's HTTP files, no Asio below the I/O line, headers open with #pragma once
//   coroutines no braced temporary inside a co_await expression (g++ 12.2 destroys it twice), and no reference or view
//              among a coroutine's parameters but to what outlives it
//   sql        every migration opens with a sentence of why
//   generated  server/gen and the web client's types are what api/ says
//   catalogues the web client's words are whole in every language
//   format     clang-format
//   tidy       clang-tidy on files changed since main; on every file with --all, on none with --no-tidy
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { tidy } from "./tidy/tidy.mjs";

const kFileLinesMax = 600;
const kFunctionLinesMax = 70;
const kProblemsShownMax = 40;
const everyFile = process.argv.includes("--all");
const noTidy = process.argv.includes("--no-tidy");

const git = (...args) => spawnSync("git", args, { encoding: "utf8", maxBuffer: 64 << 20 }).stdout.split("\n").filter(Boolean);
const files = git("ls-files", "--cached", "--others", "--exclude-standard").filter((path) => existsSync(path));
const cpp = files.filter((path) => /^(server|bench|tests)\/.*\.(h|cpp)$/.test(path));
const generated = (path) => path.startsWith("server/gen/") && !path.includes("/internal/");
const results = [];
const read = (path) => readFileSync(path, "utf8");

function rule(name, problems) {
  results.push({ name, problems });
  console.log(`${problems.length ? "FAILED" : "ok    "} ${name}`);
  for (const problem of problems.slice(0, kProblemsShownMax)) console.log(`         ${problem}`);
  if (problems.length > kProblemsShownMax) console.log(`         … and ${problems.length - kProblemsShownMax} more`);
}

function layers() {
  const allowed = JSON.parse(read("server/layers.json"));
  const problems = [];
  for (const path of cpp.filter((p) => p.startsWith("server/"))) {
    const module = relative("server", path).split("/")[0];
    if (!allowed[module]) { problems.push(`${path}: module '${module}' is missing from server/layers.json`); continue; }
    const may = new Set([module, ...allowed[module]]);
    if (/_(pgtest|bench)\.(cpp|h)$/.test(path)) may.add("testing").add("app");
    read(path).split("\n").forEach((line, index) => {
      const [, other, inner] = /^#include "([a-z_0-9]+)\/(internal\/)?/.exec(line) ?? [];
      if (!other || may.has("*")) return;
      if (!may.has(other)) problems.push(`${path}:${index + 1}: ${module} may not include ${other}`);
      else if (inner && other !== module) problems.push(`${path}:${index + 1}: ${other}/internal is ${other}'s own business`);
    });
  }
  return problems;
}

// A function is what clang-format leaves it as: a line at the margin of its scope that ends in "{" and the "}" of the
// same indent. Good enough to keep the budget, and it never says that a short function is long.
function longFunctions(path, text) {
  const problems = [];
  const lines = text.split("\n");
  const open = [];
  lines.forEach((line, index) => {
    const indent = line.length - line.trimStart().length;
    if (/^\s*}/.test(line)) {
      const top = open.at(-1);
      if (top && top.indent === indent) {
        open.pop();
        const length = index - top.index + 1;
        if (top.isFunction && length > kFunctionLinesMax) problems.push(`${path}:${top.index + 1}: a function of ${length} lines; the budget is ${kFunctionLinesMax}`);
      }
    }
    if (/\{$/.test(line) && !/^\s*\/\//.test(line)) {
      const isFunction = /\)\s*(const|noexcept|override|final|->\s*[\w:<>, *&]+|\s)*\{$/.test(line) && !/^\s*(if|for|while|switch|}|else|namespace|class|struct|enum)\b/.test(line);
      open.push({ indent, index, isFunction });
    }
  });
  return problems;
}

function sizes() {
  const problems = [];
  const counted = files.filter((path) => /\.(h|cpp|ts|tsx|mjs|sh|css)$/.test(path) && !generated(path) && !/(^|\/)(schema|generated)[^/]*\.ts$|\/api\/[a-z]+\.gen\.ts$/.test(path));
  for (const path of counted) {
    const text = read(path);
    const count = text.split("\n").length - 1;
    if (count > kFileLinesMax) problems.push(`${path}: ${count} lines; the budget is ${kFileLinesMax}`);
    if (/\.(h|cpp)$/.test(path)) problems.push(...longFunctions(path, text));
  }
  return problems;
}

function includes() {
  const problems = [];
  for (const path of cpp.filter((p) => !generated(p))) {
    const text = read(path);
    if (path.endsWith(".h") && !/^(\/\/.*\n)*\s*#pragma once/.test(text)) problems.push(`${path}: opens without #pragma once`);
    text.split("\n").forEach((line, index) => {
      const at = `${path}:${index + 1}`;
      if (/^#include "\.\.?\//.test(line)) problems.push(`${at}: include from the server's root`);
      if (/^#include <boost\/beast/.test(line) && !/^server\/io\/(http|beast|websocket)/.test(path)) problems.push(`${at}: Beast stays in io's HTTP files`);
      if (/^#include <(boost\/asio|thread|mutex)/.test(line) && /^server\/(proto)\//.test(path)) problems.push(`${at}: proto knows no Asio and no threads`);
    });
  }
  return problems;
}

// What a coroutine may borrow: it lives as long as the process, or as the one who starts the coroutine and closes its
// scope. (clang-tidy's check knows no such list.)
const kOutlive = [
  /^(const )?(io::)?(Reactor|Reactors|Pg) ?&$/, /^(MediaMetrics|Town|const Entry) ?&$/, // The process's own; Entry is a mount of its front door.
  /^const (io::)?Statement ?&$/, /^std::span<const Migration>$/, // Constants.
  /^(const )?(io::)?(HttpRequest|HttpResponse) ?&$/, // The connection's, until its handler has returned.
  /^(Door|Room|HlsShard) ?&$/, // A server's part of one reactor, ended after its scope is closed.
];
const kBorrowAndAwait = ["server/io/tcp.h", "server/io/tcp.cpp"]; // Wire says so: the caller's bytes, awaited at once.

function borrowedParameters(path, text) {
  if (/_(test|pgtest|bench|fuzz)\.(h|cpp)$/.test(path) || kBorrowAndAwait.includes(path)) return [];
  const problems = [];
  for (const found of text.matchAll(/^[^/\n]*\bTask<[^;={}()]*>\s+(?:[\w:]*operator\(\)|[\w:~]+)\(([^;{}]*?)\)\s*(?:const|override|noexcept|= 0|final|\s)*[;{]/gm)) {
    const line = text.slice(0, found.index).split("\n").length;
    for (const parameter of found[1].split(/,(?![^<]*>)/)) {
      const type = parameter.replace(/\/\*.*?\*\//g, "").replace(/\s+/g, " ").trim().replace(/(?<=[&> ]) ?[a-z_]\w*$/, "").trim();
      const borrows = /&$/.test(type) && !/&&$/.test(type) || /string_view|\bspan</.test(type) || /^ByteView$/.test(type);
      if (borrows && !kOutlive.some((known) => known.test(type))) problems.push(`${path}:${line}: a coroutine may outlive its ${type}: take it by value, or say in tools/check.mjs why it lives on`);
    }
  }
  return problems;
}

function coroutines() {
  const problems = [];
  for (const path of cpp.filter((p) => p.startsWith("server/") && !generated(p))) {
    problems.push(...borrowedParameters(path, read(path)));
    read(path).split("\n").forEach((line, index) => {
      if (/^\s*\/\//.test(line)) return;
      if (/co_await [^;=\[]*\((?:[^()\[]*,\s*)?(?:[\w:]+\s*)?\{(?!\})/.test(line)) problems.push(`${path}:${index + 1}: name the braced value before awaiting it`);
    });
  }
  return problems;
}

function migrations() {
  return files.filter((path) => /^db\/migrations\/.*\.sql$/.test(path)).flatMap((path) => /^-- [A-Z].{20,}/.test(read(path)) ? [] : [`${path}: open with one sentence of why`]);
}

// A command that must succeed; its last lines are the problem when it does not.
function command(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 << 20, ...options });
  return done.status === 0 ? [] : `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ?? ""}`.trim().split("\n").slice(-20);
}

// What clang-tidy reads: our sources that differ from main, or all of them. A changed header is read with the sources
// that changed with it, or with --all.
function tidySources() {
  const ours = cpp.filter((path) => path.endsWith(".cpp") && !generated(path));
  if (everyFile) return ours;
  const base = git("merge-base", "HEAD", "origin/main")[0] ?? git("rev-list", "--max-parents=0", "HEAD")[0];
  const changed = new Set([...git("diff", "--name-only", base), ...git("ls-files", "--others", "--exclude-standard")]);
  return ours.filter((path) => changed.has(path));
}

rule("layers", layers());
rule("sizes", sizes());
rule("includes", includes());
rule("coroutines", coroutines());
rule("migrations", migrations());
rule("generated code (./luso gen)", [...command(process.execPath, ["tools/gen.mjs", "--check"]), ...command("npm", ["run", "--silent", "gen:check"], { cwd: "web" })]);
rule("catalogues", command("npm", ["run", "--silent", "check:text"], { cwd: "web" }));
rule("format (./luso fmt)", command("clang-format-19", ["--dry-run", "--Werror", ...cpp.filter((p) => !generated(p))]));
if (!noTidy) rule(`clang-tidy on ${everyFile ? "every file" : "changed files"}`, await tidy(tidySources(), { say: (line) => console.log(`         ${line}`) }));
const failed = results.filter((result) => result.problems.length).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
