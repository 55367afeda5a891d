// Deciding a contest (SPEC section 21): sheets, experts, poll, and the whole result.
import { canonicalBytes } from "./canonical.mjs";
import { byId, documentHash, entriesHash, METHODS, plainHash, rulesHash } from "./contest_documents.mjs";
import { outcome } from "./contest_ranking.mjs";
import { figure, Fraction, fraction, mean, total, ZERO } from "./fraction.mjs";

/**
 * Why a sheet is left out, or null.
 * @param {any} sheet
 * @param {any} judge
 * @param {any[]} entries
 * @param {any} judging
 */
function whyLeftOut(sheet, judge, entries, judging) {
  const scored = Object.keys(sheet.marks);
  const named = [...scored, ...sheet.abstained].sort();
  const all = entries.map((e) => e.id).sort();
  if (named.length !== all.length || named.some((id, i) => id !== all[i])) return "sheet.coverage";
  const criteria = judging.criteria.map((/** @type {any} */ c) => c.id).sort().join(" ");
  for (const id of scored) {
    const marks = sheet.marks[id];
    const fits = Object.keys(marks).sort().join(" ") === criteria;
    if (!fits || Object.values(marks).some((score) => score > judging.max_score)) return "sheet.score";
  }
  const own = (/** @type {any} */ e) => e.agency !== undefined && e.agency === judge.agency && scored.includes(e.id);
  return entries.some(own) ? "sheet.conflict_of_interest" : null;
}

/** One lowest and one highest value less. @param {Fraction[]} values */
const trim = (values) => [...values].sort((a, b) => a.compare(b)).slice(1, -1);

/**
 * The scores of one entry.
 * @param {any} entry
 * @param {any[]} admitted sheets with their judges
 * @param {any} judging
 */
function scoreEntry(entry, admitted, judging) {
  const weights = total(judging.criteria.map((/** @type {any} */ c) => new Fraction(c.weight)));
  const judges = admitted
    .filter(({ sheet }) => Object.hasOwn(sheet.marks, entry.id))
    .map(({ judge, sheet }) => {
      const marks = sheet.marks[entry.id];
      const parts = judging.criteria.map((/** @type {any} */ c) => new Fraction(c.weight * marks[c.id]));
      return { judge: judge.id, weighted: total(parts).div(weights), tie: new Fraction(marks[judging.tie_criterion]) };
    });
  const trimmed = judging.trimming && judges.length >= 5;
  const meanOf = (/** @type {Fraction[]} */ list) => mean(trimmed ? trim(list) : list);
  return {
    entry: entry.id,
    judges,
    trimmed,
    mean: meanOf(judges.map((j) => j.weighted)),
    tie: meanOf(judges.map((j) => j.tie)),
  };
}

/**
 * The experts' side.
 * @param {any} rules
 * @param {any[]} entries
 * @param {any[]} judges
 * @param {Map<number, any>} sheets by number of the expert
 */
function decideExperts(rules, entries, judges, sheets) {
  const { judging } = rules;
  /** @type {{judge: string, reason: string}[]} */
  const leftOut = [];
  /** @type {{judge: any, sheet: any}[]} */
  const admitted = [];
  for (const [e, judge] of judges.entries()) {
    const sheet = sheets.get(e);
    const reason = sheet === undefined ? "sheet.not_opened" : whyLeftOut(sheet, judge, entries, judging);
    if (reason === null) admitted.push({ judge, sheet });
    else leftOut.push({ judge: judge.id, reason });
  }
  const scores = entries.map((entry) => scoreEntry(entry, admitted, judging));
  let reason = null;
  if (admitted.length < judging.min_sheets) reason = "expert.too_few_sheets";
  else if (scores.some((s) => s.judges.length < judging.min_scores)) reason = "expert.too_few_scores";
  return { scores: reason === null ? scores : [], leftOut, reason };
}

/** @param {any} experts */
const writeExperts = (experts) => ({
  scores: experts.scores.map((/** @type {any} */ s) => ({
    entry: s.entry,
    judges: s.judges.map((/** @type {any} */ j) => ({
      judge: j.judge,
      weighted: figure(j.weighted),
      tie_criterion: figure(j.tie),
    })),
    trimmed: s.trimmed,
    mean: figure(s.mean),
    tie_criterion_mean: figure(s.tie),
  })),
  left_out: experts.leftOut,
  void: experts.reason,
});

