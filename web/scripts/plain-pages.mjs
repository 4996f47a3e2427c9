// Writes the page the front door shows when this process is away, a file for each language, where it finds them.
import { mkdirSync, writeFileSync } from "node:fs";
import { LOCALES, plainPage } from "../server/plain-page.mjs";

mkdirSync(".next/static/plain", { recursive: true });
for (const locale of LOCALES) writeFileSync(`.next/static/plain/away.${locale}.html`, plainPage("away", locale));
