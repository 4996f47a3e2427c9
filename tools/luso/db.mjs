// ./luso db: psql in the database of a running ./luso up.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { endWith, Sentence } from "./lib/sentence.mjs";

try {
  if (!existsSync("var/up.json")) throw new Sentence("LusoTown is not running; start it with ./luso up.");
  const { database_url } = JSON.parse(readFileSync("var/up.json", "utf8"));
  process.exit(spawnSync("/usr/lib/postgresql/15/bin/psql", [database_url, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1);
} catch (error) {
  endWith(error);
}
