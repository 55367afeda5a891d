// Parameters of a poll (SPEC section 5; checks P-01 and P-02).
import { join, Refused, u32 } from "./bytes.mjs";
import { compress1, compress2, G1, H, readG1, readG2, slackKey } from "./group.mjs";
import { tr } from "./transcript.mjs";

/**
 * @typedef {object} Poll
 * @property {Uint8Array} pollId
 * @property {number} m
 * @property {number} min
 * @property {number} max
 * @property {number} maxCasts
 * @property {import("./group.mjs").P1[]} keys Y_1..Y_m and K_1..K_l
 * @property {number[]} weights of the slack bits
 * @property {import("./group.mjs").P2} tokenKey
 * @property {Uint8Array} ctx
 * @property {number} ballotLength
 */

/**
 * Weights of the slack bits for D = max - min.
 * @param {number} spread
 */
export function slackWeights(spread) {
  const l = spread === 0 ? 0 : spread.toString(2).length;
  return Array.from({ length: l }, (_, i) => (i < l - 1 ? 2 ** i : spread - 2 ** (l - 1) + 1));
}

/**
 * Slack bits for what is left: largest weight first, among equal ones the lower index.
 * @param {number[]} weights
 * @param {number} rest
 */
export function splitSlack(weights, rest) {
  const order = weights.map((w, i) => ({ w, i })).sort((a, b) => b.w - a.w || a.i - b.i);
  const bits = weights.map(() => 0);
  for (const { w, i } of order) {
    if (w <= rest) {
      bits[i] = 1;
      rest -= w;
    }
  }
  if (rest !== 0) throw new Error("no slack leads to this sum");
  return bits;
}

/**
 * Length of a ballot (6.1), which needs no keys.
 * @param {number} m
 * @param {number} min
 * @param {number} max
 */
export function ballotLengthOf(m, min, max) {
  const c = m + slackWeights(max - min).length;
  return 35 + 48 * (2 * c + 7) + 32 * (c + 2);
}

/** @param {unknown} n @param {number} low @param {number} high */
const within = (n, low, high) => Number.isSafeInteger(n) && Number(n) >= low && Number(n) <= high;

/**
 * P-01, ranges.
 * @param {{m: number, min: number, max: number, maxCasts: number}} given
 */
export function checkParameters({ m, min, max, maxCasts }) {
  const fine = within(m, 2, 64) && within(max, 1, m) && within(min, 0, max) && within(maxCasts, 1, 65535);
  if (!fine) throw new Refused("P-01", "numbers of the poll");
}

/**
 * P-02: no two keys equal or opposite, none opposite or equal to G, H or a slack key.
 * @param {import("./group.mjs").P1[]} keys
 * @param {import("./group.mjs").P1[]} slack
 */
function checkKeys(keys, slack) {
  const xs = new Set([G1.BASE, H, ...slack].map((p) => p.toAffine().x));
  for (const key of keys) {
    const { x } = key.toAffine();
    if (xs.has(x)) throw new Refused("P-02", "keys equal or opposite");
    xs.add(x);
  }
}

/**
 * @param {{pollId: Uint8Array, m: number, min: number, max: number, maxCasts: number,
 *   keys: Uint8Array[], tokenKey: Uint8Array}} given
 * @returns {Poll}
 */
export function makePoll({ pollId, m, min, max, maxCasts, keys, tokenKey }) {
  checkParameters({ m, min, max, maxCasts });
  if (keys.length !== m || pollId.length !== 32) throw new Refused("P-01", "number of keys, poll id");
  const points = keys.map(readG1);
  const pk = readG2(tokenKey);
  const weights = slackWeights(max - min);
  const slack = weights.map((_, i) => slackKey(i + 1));
  checkKeys(points, slack);
  const ctx = tr(
    "ctx",
    pollId,
    u32(m),
    u32(min),
    u32(max),
    join(...points.map(compress1)),
    compress2(pk),
    compress1(H),
    join(...slack.map(compress1)),
  );
  const fixed = { ballotLength: ballotLengthOf(m, min, max), weights, ctx };
  return { pollId, m, min, max, maxCasts, keys: [...points, ...slack], tokenKey: pk, ...fixed };
}
