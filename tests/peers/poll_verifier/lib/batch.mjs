// Many ballots at once (SPEC section 6.4): random weights, one sum, halving on failure.
import { pippenger } from "@noble/curves/abstract/curve.js";
import { randomBytes } from "node:crypto";
import { challenges, checkProof, readBallot, responses } from "./ballot.mjs";
import { hex, Refused, toInt } from "./bytes.mjs";
import { Fr, G1, H, inSubgroup, samePairing, tokenPoint } from "./group.mjs";
import { sha256 } from "./transcript.mjs";

/** @typedef {import("./params.mjs").Poll} Poll */
/** @typedef {ReturnType<typeof readBallot>} Read */
/** @typedef {import("./group.mjs").P1} P1 */

const weight = () => toInt(randomBytes(16)) | 1n;

/** A growing sum over points; terms in the fixed points G, H, Z_i merge. */
class Sum {
  /** @param {P1[]} fixed */
  constructor(fixed) {
    this.points = [...fixed];
    this.scalars = fixed.map(() => 0n);
  }

  /** @param {number} i @param {bigint} k */
  fixed(i, k) {
    this.scalars[i] = Fr.add(this.scalars[i], k);
  }

  /** @param {P1} p @param {bigint} k */
  add(p, k) {
    this.points.push(p);
    this.scalars.push(Fr.create(k));
  }

  isNeutral() {
    return pippenger(G1, this.points, this.scalars).is0();
  }
}

/**
 * Adds the equations B-05 and B-07 to B-09 of one ballot, each with its own weight.
 * @param {Sum} sum fixed points: G, H, Z_1..Z_c
 * @param {Poll} poll
 * @param {Read} read
 */
function addEquations(sum, poll, { b, points, scalars }) {
  const n = poll.keys.length;
  const [V, , A, ...rest] = points;
  const [C1, C0, R] = rest.slice(2 * n + 1);
  const [z, t, sv] = scalars.slice(n - 1);
  const { x, y, c } = challenges(poll, b);
  const f = responses(poll, scalars.slice(0, n - 1), x);
  const [w5, w7, w9] = [weight(), weight(), weight()];
  sum.fixed(0, Fr.add(Fr.mul(w5, sv), Fr.mul(w7, z)));
  sum.add(R, -w5);
  sum.add(V, -w5 * c);
  sum.add(A, -w7 * x);
  sum.add(rest[n], -w7);
  let power = 1n;
  let bits = 0n;
  f.forEach((fi, i) => {
    const w8 = weight();
    sum.fixed(0, Fr.mul(w8, fi));
    sum.fixed(2 + i, Fr.mul(w8, z));
    sum.add(rest[i], -w8 * x);
    sum.add(rest[n + 1 + i], -w8);
    power = Fr.mul(power, y);
    bits = Fr.add(bits, Fr.mul(power, Fr.mul(fi, Fr.sub(x, fi))));
  });
  sum.fixed(0, Fr.mul(w9, bits));
  sum.fixed(1, Fr.mul(w9, t));
  sum.add(C1, -w9 * x);
  sum.add(C0, -w9);
}

/** Tokens of all: `e(sum w sigma, G2) = e(sum w h, PK)`. @param {Poll} poll @param {Read[]} reads */
function tokensHold(poll, reads) {
  const weights = reads.map(weight);
  const sigma = pippenger(G1, reads.map((r) => r.points[1]), weights);
  const h = pippenger(G1, reads.map((r) => tokenPoint(poll.pollId, r.b.V)), weights);
  if (sigma.is0() || h.is0()) return false;
  return samePairing(sigma, h, poll.tokenKey);
}

/**
 * @param {Poll} poll
 * @param {Read[]} reads
 * @returns {(Refused|null)[]}
 */
function settle(poll, reads) {
  if (reads.length === 0) return [];
  if (reads.length === 1) return [refusal(() => checkProof(poll, reads[0]))];
  const sum = new Sum([G1.BASE, H, ...poll.keys]);
  for (const read of reads) addEquations(sum, poll, read);
  if (sum.isNeutral() && tokensHold(poll, reads)) return reads.map(() => null);
  const half = reads.length >> 1;
  return [...settle(poll, reads.slice(0, half)), ...settle(poll, reads.slice(half))];
}

/**
 * @param {() => unknown} run
 * @returns {Refused|null}
 */
export function refusal(run) {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/** Verdicts of this process, by poll and bytes: a verdict depends on nothing else. @type {Map<string, Refused|null>} */
const known = new Map();
/** @param {Poll} poll @param {Uint8Array} bytes */
const keyOf = (poll, bytes) => hex(sha256(poll.ctx, bytes)) + poll.maxCasts;

/** What was well-formed, by poll and bytes. @type {Map<string, Read>} */
const wellFormed = new Map();

/**
 * B-01 to B-04, G-01, G-02 and G-04, remembered.
 * @param {Poll} poll
 * @param {Uint8Array} bytes
 * @returns {Read}
 */
export function readOnce(poll, bytes) {
  const key = keyOf(poll, bytes);
  let read = wellFormed.get(key);
  if (read === undefined) {
    read = readBallot(poll, bytes);
    if (wellFormed.size < 10_000) wellFormed.set(key, read);
  }
  return read;
}

/**
 * The first failing check of each ballot, or null (6.3).
 * @param {Poll} poll
 * @param {Uint8Array[]} ballots
 * @returns {(Refused|null)[]}
 */
export function checkBallots(poll, ballots) {
  /** @type {Map<string, Read>} */
  const open = new Map();
  for (const bytes of ballots) {
    const key = keyOf(poll, bytes);
    if (known.has(key) || open.has(key)) continue;
    const bad = refusal(() => {
      const read = readOnce(poll, bytes);
      read.points.forEach(inSubgroup);
      open.set(key, read);
    });
    if (bad !== null) known.set(key, bad);
  }
  const keys = [...open.keys()];
  settle(poll, [...open.values()]).forEach((verdict, i) => known.set(keys[i], verdict));
  return ballots.map((bytes) => known.get(keyOf(poll, bytes)) ?? null);
}
