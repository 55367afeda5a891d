// A second verifier of a poll's public record, written from voting/SPEC.md alone:
// node verify.mjs RECORD.. [--chain SNAPSHOT] [--poll-id ID] [--json]
// With several records --chain is given once for all, or once for each of them.
// Exit code 0 only if every record holds, 1 with findings, 2 for arguments that cannot be used.
import { lstatSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Audit } from "./lib/audit.mjs";
import { readSnapshot } from "./lib/snapshot.mjs";

/**
 * @param {string} why
 * @returns {never}
 */
function unusable(why) {
  console.error(why);
  return process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { chain: { type: "string", multiple: true }, "poll-id": { type: "string" }, json: { type: "boolean" } },
    });
  } catch (error) {
    return unusable(String(error));
  }
}

/** @param {string} file */
function loadSnapshot(file) {
  try {
    return readSnapshot(new Uint8Array(readFileSync(file)));
  } catch (error) {
    return unusable(`${file}: ${error}`);
  }
}

/** @param {string} dir @param {{pollId: string|null, snapshot: any}} options */
function auditOne(dir, options) {
  try {
    if (!lstatSync(dir).isDirectory()) throw new Error("is no folder");
    return new Audit(dir, options);
  } catch (error) {
    return unusable(`${dir}: ${error}`);
  }
}

/** @param {ReturnType<Audit["report"]>} report */
function print(report) {
  const notes = [`Published by: ${report.publication ?? "not known"}.`];
  if (report.definition_taken_on_trust) notes.push("Note: the definition was taken on trust.");
  if (!report.compared_with_chain) notes.push("Note: nothing was compared with a chain.");
  console.log(notes.join(" "));
  console.log(`poll ${report.poll}`);
  for (const [check, state] of Object.entries(report.checks)) console.log(`${check}  ${state}`);
  for (const f of report.findings) console.log(`${f.check} ${f.place} (${f.code}): ${f.message}`);
  console.log(`${report.counted} / ${report.ballots}`);
  console.log([report.holds ? "All that was checked holds." : "DOES NOT HOLD.", ...notes].join(" "));
}

const { values, positionals } = readArguments();
const pollId = values["poll-id"] ?? null;
if (positionals.length === 0) unusable("usage: node verify.mjs RECORD.. [--chain SNAPSHOT] [--poll-id ID] [--json]");
if (pollId !== null && !/^[0-9a-f]{64}$/.test(pollId)) unusable("a poll id has 64 hexadecimal characters");
const chains = (values.chain ?? []).map(loadSnapshot);
if (chains.length > 1 && chains.length !== positionals.length) unusable("one snapshot for all, or one for each record");
const snapshotOf = (/** @type {number} */ i) => chains[chains.length > 1 ? i : 0] ?? null;
const reports = positionals.map((dir, i) => auditOne(dir, { pollId, snapshot: snapshotOf(i) }).all());
for (const report of reports) {
  if (values.json) console.log(JSON.stringify(report));
  else print(report);
}
process.exit(reports.every((r) => r.holds) ? 0 : 1);
