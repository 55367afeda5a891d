// The definition (SPEC section 14; check A-02 with Q-01).
import { unhex } from "./bytes.mjs";
import { bytesMember, canonicalBytes, intMember, members, parse, timeMember } from "./canonical.mjs";
import { checkRules, fail, isId, isText, isTitle, list } from "./contest_documents.mjs";
import { makeSetting } from "./ceremony.mjs";
import { identityPoint } from "./ed25519.mjs";
import { checkParameters } from "./params.mjs";
import { tr } from "./transcript.mjs";

const MAX = Number.MAX_SAFE_INTEGER;

/** @param {unknown} v @param {string} where */
function bool(v, where) {
  if (typeof v !== "boolean") fail(`${where} is no boolean`);
}

/** @param {any} d */
function checkOptions(d) {
  if (d.version !== "dojang-poll-v1/definition") fail("version of the definition");
  isTitle(d.title, "title");
  for (const option of list(d.options, 2, 64, "options")) {
    members(option, ["id", "title"], "option");
    isId(option.id, "option id");
    isTitle(option.title, "option title");
  }
  if (new Set(d.options.map((/** @type {any} */ o) => o.id)).size !== d.options.length) fail("option ids repeated");
}

/** @param {any} d */
function checkCasting(d) {
  const c = members(d.casting, ["choose", "revote", "max_casts", "min_ballots", "public_checks"], "casting");
  members(c.choose, ["min", "max"], "choose");
  intMember(c.choose.max, 0, MAX, "max");
  intMember(c.choose.min, 0, MAX, "min");
  bool(c.revote, "revote");
  bool(c.public_checks, "public_checks");
  intMember(c.max_casts, 1, 65535, "max_casts");
  if (c.revote !== c.max_casts > 1) fail("max_casts and revote");
  intMember(c.min_ballots, 5, 2 ** 32, "min_ballots");
}

/** @param {any} d */
function checkTimes(d) {
  const t = members(d.times, ["opens", "closes", "grace_seconds"], "times");
  const opens = timeMember(t.opens, "opens");
  const closes = timeMember(t.closes, "closes");
  if (closes <= opens) fail("the poll closes before it opens");
  if (Number(t.closes.slice(0, 4)) > 9000) fail("the poll closes after the year 9000");
  intMember(t.grace_seconds, 1, 7 * 86400, "grace_seconds");
  const r = members(
    d.registration,
    ["policy", "policy_hash", "pseudonym_claim", "when", "closes", "client_id"],
    "registration",
  );
  for (const name of ["policy", "pseudonym_claim", "client_id"]) isText(r[name], name);
  bytesMember(r.policy_hash, 32, "policy_hash");
  const until = timeMember(r.closes, "registration.closes");
  const fine = r.when === "during" ? until === closes : r.when === "before" && until <= opens;
  if (!fine) fail("time of registration");
  return { opens, closes, last: closes + t.grace_seconds };
}

/**
 * K-01 and the setting's part of K-02.
 * @param {any} d
 * @param {"trustee"|"registrar"} role
 */
export function settingOf(d, role) {
  const side = role === "trustee" ? d.trustees : d.registrars;
  return makeSetting({
    role,
    threshold: side.threshold,
    dishonest: side.dishonest,
    m: role === "trustee" ? d.options.length : 1,
    identities: side.identities.map(unhex),
    chainId: d.publication.chain_id,
    nonce: unhex(side.nonce),
  });
}

/** @param {any} d */
function checkParties(d) {
  const t = members(d.trustees, ["threshold", "identities", "nonce", "keys", "transcript"], "trustees");
  const names = ["threshold", "dishonest", "identities", "nonce", "key", "transcript"];
  const r = members(d.registrars, names, "registrars");
  for (const side of [t, r]) {
    intMember(side.threshold, 0, MAX, "threshold");
    bytesMember(side.nonce, 32, "nonce");
    bytesMember(side.transcript, 32, "transcript");
    for (const key of list(side.identities, 1, 32, "identities")) bytesMember(key, 32, "identity");
  }
  intMember(r.dishonest, 0, MAX, "dishonest");
  bytesMember(r.key, 96, "key");
  for (const key of list(t.keys, 2, 64, "keys")) bytesMember(key, 48, "key");
  if (t.keys.length !== d.options.length) fail("another number of keys than options");
}

