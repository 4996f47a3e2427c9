// ./luso bench [NAME…]: figures, each a ratio against a peer or a floor measured in the same run. CPU is the scheduler's
// run time of the process' threads, not wall time: the machine may be busy. Appends one JSON line a bench to var/bench.jsonl.
import { appendFileSync, mkdirSync, readdirSync } from "node:fs";
import { endWith, Sentence } from "../tools/luso/lib/sentence.mjs";

process.env.LUSOTEST_BINARY ??= new URL("../build/release/server/lusotown", import.meta.url).pathname;
const benches = readdirSync(new URL(".", import.meta.url)).filter((f) => f.endsWith(".bench.mjs")).map((f) => f.replace(".bench.mjs", "")).sort();

try {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !benches.includes(name));
  if (unknown) throw new Sentence(`there is no bench '${unknown}'; there are ${benches.join(", ")}.`);
  mkdirSync("var", { recursive: true });
  let missed = 0;
  for (const name of wanted.length ? wanted : benches) {
    const { default: run, onlyByName = false } = await import(`./${name}.bench.mjs`);
    if (onlyByName && !wanted.includes(name)) continue;
    console.log(`\n${name}`);
    for (const figure of await run()) {
      const ok = figure.atMost === undefined ? figure.value >= figure.atLeast : figure.value <= figure.atMost;
      if (!ok) missed += 1;
      const bound = figure.atMost === undefined ? "at least" : "at most";
      // A figure with a goal of its own passes at its gate; the word tells which of the two it reached.
      const isReached = figure.goal === undefined ? ok : figure.atMost === undefined ? figure.value >= figure.goal : figure.value <= figure.goal;
      const goal = `${bound} ${figure.goal ?? ""}${figure.goal === undefined ? "" : ", gate "}${figure.atLeast ?? figure.atMost}`;
      console.log(`  ${isReached ? "reached" : ok ? "passed " : "MISSED "}  ${figure.what}: ${Number(figure.value.toPrecision(3))} ${figure.unit ?? ""} (goal ${goal})${figure.detail ? `  ${figure.detail}` : ""}`);
      appendFileSync("var/bench.jsonl", `${JSON.stringify({ at: new Date().toISOString(), bench: name, ok, ...figure })}\n`);
    }
  }
  process.exit(missed ? 1 : 0);
} catch (error) {
  endWith(error);
}
