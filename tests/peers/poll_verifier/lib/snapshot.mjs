// The trust snapshot (SPEC section 22).
import { ascii, hex, join, u32, u8 } from "./bytes.mjs";
import { bytesMember, intMember, members, parse, timeMember } from "./canonical.mjs";
import { list } from "./contest_documents.mjs";
import { KINDS } from "./definition.mjs";
import { leafHash } from "./merkle.mjs";
import { sha256 } from "./transcript.mjs";

const MAX = Number.MAX_SAFE_INTEGER;

/** The id of a log. @param {string} origin */
export function logId(origin) {
  const tag = ascii("dojang-evidence-v1/log");
  const name = ascii(origin);
  return hex(sha256(join(u8(tag.length), tag, u8(1), u32(name.length), name)));
}

/** The two logs of one leaf each (section 17). @param {string} origin of the board */
export const sheetsLog = (origin) => `${origin}/sheets`;
/** @param {string} origin */
export const tallyLog = (origin) => `${origin}/tally`;

/** @param {string[]} values @param {string} where */
function distinct(values, where) {
  if (new Set(values).size !== values.length) throw new Error(`${where} repeated`);
}

/** @param {any} span @param {string[]} names */
function checkSpan(span, names) {
  const ended = span !== null && typeof span === "object" && ("until" in span || "ending" in span);
  members(span, [...names, "from", ...(ended ? ["until", "ending"] : [])], "span");
  const from = timeMember(span.from, "from");
  if (!ended) return;
  if (timeMember(span.until, "until") < from) throw new Error("until before from");
  if (span.ending !== "orderly" && span.ending !== "compromised") throw new Error("ending");
}

/** @param {any} issuers */
function checkIssuers(issuers) {
  for (const issuer of list(issuers, 0, MAX, "issuers")) {
    members(issuer, ["issuer", "keys", "accreditations", "suspensions"], "issuer");
    bytesMember(issuer.issuer, 32, "issuer");
    for (const k of list(issuer.keys, 0, MAX, "keys")) {
      checkSpan(k, ["point"]);
      bytesMember(k.point, 64, "point");
    }
    for (const a of list(issuer.accreditations, 0, MAX, "accreditations")) {
      checkSpan(a, ["credential_type"]);
      bytesMember(a.credential_type, 32, "credential_type");
    }
    for (const s of list(issuer.suspensions, 0, MAX, "suspensions")) checkSpan(s, []);
    distinct(issuer.keys.map((/** @type {any} */ k) => k.point), "points");
  }
  distinct(issuers.map((/** @type {any} */ i) => i.issuer), "issuers");
}

/** @param {any} log @param {{number: number, time: number}} head */
function checkLog(log, head) {
  members(log, ["log", "key", "checkpoints"], "log");
  bytesMember(log.log, 32, "log");
  bytesMember(log.key, 32, "key");
  let before = { size: 0, block: 0, time: -Infinity };
  list(log.checkpoints, 0, MAX, "checkpoints").forEach((c, i) => {
    members(c, ["sequence", "size", "root", "block", "time"], "anchored checkpoint");
    if (c.sequence !== i) throw new Error("gap in the sequence");
    bytesMember(c.root, 32, "root");
    const size = intMember(c.size, before.size + 1, MAX, "size");
    const block = intMember(c.block, before.block, head.number, "block");
    const time = timeMember(c.time, "time");
    if (time < before.time || time > head.time) throw new Error("times run back or after head");
    before = { size, block, time };
  });
}