/** @param {unknown} v */
export const isOrigin = (v) =>
  typeof v === "string" && v.length > 0 && [...v].length <= 200 && !/[\p{White_Space}+\p{C}]/u.test(v);

/** What may publish a poll, and the name of its contract in a snapshot; a simulation has none. */
export const KINDS = new Map([
  ["checkpoint-log", "CheckpointLog"],
  ["simulation", null],
]);

/** @param {any} d */
function checkPublication(d) {
  const p = members(d.publication, ["kind", "origin", "key", "chain_id", "contract", "builds"], "publication");
  if (!isOrigin(p.origin)) fail("origin is no key name");
  if (identityPoint(bytesMember(p.key, 32, "publication.key")) === null) fail("publication.key");
  intMember(p.chain_id, 0, MAX, "chain_id");
  bytesMember(p.contract, 20, "contract");
  if (!KINDS.has(p.kind)) fail("an unknown kind of publication");
  const unnamed = [p.chain_id === 0, p.contract === "00".repeat(20)];
  if (unnamed.some((none) => none !== (p.kind === "simulation"))) fail("a chain that does not fit the kind");
  const builds = list(p.builds, 0, 100, "builds");
  for (const build of builds) {
    members(build, ["name", "hash"], "build");
    isText(build.name, "build name");
    bytesMember(build.hash, 32, "build hash");
  }
  if (new Set(builds.map((b) => b.name)).size !== builds.length) fail("builds named twice");
}

/** @param {any} d @param {number} last */
function checkContest(d, last) {
  if (d.contest === null) return null;
  const c = members(d.contest, ["rules", "entries_hash", "panel_hash", "sheets_root", "deadline"], "contest");
  for (const name of ["entries_hash", "panel_hash", "sheets_root"]) bytesMember(c[name], 32, name);
  const deadline = timeMember(c.deadline, "deadline");
  if (deadline <= last) fail("a deadline not after closing and grace");
  checkRules(c.rules);
  return deadline;
}

/**
 * @typedef {object} Definition
 * @property {any} d the document
 * @property {Uint8Array} pollId
 * @property {Uint8Array|null} draft
 * @property {number} opens
 * @property {number} last closing and grace
 * @property {number|null} deadline
 * @property {number} m
 * @property {string[]} ids of the options
 * @property {Uint8Array[]} trustees identity keys
 * @property {Uint8Array[]} registrars identity keys
 */

/**
 * Section 14 with P-01, K-01 and K-02 of the settings. Throws an Error for the first deviation.
 * @param {Uint8Array} bytes
 * @returns {Definition}
 */
export function readDefinition(bytes) {
  const names = ["version", "title", "options", "casting", "times", "registration", "trustees", "registrars"];
  const d = members(parse(bytes, 2 ** 18), [...names, "publication", "contest"], "definition");
  checkOptions(d);
  checkCasting(d);
  const { opens, last } = checkTimes(d);
  checkParties(d);
  checkPublication(d);
  const deadline = checkContest(d, last);
  checkParameters({ m: d.options.length, ...d.casting.choose, maxCasts: d.casting.max_casts });
  settingOf(d, "trustee");
  settingOf(d, "registrar");
  let draft = null;
  if (d.contest !== null) {
    const { sheets_root: _, ...contest } = d.contest;
    draft = tr("draft", canonicalBytes({ ...d, contest }));
  }
  return {
    d,
    pollId: tr("definition", bytes),
    draft,
    opens,
    last,
    deadline,
    m: d.options.length,
    ids: d.options.map((/** @type {any} */ o) => o.id),
    trustees: d.trustees.identities.map(unhex),
    registrars: d.registrars.identities.map(unhex),
  };
}
