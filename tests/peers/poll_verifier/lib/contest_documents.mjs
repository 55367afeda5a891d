// Documents of a contest: forms and hashes (SPEC section 20).
import { ascii, hex } from "./bytes.mjs";
import { bytesMember, canonicalBytes, intMember, members } from "./canonical.mjs";
import { fraction } from "./fraction.mjs";
import { tagged } from "./transcript.mjs";

/**
 * @param {string} why
 * @returns {never}
 */
export function fail(why) {
  throw new Error(why);
}

/** @param {unknown} v @param {string} where */
export function isId(v, where) {
  if (typeof v !== "string" || !/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/.test(v)) fail(`${where} is no id`);
}

/** @param {unknown} v @param {string} where */
export function isText(v, where) {
  const fine =
    typeof v === "string" &&
    v.length > 0 &&
    [...v].length <= 300 &&
    v.normalize("NFC") === v &&
    !/^\p{White_Space}|\p{White_Space}$|\p{C}/u.test(v);
  if (!fine) fail(`${where} is no text`);
}

/** @param {any} v @param {string} where */
export function isTitle(v, where) {
  members(v, v !== null && typeof v === "object" && "en" in v ? ["ko", "en"] : ["ko"], where);
  for (const text of Object.values(v)) isText(text, where);
}

/**
 * @param {unknown} v
 * @param {number} low
 * @param {number} high
 * @param {string} where
 * @returns {any[]}
 */
export function list(v, low, high, where) {
  if (!Array.isArray(v) || v.length < low || v.length > high) fail(`${where} is no list of ${low} to ${high}`);
  return v;
}

/** @param {string[]} values @param {string} where */
function distinct(values, where) {
  if (new Set(values).size !== values.length) fail(`${where} repeated`);
}

/**
 * Members of which some may be left out.
 * @param {any} v
 * @param {string[]} always
 * @param {string[]} maybe
 * @param {string} where
 */
function withOptional(v, always, maybe, where) {
  const own = v !== null && typeof v === "object" ? maybe.filter((name) => Object.hasOwn(v, name)) : [];
  return members(v, [...always, ...own], where);
}

/** @param {any} v @param {string} kind */
function version(v, kind) {
  if (v.version !== `dojang-contest-v1/${kind}`) fail(`version of ${kind}`);
}

/** @param {any} rounds */
function checkRounds(rounds) {
  let before = Infinity;
  for (const round of list(rounds, 0, 10, "rounds")) {
    members(round, ["id", "kind", "advance"], "round");
    isId(round.id, "round id");
    if (round.kind !== "paper" && round.kind !== "interview") fail("kind of a round");
    if (intMember(round.advance, 1, 500, "advance") >= before) fail("advance does not fall");
    before = round.advance;
  }
  distinct(rounds.map((/** @type {any} */ r) => r.id), "round ids");
}

/** @param {any} j */
function checkJudging(j) {
  members(j, ["criteria", "max_score", "trimming", "min_sheets", "min_scores", "tie_criterion"], "judging");
  const ids = list(j.criteria, 1, 20, "criteria").map((c) => {
    members(c, ["id", "title", "weight"], "criterion");
    isId(c.id, "criterion id");
    isTitle(c.title, "criterion title");
    intMember(c.weight, 1, 1000, "weight");
    return c.id;
  });
  distinct(ids, "criteria");
  intMember(j.max_score, 1, 1000, "max_score");
  if (typeof j.trimming !== "boolean") fail("trimming is no boolean");
  intMember(j.min_sheets, 1, 100, "min_sheets");
  intMember(j.min_scores, 1, j.min_sheets, "min_scores");
  if (!ids.includes(j.tie_criterion)) fail("tie_criterion is no criterion");
}

/** @param {any} tiers */
function checkTiers(tiers) {
  let places = 0;
  let before = 1e12;
  for (const tier of list(tiers, 1, 20, "tiers")) {
    members(tier, ["id", "title", "places", "amount"], "tier");
    isId(tier.id, "tier id");
    isTitle(tier.title, "tier title");
    places += intMember(tier.places, 1, 500, "places");
    before = intMember(tier.amount, 0, before, "amount");
  }
  if (places > 500) fail("too many places");
  distinct(tiers.map((/** @type {any} */ t) => t.id), "tier ids");
}

export const METHODS = ["max_relative", "min_max", "z_score", "rank_points", "raw_share"];

/** A result is of the edition of its rules. */
const EDITIONS = ["dojang-contest-v1/rules", "dojang-contest-v2/rules"];

