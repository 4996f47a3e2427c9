// Finding in a town of 100 000 channels: what suggestions and searches cost the database and the server in CPU, each kind of
// query at its median and its 95th percentile, beside an answer that reads one row by its key on the same connections.
import { request, Agent } from "node:http";
import { readFileSync } from "node:fs";
import { World, database } from "../tests/lib/world.mjs";
import { cpuSeconds, median } from "./lib/cpu.mjs";

const kChannels = 100_000;
const kRounds = 12;   // Of each query; the prepared plan settles in the first five.
const kSuggestMs = 25, kSearchMs = 60;   // CPU, at the 95th percentile: an answer between two letters typed, and one that is waited for.

const kQueries = {
  "suggestions, as one types": ["f", "fa", "fad", "fado", "fado d", "can", "canal a", "mar", "lis", "joao s"],
  "suggestions for what is misspelt": ["karuaru", "fernada", "tertulya", "lizboa", "agua vyva", "kizonba"],
  "search": ["fado", "praia", "ana silva", "fado lisboa", "canções", "sao tome", "canal"],
  "search for what is misspelt": ["karuaru", "fernada", "tertulya", "lizboa", "kizonba luamda"],
};
const addressOf = (kind, text) => `/api/v1/search${kind.startsWith("suggestions") ? "/suggestions" : ""}?q=${encodeURIComponent(text)}`;

// As many readers: one network may only ask so often.
let readers = 0;
const network = () => `10.${(readers += 1) >> 16}.${(readers >> 8) & 255}.${readers & 255}`;

const percentile = (numbers, share) => [...numbers].sort((a, b) => a - b)[Math.ceil(numbers.length * share) - 1];

export default async function run() {
  const world = await World.start({ config: { reactors: 1 } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const town = database();
    town.psql(`world_${world.id}`, readFileSync(new URL("lib/town.sql", import.meta.url), "utf8").replaceAll(":channels", String(kChannels)));
    const name = `world_${world.id}`;
    town.psql(name, "VACUUM ANALYZE");
    town.psql(name, `ALTER DATABASE "${name}" SET max_parallel_workers_per_gather = 0`);   // What a helper does is nobody's account.
    await world.server.stop();
    await world.startServer();
    const ask = (path) => new Promise((resolve, reject) => request(`${world.origin}${path}`, { agent, headers: { "X-Forwarded-For": network() } }, (answer) => {
      answer.on("error", reject).on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${answer.statusCode}`)))).resume();
    }).on("error", reject).end());
    const backends = () => town.psql(name, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'").split("\n").map(Number);
    for (const text of kQueries.search) await ask(addressOf("search", text));   // The server opens its connections.
    const pids = [world.server.pid, ...backends()];
    const cost = async (path) => {
      const before = cpuSeconds(...pids);
      await ask(path);
      return (cpuSeconds(...pids) - before) * 1000;
    };
    const floor = [];
    const costs = Object.fromEntries(Object.keys(kQueries).map((kind) => [kind, []]));
    for (let round = 0; round < kRounds; round++) {
      floor.push(await cost("/api/v1/channels/canal_1"));
      for (const [kind, texts] of Object.entries(kQueries)) for (const text of texts) costs[kind].push([await cost(addressOf(kind, text)), text]);
    }
    if (String([world.server.pid, ...backends()]) !== String(pids)) throw new Error("the server changed its connections: the account has a hole");
    const least = median(floor);
    return Object.entries(costs).map(([kind, list]) => {
      const [p50, p95] = [0.5, 0.95].map((share) => percentile(list.map(([ms]) => ms), share));
      const [, slowest] = list.reduce((most, one) => (one[0] > most[0] ? one : most));
      return { what: `${kind}, CPU, p95`, value: p95, unit: "ms", atMost: kind.startsWith("suggestions") ? kSuggestMs : kSearchMs,
        detail: `p50 ${p50.toFixed(1)}; ${(p50 / least).toFixed(1)} and ${(p95 / least).toFixed(1)} times the ${least.toFixed(2)} ms of a channel's row by its name; dearest: ${slowest}` };
    });
  } finally {
    agent.destroy();
    await world.stop();
  }
}
