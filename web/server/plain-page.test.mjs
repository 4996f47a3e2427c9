import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { isEmptyShell, LOCALES, plainPage } from "./plain-page.mjs";

test("a plain page speaks its language, asks for no other file and lets in its own style alone", () => {
  for (const locale of LOCALES) {
    for (const kind of ["error", "away", "missing"]) {
      const html = plainPage(kind, locale);
      assert.match(html, new RegExp(`<html lang="${locale}">`));
      assert.doesNotMatch(html, /undefined|src=|<link|<script|style="/);
      const [, style] = /<style>([^]*)<\/style>/.exec(html);
      assert.ok(html.includes(`'sha256-${createHash("sha256").update(style).digest("base64")}'`), "its policy is not that of its style");
    }
  }
});

test("only what Next.js sends in despair is an empty shell", () => {
  assert.ok(isEmptyShell('<!DOCTYPE html><html id="__next_error__"><head>'));
  assert.ok(!isEmptyShell('<!DOCTYPE html><html lang="pt-PT"><body>&lt;html id="__next_error__"&gt;'));
});
