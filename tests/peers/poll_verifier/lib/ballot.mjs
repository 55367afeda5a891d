// The ballot: bytes, equations, tracking code, openings (SPEC section 6).
import { equal, join, Reader, Refused, toInt, u32, uint } from "./bytes.mjs";
import { checkOrdinate, combine, compress1, decodeG1, Fr, G1, H, inSubgroup, mul } from "./group.mjs";
import { ORDINATE, readScalar, samePairing, tokenPoint } from "./group.mjs";
import { splitSlack } from "./params.mjs";
import { chal, tr } from "./transcript.mjs";

/** @typedef {import("./params.mjs").Poll} Poll */
/** @typedef {import("./group.mjs").P1} P1 */

/**
 * The fields of a ballot of the right length, as bytes (6.1).
 * @param {Poll} poll
 * @param {Uint8Array} bytes
 */
export function cut(poll, bytes) {
  const c = poll.keys.length;
  const r = new Reader(bytes);
  const many = (/** @type {number} */ n, /** @type {number} */ size) => Array.from({ length: n }, () => r.take(size));
  const version = r.int(1);
  const pollId = r.take(32);
  const seq = r.int(2);
  const [V, sigma] = many(2, 48);
  const AB = many(c + 1, 48);
  const AB1 = many(c + 1, 48);
  const [C1, C0] = many(2, 48);
  const f = many(c - 1, 32);
  const [z, t] = many(2, 32);
  return { version, pollId, seq, V, sigma, AB, AB1, C1, C0, f, z, t, R: r.take(48), sv: r.take(32) };
}

/**
 * `code = tr("ct", ctx, A B_1..)`.
 * @param {Poll} poll
 * @param {Uint8Array[]} AB
 */
export const trackingCode = (poll, AB) => tr("ct", poll.ctx, join(...AB));

/**
 * Digests and challenges of a ballot (6.2).
 * @param {Poll} poll
 * @param {ReturnType<typeof cut>} b
 */
export function challenges(poll, b) {
  const code = trackingCode(poll, b.AB);
  const dy = tr("y", poll.ctx, b.V, u32(b.seq), b.sigma, code, join(...b.AB1));
  const dx = tr("x", dy, join(b.C1, b.C0));
  const dc = tr("sig", dx, join(...b.f, b.z, b.t), b.R);
  return { code, dy, dx, dc, y: chal(dy), x: chal(dx), c: chal(dc) };
}

/**
 * `f_1..f_c` with the one that is not sent.
 * @param {Poll} poll
 * @param {bigint[]} sent
 * @param {bigint} x
 */
export function responses(poll, sent, x) {
  let fm = Fr.mul(BigInt(poll.max), x);
  sent.forEach((f, i) => {
    const weight = i < poll.m - 1 ? 1 : poll.weights[i - (poll.m - 1)];
    fm = Fr.sub(fm, Fr.mul(BigInt(weight), f));
  });
  return [...sent.slice(0, poll.m - 1), fm, ...sent.slice(poll.m - 1)];
}

/** @param {P1} left @param {P1} right @param {string} check */
function same(left, right, check) {
  if (!left.equals(right)) throw new Refused(check, "equation does not hold");
}

/**
 * B-01 to B-04 and the encodings, in the order of section 6.3.
 * @param {Poll} poll
 * @param {Uint8Array} bytes
 */
export function readBallot(poll, bytes) {
  if (bytes.length !== poll.ballotLength) throw new Refused("B-01", "length");
  const b = cut(poll, bytes);
  if (b.version !== 1) throw new Refused("B-02", "version");
  if (!equal(b.pollId, poll.pollId)) throw new Refused("B-03", "poll id");
  if (b.seq < 1 || b.seq > poll.maxCasts) throw new Refused("B-04", "sequence number");
  const raw = [b.V, b.sigma, ...b.AB, ...b.AB1, b.C1, b.C0, b.R];
  const points = raw.map(decodeG1);
  const scalars = [...b.f, b.z, b.t, b.sv].map(readScalar);
  return { b, raw, points, scalars };
}