/** @param {any} rules */
export function checkRules(rules) {
  withOptional(rules, ["version", "rounds", "judging", "blend", "ties", "tiers"], ["turnout_floor"], "rules");
  if (!EDITIONS.includes(rules.version)) fail("version of rules");
  if ("turnout_floor" in rules) intMember(rules.turnout_floor, 1, Number.MAX_SAFE_INTEGER, "turnout_floor");
  checkRounds(rules.rounds);
  checkJudging(rules.judging);
  members(rules.blend, ["method", "weights"], "blend");
  members(rules.blend.weights, ["expert", "votes"], "weights");
  if (!METHODS.includes(rules.blend.method)) fail("method of the blend");
  const expert = fraction(rules.blend.weights.expert);
  const votes = fraction(rules.blend.weights.votes);
  if (expert.sign() < 0 || votes.sign() < 0 || expert.add(votes).text() !== "1/1") fail("weights of the blend");
  const ties = list(rules.ties, 0, 3, "ties");
  if (ties.some((t) => !["votes", "expert", "utility"].includes(t))) fail("ties");
  distinct(ties, "ties");
  checkTiers(rules.tiers);
}

/** @param {any} doc */
export function checkEntries(doc) {
  members(doc, ["version", "entries"], "entries");
  version(doc, "entries");
  for (const e of list(doc.entries, 1, 500, "entries")) {
    withOptional(e, ["id", "title", "synthetic", "money_allowed"], ["agency"], "entry");
    isId(e.id, "entry id");
    isTitle(e.title, "entry title");
    if ("agency" in e) isText(e.agency, "agency");
    if (typeof e.synthetic !== "boolean" || typeof e.money_allowed !== "boolean") fail("flags of an entry");
  }
  distinct(doc.entries.map((/** @type {any} */ e) => e.id), "entry ids");
}

/** @param {any} doc */
export function checkPanel(doc) {
  members(doc, ["version", "judges"], "panel");
  version(doc, "panel");
  for (const j of list(doc.judges, 1, 100, "judges")) {
    withOptional(j, ["id"], ["agency"], "judge");
    isId(j.id, "judge id");
    if ("agency" in j) isText(j.agency, "agency");
  }
  distinct(doc.judges.map((/** @type {any} */ j) => j.id), "judge ids");
}

/** @param {unknown} v @param {string} where */
function isObject(v, where) {
  if (v === null || typeof v !== "object" || Array.isArray(v)) fail(`${where} is no object`);
  return /** @type {Record<string, any>} */ (v);
}

/** @param {any} sheet */
function checkSheet(sheet) {
  members(sheet, ["version", "judge", "marks", "abstained"], "sheet");
  version(sheet, "sheet");
  isId(sheet.judge, "judge");
  const marks = Object.entries(isObject(sheet.marks, "marks"));
  if (marks.length > 500) fail("too many marks");
  for (const [entry, scores] of marks) {
    isId(entry, "entry of a sheet");
    for (const [criterion, score] of Object.entries(isObject(scores, "scores"))) {
      isId(criterion, "criterion of a sheet");
      intMember(score, 0, Number.MAX_SAFE_INTEGER, "score");
    }
  }
  list(sheet.abstained, 0, 500, "abstained").forEach((id, i) => {
    isId(id, "abstained");
    if (i > 0 && sheet.abstained[i - 1] >= id) fail("abstained out of order");
  });
}

/** @param {any} o */
export function checkSheetOpening(o) {
  members(o, ["version", "expert", "sheet", "salt"], "opening");
  version(o, "sheet-opening");
  intMember(o.expert, 0, 99, "expert");
  bytesMember(o.salt, 32, "salt");
  checkSheet(o.sheet);
}

/** @param {any} doc */
export function checkCounts(doc) {
  members(doc, ["version", "voters", "votes"], "counts");
  version(doc, "poll-counts");
  intMember(doc.voters, 0, Math.floor(Number.MAX_SAFE_INTEGER / 500), "voters");
  const votes = Object.entries(isObject(doc.votes, "votes"));
  if (votes.length > 500) fail("too many counts");
  for (const [id, count] of votes) {
    isId(id, "option of the counts");
    intMember(count, 0, doc.voters, "count");
  }
}

/** `hash(kind, p_1..p_n)` in hexadecimal. @param {string} kind @param {...Uint8Array} parts */
export const documentHash = (kind, ...parts) => hex(tagged(`dojang-contest-v1/${kind}`, parts));

/** @param {any} a @param {any} b */
export const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** `entries_hash`: over the entries in ascending order. @param {any} doc */
export const entriesHash = (doc) =>
  documentHash("entries", canonicalBytes({ ...doc, entries: [...doc.entries].sort(byId) }));

/** The hash of a document that is hashed as it stands. @param {string} kind @param {any} doc */
export const plainHash = (kind, doc) => documentHash(kind, doc === null ? ascii("null") : canonicalBytes(doc));

/** Rules are hashed under the version of their edition. @param {any} doc */
export const rulesHash = (doc) => hex(tagged(doc.version, [canonicalBytes(doc)]));
