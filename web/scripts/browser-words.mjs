// Which words a page's client components may say: generated/browser-words.json, a list of keys for every module that
// messagesFor() is asked about. Messages travel in the HTML, so they are counted to the key, by reading the code: what
// is reached from the module by imports, as far as another module that brings words of its own. The sentences of refusals
// are not among them: text/refusals.ts fetches them when one is met.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve("src");
const target = "generated/browser-words.json";
const keys = readdirSync("src/text/pt-PT").flatMap((file) => Object.keys(JSON.parse(readFileSync(join("src/text/pt-PT", file), "utf8"))));

const nameOf = (file) => relative(root, file).replace(/\.tsx?$/, "");
const files = readdirSync("src", { recursive: true }).filter((name) => /\.tsx?$/.test(name) && !/\.test\.ts$|\.d\.ts$/.test(name)).map((name) => resolve("src", name));
const modules = new Map(files.map((file) => [nameOf(file), read(file)]));

function resolved(from, specifier) {
  const base = specifier.startsWith("@/") ? resolve(root, specifier.slice(2)) : specifier.startsWith(".") ? resolve(dirname(from), specifier) : undefined;
  const file = base && [`${base}.ts`, `${base}.tsx`, join(base, "index.ts")].find(existsSync);
  return file && nameOf(file);
}

// What a module imports, and every string and template in it that a key could come from.
function read(file) {
  const text = readFileSync(file, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const module = { isClient: /^\s*["']use client["']/.test(text), bringsWords: /<(?:TextProvider|LateWords)\b/.test(text), imports: new Set(), strings: new Set(), templates: [] };
  const add = (specifier) => { const name = resolved(file, specifier); if (name) module.imports.add(name); };
  const visit = (node) => {
    const isTypeOnly = ts.isImportDeclaration(node) ? node.importClause?.isTypeOnly : ts.isExportDeclaration(node) && node.isTypeOnly;
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && !isTypeOnly) add(node.moduleSpecifier.text);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && ts.isStringLiteral(node.arguments[0])) add(node.arguments[0].text);
    if (ts.isStringLiteralLike(node)) module.strings.add(node.text);
    if (ts.isTemplateExpression(node) && /^(?!error\.)[a-z]+\.\w*$/.test(node.head.text)) module.templates.push([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return module;
}

const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

function keysOf(entry) {
  const seen = new Set(), strings = new Set(), templates = [];
  const walk = (name, isInBrowser) => {
    const module = modules.get(name), mark = `${name} ${isInBrowser}`;
    if (!module || seen.has(mark) || (isInBrowser && module.bringsWords && name !== entry)) return;
    seen.add(mark);
    const isClient = isInBrowser || module.isClient;   // What a client component imports is in the browser as well.
    if (isClient) {
      for (const text of module.strings) strings.add(text);
      for (const parts of module.templates) templates.push(new RegExp(`^${parts.map(escaped).join("[\\w.-]+")}$`));
    }
    for (const next of module.imports) walk(next, isClient);
  };
  walk(entry, false);
  return keys.filter((key) => strings.has(key) || templates.some((template) => template.test(key)));
}

const named = [...new Set([...modules.values()].flatMap(({ strings }) => [...strings]))].filter((text) => modules.has(text)).sort();
const words = `${JSON.stringify(Object.fromEntries(named.map((name) => [name, keysOf(name)])), null, 1)}\n`;
mkdirSync(dirname(target), { recursive: true });
if (!existsSync(target) || readFileSync(target, "utf8") !== words) writeFileSync(target, words);
