// The contract's types for the web: one module per file of ../api/openapi, written to src/lib/api. With --check it writes
// nothing and fails when a module is not what the contract says.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../api/openapi/", import.meta.url);
const target = new URL("../src/lib/api/", import.meta.url);

for (const file of readdirSync(contract).filter((name) => name.endsWith(".yaml")).sort()) {
  const types = await openapiTS(new URL(file, contract));
  const name = file.replace(/\.yaml$/, ".gen.ts");
  const module = new URL(name, target);
  const text = `// Generated from api/openapi/${file} by \`npm run gen\`. Do not edit.\n${astToString(types)}`;
  if (!process.argv.includes("--check")) {
    writeFileSync(module, text);
    console.log(`src/lib/api/${name}`);
  } else if (!existsSync(module) || readFileSync(module, "utf8") !== text) {
    console.error(`src/lib/api/${name} is not what api/openapi/${file} says: ./luso gen`);
    process.exitCode = 1;
  }
}