/**
 * B-11: what lies beside a ballot fits its points, one by one in their order.
 * @param {ReturnType<typeof readBallot>} read
 * @param {Uint8Array} beside
 */
export function checkBeside({ raw }, beside) {
  if (beside.length !== ORDINATE * raw.length) throw new Refused("B-11", "not one ordinate for each point");
  raw.forEach((point, i) => checkOrdinate(point, beside.subarray(i * ORDINATE, (i + 1) * ORDINATE)));
}

/**
 * What may lie beside a ballot: the ordinates of its points. B-11 holds for these bytes alone.
 * @param {P1[]} points
 */
export const ordinatesOf = (points) => join(...points.map((p) => uint(p.toAffine().y, ORDINATE)));

/**
 * G-03 and B-05 to B-09.
 * @param {Poll} poll
 * @param {ReturnType<typeof readBallot>} read
 */
export function checkProof(poll, { b, points, scalars }) {
  points.forEach(inSubgroup);
  const n = poll.keys.length;
  const [V, sigma, A, ...rest] = points;
  const B = rest.slice(0, n);
  const A1 = rest[n];
  const B1 = rest.slice(n + 1, 2 * n + 1);
  const [C1, C0, R] = rest.slice(2 * n + 1);
  const [z, t, sv] = scalars.slice(n - 1);
  const { x, y, c } = challenges(poll, b);
  const f = responses(poll, scalars.slice(0, n - 1), x);
  same(mul(G1.BASE, sv), R.add(mul(V, c)), "B-05");
  if (!samePairing(sigma, tokenPoint(poll.pollId, b.V), poll.tokenKey)) throw new Refused("B-06", "token");
  same(mul(G1.BASE, z), mul(A, x).add(A1), "B-07");
  let power = 1n;
  let sum = 0n;
  f.forEach((fi, i) => {
    same(mul(G1.BASE, fi).add(mul(poll.keys[i], z)), mul(B[i], x).add(B1[i]), "B-08");
    power = Fr.mul(power, y);
    sum = Fr.add(sum, Fr.mul(power, Fr.mul(fi, Fr.sub(x, fi))));
  });
  same(combine([G1.BASE, H], [sum, t]), mul(C1, x).add(C0), "B-09");
}

/**
 * All checks of one ballot; throws Refused with the first that fails.
 * @param {Poll} poll
 * @param {Uint8Array} bytes
 */
export function checkBallot(poll, bytes) {
  checkProof(poll, readBallot(poll, bytes));
}

/**
 * An opening (6.5): O-01, then O-02. Gives the code and A that it opens.
 * @param {Poll} poll
 * @param {Uint8Array} bytes
 */
export function checkOpening(poll, bytes) {
  const refuse = (/** @type {string} */ why) => new Refused("O-01", why);
  if (bytes.length !== 98 + poll.m) throw refuse("length");
  const r = new Reader(bytes);
  if (r.int(1) !== 1) throw refuse("version");
  if (!equal(r.take(32), poll.pollId)) throw refuse("poll id");
  const code = r.take(32);
  if (r.int(1) !== poll.m) throw refuse("number of options");
  const votes = [...r.take(poll.m)];
  const chosen = votes.reduce((a, b) => a + b, 0);
  if (votes.some((v) => v > 1) || chosen < poll.min || chosen > poll.max) throw refuse("choices");
  const k = toInt(r.take(32));
  if (k === 0n || k >= Fr.ORDER) throw refuse("r");
  const bits = [...votes, ...splitSlack(poll.weights, poll.max - chosen)];
  const A = mul(G1.BASE, k);
  const B = poll.keys.map((Z, i) => mul(Z, k).add(mul(G1.BASE, BigInt(bits[i]))));
  if (B.some((p) => p.is0())) throw new Refused("O-02", "neutral element");
  const AB = [A, ...B].map(compress1);
  if (!equal(trackingCode(poll, AB), code)) throw new Refused("O-02", "code");
  return { code, A: AB[0], votes };
}
