// Points, ranking and prizes of one method (SPEC section 21).
import { covariance, figure, Fraction, mean } from "./fraction.mjs";

const HUNDRED = new Fraction(100);
/** @typedef {{values: Fraction[], total: Fraction, tie?: Fraction[]}} Side */

/** @param {Fraction[]} values @param {number} sign */
const extreme = (values, sign) => values.reduce((a, b) => (b.compare(a) === sign ? b : a));

/** @param {Side} side @param {Fraction} deviation */
function zScore({ values }, deviation) {
  const centre = mean(values);
  const variance = covariance(values, values);
  return { points: values.map((x) => x.sub(centre).div(deviation)), basis: { mean: centre, variance, deviation } };
}

/** Deviations of both sides for z_score. @param {Side} expert @param {Side} votes */
function deviations(expert, votes) {
  const ve = covariance(expert.values, expert.values);
  const vv = covariance(votes.values, votes.values);
  const own = ve.root();
  return { expert: own, votes: ve.sign() === 0 ? vv.root() : own.mul(vv.div(ve).root()) };
}

/**
 * @param {string} method
 * @param {Side} side
 * @param {Fraction} deviation
 * @returns {{points: Fraction[], basis: Record<string, Fraction>}}
 */
function pointsOf(method, side, deviation) {
  const { values } = side;
  const scale = (/** @type {Fraction} */ x, /** @type {Fraction} */ by) => HUNDRED.mul(x).div(by);
  const max = extreme(values, 1);
  const min = extreme(values, -1);
  if (method === "max_relative") return { points: values.map((x) => scale(x, max)), basis: { max } };
  if (method === "min_max") {
    return { points: values.map((x) => scale(x.sub(min), max.sub(min))), basis: { min, max } };
  }
  if (method === "z_score") return zScore(side, deviation);
  if (method === "raw_share") {
    return { points: values.map((x) => scale(x, side.total)), basis: { total: side.total } };
  }
  const others = new Fraction(values.length - 1);
  const ahead = (/** @type {Fraction} */ x) => {
    const less = values.filter((y) => y.compare(x) < 0).length;
    const level = values.filter((y) => y.compare(x) === 0).length - 1;
    return new Fraction(2 * less + level, 2);
  };
  return { points: values.map((x) => scale(ahead(x), others)), basis: { others } };
}

/**
 * Groups of indices, best first, each of equal value.
 * @param {number[]} group
 * @param {Fraction[]} values
 */
function split(group, values) {
  const sorted = [...group].sort((a, b) => values[b].compare(values[a]) || a - b);
  /** @type {number[][]} */
  const out = [];
  for (const i of sorted) {
    const last = out[out.length - 1];
    if (last !== undefined && values[last[0]].compare(values[i]) === 0) last.push(i);
    else out.push([i]);
  }
  return out;
}

/**
 * Ranks, reasons and ties.
 * @param {Fraction[]} scores
 * @param {string[]} ties
 * @param {Record<string, Fraction[]>} tieValues
 */
function rankAll(scores, ties, tieValues) {
  let groups = split(scores.map((_, i) => i), scores);
  /** @type {string[]} */
  const reason = scores.map(() => "shared");
  const settle = (/** @type {string} */ name) => {
    for (const g of groups) {
      if (g.length === 1 && reason[g[0]] === "shared") reason[g[0]] = name;
    }
  };
  settle("score");
  for (const rule of ties) {
    groups = groups.flatMap((g) => (g.length === 1 ? [g] : split(g, tieValues[rule])));
    settle(rule);
  }
  let ahead = 0;
  /** @type {{index: number, rank: number, reason: string}[]} */
  const out = [];
  for (const g of groups) {
    for (const index of g) out.push({ index, rank: ahead + 1, reason: reason[index] });
    ahead += g.length;
  }
  return out;
}

/**
 * The award of one entry.
 * @param {any} entry
 * @param {any[]} own tiers (or null) of the positions that its rank occupies
 */
function awardOf(entry, own) {
  const award = { entry: entry.id, outcome: "no_prize", tier: null, between: [], amount: 0, withheld: 0 };
  const distinct = [...new Set(own)];
  if (distinct.length > 1) {
    return { ...award, outcome: "needs_decision", between: distinct.map((t) => (t === null ? null : t.id)) };
  }
  const [tier] = distinct;
  if (tier === null) return award;
  const money = entry.money_allowed;
  const [amount, withheld] = money ? [tier.amount, 0] : [0, tier.amount];
  return { ...award, outcome: "awarded", tier: tier.id, amount, withheld };
}

/** @param {number[]} values */
const sum = (values) => values.reduce((a, b) => a + b, 0);

/**
 * @param {any[]} tiers
 * @param {any[]} entries
 * @param {{index: number, rank: number}[]} ranking
 */
