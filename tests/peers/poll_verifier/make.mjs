// Writes the records of make/scenarios.mjs: `node make.mjs DIR [NAME..]`. Every record is DIR/<i>/record, with
// DIR/<i>/chain.json where the chain is part of it; DIR/index.json names them and the checks that find them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join as path } from "node:path";
import { canonicalBytes } from "./lib/canonical.mjs";
import { honest } from "./make/honest.mjs";
import { files, write } from "./make/poll.mjs";
import { SCENARIOS } from "./make/scenarios.mjs";

const [dir, ...chosen] = process.argv.slice(2);
if (dir === undefined) {
  console.error("usage: node make.mjs DIR [NAME..]");
  process.exit(2);
}
/** @type {Map<string, ReturnType<typeof honest>>} */
const bases = new Map();

/** @param {"plain"|"slack"|"few"|"keys"} name */
function fresh(name) {
  if (!bases.has(name)) bases.set(name, honest(name));
  const base = /** @type {ReturnType<typeof honest>} */ (bases.get(name));
  const { poll, ...rest } = base;
  const own = Object.assign(Object.create(Object.getPrototypeOf(poll)), poll, { voters: [...poll.voters] });
  const copy = structuredClone({ ...rest, counted: [], parts: { ...rest.parts, batches: [] } });
  const batches = rest.parts.batches.map((b) => [...b]);
  return { ...copy, poll: own, counted: [...rest.counted], parts: { ...copy.parts, batches } };
}

const index = Object.entries(SCENARIOS)
  .filter(([name]) => chosen.length === 0 || chosen.includes(name))
  .map(([name, scenario], i) => {
    const h = fresh(scenario.poll ?? "plain");
    scenario.deviate?.(h);
    scenario.chain?.(h);
    const own = path(dir, String(i));
    mkdirSync(own, { recursive: true });
    write(path(own, "record"), h.poll, files(h.poll, h.parts));
    if (scenario.chain) writeFileSync(path(own, "chain.json"), canonicalBytes(h.snapshot));
    return { name, finds: scenario.finds, poll: scenario.poll ?? "plain", chain: scenario.chain !== undefined };
  });
writeFileSync(path(dir, "index.json"), JSON.stringify(index));
