import assert from "node:assert/strict";
import { test } from "node:test";
import { hubOfPage, isAmbiguous, localeFrom, localeOfHub, negotiate } from "./locale";

const cases: [string | null, string][] = [
  ["pt-PT,pt;q=0.9,en;q=0.8", "pt-PT"],
  ["pt-BR,pt;q=0.9,en-US;q=0.8", "pt-BR"],
  ["pt-AO", "pt-PT"], ["pt-MZ,pt;q=0.9", "pt-PT"], ["pt-CV", "pt-PT"], ["pt-TL", "pt-PT"], ["PT-br", "pt-BR"],
  ["pt", "pt-BR"],
  ["pt,pt-AO;q=0.5", "pt-PT"],
  ["en-US,en;q=0.9", "en"],
  ["en;q=0.5,pt-BR;q=0.9", "pt-BR"],
  ["fr-FR,fr;q=0.9,pt;q=0.4,en;q=0.3", "pt-BR"],
  ["de-DE,en;q=0.2", "en"],
  ["en;q=0,pt-PT", "pt-PT"],
  ["ja", "pt-PT"], ["", "pt-PT"], [null, "pt-PT"], ["*", "pt-PT"], [";;q=,", "pt-PT"],
];
for (const [header, expected] of cases) {
  test(`Accept-Language ${JSON.stringify(header)} is answered in ${expected}`, () => assert.equal(negotiate(header), expected));
}

test("a cookie that names no catalogue of ours is not believed", () => {
  assert.equal(localeFrom("pt-BR"), "pt-BR");
  assert.equal(localeFrom("../../etc"), undefined);
  assert.equal(localeFrom(undefined), undefined);
});

test("hubs name their language with and without the last slash, nothing else does", () => {
  assert.equal(localeOfHub("/pt-pt/"), "pt-PT");
  assert.equal(localeOfHub("/en"), "en");
  assert.equal(localeOfHub("/"), undefined);
  assert.equal(localeOfHub("/pt-pt/x"), undefined);
});

test("only a browser that leaves us guessing is asked", () => {
  for (const header of ["pt", "pt,en;q=0.5", "fr-FR,fr;q=0.9", "ja", "*", "de,es;q=0.5"]) assert.ok(isAmbiguous(header), header);
  for (const header of ["pt-PT,pt;q=0.9", "pt-BR", "pt,pt-AO;q=0.5", "en-GB", "fr,en;q=0.3", "pt-MZ", "", null]) assert.ok(!isAmbiguous(header), String(header));
});

test("a hub repeats the categories and the regions, and nothing else", () => {
  assert.equal(hubOfPage("/pt-br/categories/fado"), "pt-BR");
  assert.equal(hubOfPage("/en/regions/cv"), "en");
  assert.equal(hubOfPage("/pt-pt/categories"), "pt-PT");
  for (const path of ["/categories", "/pt-br/", "/pt-br/search", "/pt-br/categories/", "/pt-br/categories/a/b", "/fr/categories"]) assert.equal(hubOfPage(path), undefined, path);
});