function prizes(tiers, entries, ranking) {
  const positions = tiers.flatMap((t) => Array.from({ length: t.places }, () => t));
  const at = (/** @type {number} */ p) => positions[p - 1] ?? null;
  const groupOf = (/** @type {number} */ rank) => {
    const size = ranking.filter((r) => r.rank === rank).length;
    return Array.from({ length: size }, (_, k) => at(rank + k));
  };
  const awards = ranking.map((r) => awardOf(entries[r.index], groupOf(r.rank)));
  const contested = ranking.map((_, i) => i + 1).filter((p) => awards[p - 1].outcome === "needs_decision");
  return {
    awards,
    budget: sum(positions.map((t) => t.amount)),
    paid: sum(awards.map((a) => a.amount)),
    withheld: sum(awards.map((a) => a.withheld)),
    reserved: sum(contested.map((p) => at(p)?.amount ?? 0)),
    unclaimed: sum(positions.slice(entries.length).map((t) => t.amount)),
  };
}

/** @param {Record<string, Fraction>} basis */
const writeBasis = (basis) => Object.fromEntries(Object.entries(basis).map(([k, v]) => [k, figure(v)]));

/**
 * @param {string} method
 * @param {any} rules
 * @param {any[]} entries
 * @param {{expert: Side, votes: Side}} sides
 * @param {{expert: Fraction, votes: Fraction}} parts
 * @param {{expert: string, votes: string}} weights
 */
export function outcome(method, rules, entries, sides, parts, weights) {
  const spread = deviations(sides.expert, sides.votes);
  const e = pointsOf(method, sides.expert, spread.expert);
  const v = pointsOf(method, sides.votes, spread.votes);
  const ePart = e.points.map((p) => p.mul(parts.expert));
  const vPart = v.points.map((p) => p.mul(parts.votes));
  const scores = ePart.map((p, i) => p.add(vPart[i]));
  const tieValues = { votes: sides.votes.values, expert: sides.expert.values, utility: sides.expert.tie ?? [] };
  const ranks = rankAll(scores, rules.ties, tieValues);
  const level = (/** @type {number} */ i) =>
    entries.filter((_, k) => k !== i && scores[k].compare(scores[i]) === 0).map((x) => x.id);
  const variance = covariance(scores, scores);
  const share = (/** @type {Fraction[]} */ part) =>
    variance.sign() === 0 ? null : figure(covariance(part, scores).div(variance));
  const given = prizes(rules.tiers, entries, ranks);
  return {
    method,
    weights,
    expert_basis: writeBasis(e.basis),
    vote_basis: writeBasis(v.basis),
    effective_weights: { expert: share(ePart), votes: share(vPart) },
    ranking: ranks.map(({ index: i, rank, reason }) => ({
      entry: entries[i].id,
      rank,
      reason,
      tied_with: level(i),
      expert_points: figure(e.points[i]),
      vote_points: figure(v.points[i]),
      expert_part: figure(ePart[i]),
      vote_part: figure(vPart[i]),
      score: figure(scores[i]),
    })),
    prizes: given,
    notices: [...ofInfluence(rules, method, variance, { part: ePart, scores, stated: parts.expert }), ...notices(entries, ranks, given)],
  };
}

/** By so much a side's influence may differ from its stated weight. */
const TOLERANCE = new Fraction(1, 20);

/**
 * What must be told of both sides' influence; the first edition's rules know raw_share alone. The other side differs by as much.
 * @param {any} rules @param {string} method @param {Fraction} variance
 * @param {{part: Fraction[], scores: Fraction[], stated: Fraction}} expert
 */
function ofInfluence(rules, method, variance, { part, scores, stated }) {
  /** @type {string[]} */
  const about = [];
  if (rules.version === "dojang-contest-v1/rules") return method === "raw_share" ? [{ code: "blend.raw_share", about }] : [];
  if (variance.sign() === 0) return [{ code: "blend.no_influence", about }];
  const difference = covariance(part, scores).div(variance).sub(stated);
  const size = difference.sign() < 0 ? new Fraction(0).sub(difference) : difference;
  return size.compare(TOLERANCE) > 0 ? [{ code: "blend.influence_differs", about }] : [];
}

/** @param {any[]} entries @param {any[]} ranks @param {any} given */
function notices(entries, ranks, given) {
  /** @type {{code: string, about: string[]}[]} */
  const out = [];
  const shared = ranks.filter((r) => r.reason === "shared").map((r) => entries[r.index].id);
  if (shared.length > 0) out.push({ code: "ranking.shared", about: shared });
  const open = given.awards.filter((/** @type {any} */ a) => a.outcome === "needs_decision");
  if (open.length > 0) out.push({ code: "awards.needs_decision", about: open.map((/** @type {any} */ a) => a.entry) });
  return out;
}
