// Aggregates and partial decryptions (SPEC section 9; checks D-01 to D-06).
import { equal, hex, join, Reader, Refused, u256, u32, u64 } from "./bytes.mjs";
import { combine, evm, Fr, G1, lagrange, mul, readEvm, readScalar } from "./group.mjs";
import { chal, sha256, tr } from "./transcript.mjs";

/** @typedef {import("./group.mjs").P1} P1 */
/**
 * @typedef {object} Aggregate
 * @property {Uint8Array} agg
 * @property {number} N
 * @property {P1} A
 * @property {P1[]} B
 */

/**
 * D-01 of the sum itself and its digest.
 * @param {{chainId: number|bigint, contract: Uint8Array, pollId: Uint8Array, size: number,
 *   root: Uint8Array, N: number, A: P1, B: P1[], m: number}} given
 * @returns {Aggregate}
 */
export function makeAggregate({ chainId, contract, pollId, size, root, N, A, B, m }) {
  if (N <= 0 || N > size || size > 2 ** 32 || B.length !== m) throw new Refused("D-01", "numbers of the sum");
  if (A.is0()) throw new Refused("G-02", "A_sum is the neutral element");
  const points = join(...[A, ...B].map(evm));
  const agg = tr("aggregate", u256(chainId), contract, pollId, u64(size), root, u64(N), points);
  return { agg, N, A, B };
}

/**
 * Partial decryptions that hold, by keys, sum and bytes.
 * @type {WeakMap<P1[][], Map<string, {trustee: number, D: P1[]}>>}
 */
const known = new WeakMap();

/**
 * A partial decryption against the sum, D-01 to D-04; what held under the same keys is remembered.
 * @param {Aggregate} sum
 * @param {P1[][]} shareKeys X_1i, X_2i, ..
 * @param {Uint8Array} bytes
 */
export function checkPartial(sum, shareKeys, bytes) {
  const good = known.get(shareKeys) ?? new Map();
  known.set(shareKeys, good);
  const name = hex(sum.agg) + hex(sha256(bytes));
  const found = good.get(name) ?? provenPartial(sum, shareKeys, bytes);
  good.set(name, found);
  return found;
}

/** @param {Aggregate} sum @param {P1[][]} shareKeys @param {Uint8Array} bytes */
function provenPartial(sum, shareKeys, bytes) {
  const m = sum.B.length;
  if (bytes.length !== 36 + 128 * (m + 2) + 32) throw new Refused("D-01", "length");
  const r = new Reader(bytes);
  const named = r.take(32);
  const trustee = r.int(4);
  const raw = Array.from({ length: m + 2 }, () => r.take(128));
  const points = raw.map(readEvm);
  const zd = readScalar(r.take(32));
  const keys = shareKeys[trustee - 1];
  if (keys === undefined) throw new Refused("D-02", "no such trustee");
  if (!equal(named, sum.agg)) throw new Refused("D-03", "another sum");
  const D = points.slice(0, m);
  const d1 = tr("dec-rho", sum.agg, u32(trustee), join(...keys.map(evm)), join(...raw.slice(0, m)));
  const rho = chal(d1);
  const powers = D.map((_, i) => Fr.pow(rho, BigInt(i + 1)));
  const P = combine(keys, powers);
  const Q = combine(D, powers);
  const [W1, W2] = points.slice(m);
  const e = chal(tr("dec-e", d1, raw[m], raw[m + 1]));
  const first = mul(G1.BASE, zd).equals(W1.add(mul(P, e)));
  const second = mul(sum.A, zd).equals(W2.add(mul(Q, e)));
  if (!first || !second) throw new Refused("D-04", "proof");
  return { trustee, D };
}

/**
 * The points `count_i G` from exactly t distinct trustees of 1..n (D-02).
 * @param {Aggregate} sum
 * @param {{trustee: number, D: P1[]}[]} partials
 * @param {number} threshold
 * @param {number} n
 */
export function decrypt(sum, partials, threshold, n) {
  const ids = partials.map((p) => p.trustee);
  const known = ids.every((j) => Number.isInteger(j) && j >= 1 && j <= n);
  if (!known || ids.length !== threshold || new Set(ids).size !== threshold) {
    throw new Refused("D-02", "not exactly t distinct trustees");
  }
  const lambdas = ids.map((j) => lagrange(j, ids));
  return sum.B.map((B, i) => {
    const mask = combine(partials.map((p) => p.D[i]), lambdas);
    return B.subtract(mask);
  });
}

/**
 * The counts behind `count_i G`: D-05 (0..N), D-06 (their sum).
 * @param {P1[]} points
 * @param {number} N
 * @param {number} min
 * @param {number} max
 */
export function findCounts(points, N, min, max) {
  /** @type {number[]} */
  const counts = points.map(() => -1);
  let at = G1.ZERO;
  for (let k = 0; k <= N && counts.includes(-1); k++, at = at.add(G1.BASE)) {
    points.forEach((p, i) => {
      if (counts[i] < 0 && p.equals(at)) counts[i] = k;
    });
  }
  if (counts.includes(-1)) throw new Refused("D-05", "a count outside 0..N");
  const total = counts.reduce((a, b) => a + b, 0);
  if (total < min * N || total > max * N) throw new Refused("D-06", "sum of the counts");
  return counts;
}