/** @param {any} counts @param {any[]} entries */
function writePoll(counts, entries) {
  if (counts === null) return null;
  const sum = entries.reduce((n, e) => n + counts.votes[e.id], 0);
  const share = (/** @type {number} */ n) => (sum === 0 ? null : figure(new Fraction(100 * n, sum)));
  return {
    voters: counts.voters,
    total: sum,
    votes: Object.fromEntries(entries.map((e) => [e.id, counts.votes[e.id]])),
    share_percent: Object.fromEntries(entries.map((e) => [e.id, share(counts.votes[e.id])])),
  };
}

/** @param {Fraction[]} values */
const allEqual = (values) => values.every((v) => v.compare(values[0]) === 0);

/**
 * @param {any} experts
 * @param {any} counts
 * @param {boolean} belowFloor
 * @param {any} sides
 * @param {string} basis
 */
function notices(experts, counts, belowFloor, sides, basis) {
  /** @type {{code: string, about: string[]}[]} */
  const out = [];
  const note = (/** @type {string} */ code, /** @type {string[]} */ about = []) => out.push({ code, about });
  if (experts.leftOut.length > 0) note("sheets.left_out", experts.leftOut.map((/** @type {any} */ l) => l.judge));
  if (experts.reason !== null) note(experts.reason);
  else if (allEqual(sides.expert.values)) note("expert.no_spread");
  if (counts === null) note("poll.without_result");
  else if (belowFloor) note("poll.below_turnout_floor");
  else if (sides.votes.values.every((/** @type {Fraction} */ v) => v.sign() === 0)) note("votes.none_cast");
  else if (allEqual(sides.votes.values)) note("votes.no_spread");
  if (basis === "none") note("result.none");
  return out;
}

/** @param {boolean} expert @param {boolean} votes */
const basisOf = (expert, votes) => (expert ? (votes ? "blended" : "expert_only") : votes ? "votes_only" : "none");

/** @param {string} basis @param {any} weights */
function applied(basis, weights) {
  if (basis === "expert_only") return { expert: "1/1", votes: "0/1" };
  if (basis === "votes_only") return { expert: "0/1", votes: "1/1" };
  return { expert: weights.expert, votes: weights.votes };
}

/**
 * The result of a contest.
 * @param {any} rules
 * @param {any} entriesDoc
 * @param {any} panelDoc
 * @param {Map<number, any>} sheets the opened ones by number of the expert
 * @param {any} counts the document of the poll's counts, or null
 */
export function decide(rules, entriesDoc, panelDoc, sheets, counts) {
  const entries = [...entriesDoc.entries].sort(byId);
  const experts = decideExperts(rules, entries, panelDoc.judges, sheets);
  const belowFloor = counts !== null && counts.voters < (rules.turnout_floor ?? 0);
  const hasPoll = counts !== null && !belowFloor;
  const basis = basisOf(experts.reason === null, hasPoll);
  const column = (/** @type {"mean"|"tie"} */ name) =>
    entries.map((_, i) => (experts.reason === null ? experts.scores[i][name] : ZERO));
  const sides = {
    expert: { values: column("mean"), tie: column("tie"), total: new Fraction(rules.judging.max_score) },
    votes: { values: entries.map((e) => (hasPoll ? new Fraction(counts.votes[e.id]) : ZERO)), total: ZERO },
  };
  sides.votes.total = total(sides.votes.values);
  const weights = applied(basis, rules.blend.weights);
  const parts = { expert: fraction(weights.expert), votes: fraction(weights.votes) };
  const opened = [...sheets.keys()].sort((a, b) => a - b).map((e) => canonicalBytes(sheets.get(e)));
  return {
    version: rules.version.replace("/rules", "/result"),
    basis,
    method: rules.blend.method,
    weights: rules.blend.weights,
    inputs: {
      rules: rulesHash(rules),
      entries: entriesHash(entriesDoc),
      panel: plainHash("panel", panelDoc),
      sheets: documentHash("sheets", ...opened),
      poll: plainHash("poll-counts", counts),
    },
    entries,
    expert: writeExperts(experts),
    poll: writePoll(counts, entries),
    outcomes: basis === "none" ? [] : METHODS.map((m) => outcome(m, rules, entries, sides, parts, weights)),
    notices: notices(experts, counts, belowFloor, sides, basis),
  };
}
