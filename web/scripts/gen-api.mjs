// The contract's types for the web: one module per file of ../api/openapi, written to src/lib/api.
import { readdirSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../api/openapi/", import.meta.url);
const target = new URL("../src/lib/api/", import.meta.url);

for (const file of readdirSync(contract).filter((name) => name.endsWith(".yaml")).sort()) {
  const types = await openapiTS(new URL(file, contract));
  const name = file.replace(/\.yaml$/, ".gen.ts");
  writeFileSync(new URL(name, target), `// Generated from api/openapi/${file} by \`npm run gen\`. Do not edit.\n${astToString(types)}`);
  console.log(`src/lib/api/${name}`);
}