/** @param {any} listed @param {{number: number, time: number}} head */
function checkStatusList(listed, head) {
  members(listed, ["status_list", "versions"], "status list");
  bytesMember(listed.status_list, 32, "status_list");
  let version = -1;
  let before = -Infinity;
  for (const v of list(listed.versions, 0, MAX, "versions")) {
    members(v, ["version", "digest", "time"], "version");
    version = intMember(v.version, version + 1, MAX, "version");
    bytesMember(v.digest, 32, "digest");
    const time = timeMember(v.time, "time");
    if (time < before || time > head.time) throw new Error("times run back or after head");
    before = time;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {{chain: any, headTime: number, logs: Map<string, any>}}
 */
export function readSnapshot(bytes) {
  const s = members(parse(bytes, 2 ** 26), ["version", "chain", "head", "issuers", "logs", "status_lists"], "snapshot");
  if (s.version !== "dojang-snapshot-v1") throw new Error("version of the snapshot");
  members(s.chain, ["chain_id", "genesis", "contracts"], "chain");
  intMember(s.chain.chain_id, 1, MAX, "chain_id");
  bytesMember(s.chain.genesis, 32, "genesis");
  members(s.chain.contracts, Object.keys(s.chain.contracts ?? {}), "contracts");
  for (const address of Object.values(s.chain.contracts)) bytesMember(address, 20, "contract");
  members(s.head, ["number", "hash", "time"], "head");
  bytesMember(s.head.hash, 32, "hash");
  const head = { number: intMember(s.head.number, 0, MAX, "number"), time: timeMember(s.head.time, "head.time") };
  checkIssuers(s.issuers);
  for (const log of list(s.logs, 0, MAX, "logs")) checkLog(log, head);
  for (const l of list(s.status_lists, 0, MAX, "status_lists")) checkStatusList(l, head);
  distinct(s.logs.map((/** @type {any} */ l) => l.log), "logs");
  distinct(s.status_lists.map((/** @type {any} */ l) => l.status_list), "status lists");
  return { chain: s.chain, headTime: head.time, logs: new Map(s.logs.map((/** @type {any} */ l) => [l.log, l])) };
}

/**
 *
 * @param {ReturnType<typeof readSnapshot>} snapshot
 * @param {any} d the definition's document
 * @param {(text: string) => void} add
 */
export function checkChain(snapshot, d, add) {
  const p = d.publication;
  const contract = KINDS.get(p.kind) ?? null;
  if (contract === null) return add("no chain publishes a simulation");
  if (snapshot.chain.chain_id !== p.chain_id) add("another chain");
  if (snapshot.chain.contracts[contract] !== p.contract) add(`another contract is ${contract}`);
  const logs = [[p.origin, p.key], [tallyLog(p.origin), p.key]];
  if (d.contest !== null) logs.push([sheetsLog(p.origin), p.key]);
  for (const [i, key] of d.registrars.identities.entries()) logs.push([`${p.origin}/registrar/${i + 1}`, key]);
  for (const [origin, key] of logs) {
    if (snapshot.logs.get(logId(origin))?.key !== key) add(`no log ${origin} with its key`);
  }
}

/**
 * What is anchored in a log.
 * @param {ReturnType<typeof readSnapshot>} snapshot
 * @param {string} origin
 * @returns {any[]}
 */
const anchoredIn = (snapshot, origin) => snapshot.logs.get(logId(origin))?.checkpoints ?? [];

/**
 * nothing at all is anchored in the log.
 * @param {ReturnType<typeof readSnapshot>} snapshot
 * @param {string} origin
 */
export const anchoredNever = (snapshot, origin) => anchoredIn(snapshot, origin).length === 0;

/**
 * one leaf is anchored in the log, at that time, and nothing else.
 * @param {ReturnType<typeof readSnapshot>} snapshot
 * @param {string} origin
 * @param {Uint8Array} leaf
 * @param {number} at
 */
export function anchoredOnce(snapshot, origin, leaf, at) {
  const [only, ...more] = anchoredIn(snapshot, origin);
  if (only === undefined || more.length > 0 || only.size !== 1) return false;
  return only.root === hex(leafHash(leaf)) && timeMember(only.time, "time") === at;
}

/**
 * the state of a registrar's log alone is anchored, between registration and the end.
 * @param {ReturnType<typeof readSnapshot>} snapshot
 * @param {string} origin
 * @param {{size: number, root: Uint8Array}} state
 * @param {{closes: number, last: number}} times of registration's closing and of the end
 */
export function anchoredAlone(snapshot, origin, state, { closes, last }) {
  const found = anchoredIn(snapshot, origin);
  if (state.size === 0) return found.length === 0;
  if (found.length !== 1) return false;
  const at = timeMember(found[0].time, "time");
  return found[0].size === state.size && found[0].root === hex(state.root) && at >= closes && at <= last;
}

/**
 * exactly the checkpoints anchored until the end, seen from later than the end; what cannot be read or is
 * not signed (null) is none of them.
 * @param {ReturnType<typeof readSnapshot>} snapshot
 * @param {string} origin
 * @param {number} last
 * @param {(import("./log.mjs").Checkpoint|null)[]} checkpoints
 */
export function anchoredExactly(snapshot, origin, last, checkpoints) {
  const wanted = anchoredIn(snapshot, origin).filter((c) => timeMember(c.time, "time") <= last);
  const same = (/** @type {any} */ w, /** @type {any} */ c) =>
    c !== null && w.size === c.size && w.root === hex(c.root) && timeMember(w.time, "time") === c.at;
  if (snapshot.headTime <= last || wanted.length !== checkpoints.length) return false;
  return wanted.every((w, i) => same(w, checkpoints[i]));
}
