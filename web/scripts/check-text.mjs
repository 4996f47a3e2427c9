// Holds the three catalogues to each other, to the code and to the contract:
//   every key in every language, the same values in it, plural forms that cover 0, 1 and a million;
//   every reason of api/errors.yaml has words; every key the code asks for exists, and nobody keeps one that it does not; no visible words outside the catalogues.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse as parseYaml } from "yaml";

const LOCALES = ["pt-PT", "pt-BR", "en"];
const PLURAL_FORMS = { "pt-PT": ["many", "other"], "pt-BR": ["many", "other"], en: ["other"] };
const VISIBLE_ATTRIBUTES = new Set(["alt", "title", "placeholder", "aria-label", "aria-valuetext", "label", "hint"]);
const NOT_WORDS = /^(?:[^\p{L}]*|LusoTown)$/u;   // The name is the name in every language.
const problems = [];
const say = (problem) => problems.push(problem);

const catalogues = Object.fromEntries(LOCALES.map((locale) => {
  const all = {};
  for (const file of readdirSync(`src/text/${locale}`)) {
    const subject = file.replace(/\.json$/, "");
    for (const [key, message] of Object.entries(JSON.parse(readFileSync(`src/text/${locale}/${file}`, "utf8")))) {
      if (!key.startsWith(`${subject}.`)) say(`${locale}/${file}: ${key} belongs in ${key.split(".")[0]}.json`);
      all[key] = message;
    }
  }
  return [locale, all];
}));

const keys = new Set(LOCALES.flatMap((locale) => Object.keys(catalogues[locale])));
const valuesIn = (message) => [...new Set([...message.matchAll(/\{(\w+)/g)].map(([, name]) => name))]
  .filter((name) => new RegExp(`\\{${name}[,}]`).test(message)).sort().join(" ");
for (const key of keys) {
  for (const locale of LOCALES) {
    const message = catalogues[locale][key];
    if (!message) { say(`${locale}: no ${key}`); continue; }
    if (message.includes("|")) say(`${locale}: ${key} has a |`);
    const first = LOCALES.map((other) => catalogues[other][key]).find(Boolean);
    if (valuesIn(message) !== valuesIn(first)) say(`${locale}: ${key} takes {${valuesIn(message)}}, elsewhere {${valuesIn(first)}}`);
    if (!message.includes("plural,")) continue;
    for (const form of PLURAL_FORMS[locale]) if (!message.includes(`${form} {`)) say(`${locale}: ${key} lacks the form ${form}`);
    if (first.includes("=0 {") !== message.includes("=0 {")) say(`${locale}: ${key} treats 0 unlike the others`);
  }
}

for (const reason of Object.keys(parseYaml(readFileSync("../api/errors.yaml", "utf8")))) {
  if (!keys.has(`error.${reason}`)) say(`api/errors.yaml: no words for error.${reason}`);
}

// What the code may ask for: every string in it, and every template as the pattern it is.
const asked = new Set(), patterns = [];
// Of a refusal its reader learns what happened, and what to do about it.
const sentences = (message) => message.match(/[.!?](?=\s|$)/g)?.length ?? 0;
for (const locale of LOCALES) {
  for (const [key, message] of Object.entries(catalogues[locale])) {
    if (key.startsWith("error.") && sentences(message) < 2) say(`${locale}: ${key} has no way out: one sentence says what happened, another what to do`);
  }
}

let files = 0;
for (const name of readdirSync("src", { recursive: true })) {
  if (!/\.tsx?$/.test(name) || /\.(gen|test)\.ts$/.test(name) || name.startsWith("features/design/")) continue;   // /design speaks to builders.
  files++;
  const path = join("src", name);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true, name.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const at = (node) => `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  const visit = (node) => {
    if (ts.isJsxText(node) && !NOT_WORDS.test(node.text.trim())) say(`${at(node)}: words outside the catalogues: ${node.text.trim()}`);
    if (ts.isJsxAttribute(node) && VISIBLE_ATTRIBUTES.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer) &&
        !NOT_WORDS.test(node.initializer.text)) say(`${at(node)}: ${node.name.getText()} outside the catalogues: ${node.initializer.text}`);
    if (ts.isCallExpression(node) && node.expression.getText() === "t" && node.arguments[0]) {
      for (const literal of stringsOf(node.arguments[0])) if (!keys.has(literal.text)) say(`${at(node)}: no key ${literal.text}`);
    }
    if (ts.isStringLiteralLike(node)) asked.add(node.text);
    if (ts.isTemplateExpression(node)) patterns.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]);
    ts.forEachChild(node, visit);
  };
  visit(source);
}

for (const name of readdirSync("server").filter((file) => file.endsWith(".mjs"))) {
  for (const [, key] of readFileSync(join("server", name), "utf8").matchAll(/"(\w+\.[\w.]+)"/g)) asked.add(key);
}
const templates = patterns.filter(([head]) => /^[a-z]+\.\w*$/.test(head)).map((parts) => new RegExp(`^${parts.map((part) => part.replaceAll(".", "\\.")).join("[\\w.-]+")}$`));
for (const key of keys) if (!asked.has(key) && !templates.some((template) => template.test(key))) say(`nobody asks for ${key}`);

function stringsOf(node) {
  if (ts.isStringLiteral(node)) return [node];
  if (ts.isConditionalExpression(node)) return [...stringsOf(node.whenTrue), ...stringsOf(node.whenFalse)];
  return [];
}

for (const problem of problems) console.error(problem);
console.log(`${keys.size} keys in ${LOCALES.length} languages, ${files} source files: ${problems.length === 0 ? "all well" : `${problems.length} problems`}`);
process.exit(problems.length === 0 ? 0 : 1);
