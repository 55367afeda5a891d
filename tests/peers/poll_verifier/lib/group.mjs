// Groups, encodings and hashing to the curve (SPEC section 3; checks G-01 to G-04).
import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import { ascii, hex, join, Refused, toInt, u32, uint } from "./bytes.mjs";
import { ORDER, tr } from "./transcript.mjs";

export const G1 = bls.G1.Point;
export const G2 = bls.G2.Point;
export const Fr = bls.fields.Fr;
const { Fp, Fp2 } = bls.fields;
const Q = Fp.ORDER;
/** @typedef {InstanceType<typeof G1>} P1 */
/** @typedef {InstanceType<typeof G2>} P2 */

/** @param {Uint8Array} b */
const flags = (b) => ({ compressed: (b[0] & 0x80) !== 0, neutral: (b[0] & 0x40) !== 0, larger: (b[0] & 0x20) !== 0 });

/**
 * Length and flags common to both groups; G-02 is decided before bit 7 is looked at.
 * @param {Uint8Array} bytes
 * @param {number} length
 */
function open(bytes, length) {
  if (bytes.length !== length) throw new Refused("G-01", "length of a point");
  const f = flags(bytes);
  if (f.neutral) throw new Refused("G-02", "neutral element");
  if (!f.compressed) throw new Refused("G-01", "flag of the compressed form missing");
  const rest = Uint8Array.from(bytes);
  rest[0] &= 0x1f;
  return { rest, larger: f.larger };
}

/** @param {Uint8Array} b */
function coordinate(b) {
  const x = toInt(b);
  if (x >= Q) throw new Refused("G-01", "coordinate not below q");
  return x;
}

/**
 * G-01 and G-02 of a compressed point of G1; the subgroup is left to `inSubgroup`.
 * @param {Uint8Array} bytes
 * @returns {P1}
 */
export function decodeG1(bytes) {
  const { rest, larger } = open(bytes, 48);
  const x = coordinate(rest);
  const square = Fp.add(Fp.mul(Fp.sqr(x), x), 4n);
  let y;
  try {
    y = Fp.sqrt(square);
  } catch {
    throw new Refused("G-01", "no point has this x");
  }
  if (y > Fp.neg(y) !== larger) y = Fp.neg(y);
  return G1.fromAffine({ x, y });
}

/**
 * G-01 and G-02 of a compressed point of G2 (c1, then c0).
 * @param {Uint8Array} bytes
 * @returns {P2}
 */
export function decodeG2(bytes) {
  const { rest, larger } = open(bytes, 96);
  const x = { c1: coordinate(rest.subarray(0, 48)), c0: coordinate(rest.subarray(48)) };
  const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), { c0: 4n, c1: 4n });
  let y;
  try {
    y = Fp2.sqrt(square);
  } catch {
    throw new Refused("G-01", "no point has this x");
  }
  const n = Fp2.neg(y);
  const isLarger = y.c1 === n.c1 ? y.c0 > n.c0 : y.c1 > n.c1;
  return G2.fromAffine({ x, y: isLarger === larger ? y : n });
}

const X = 0xd201000000010000n; // the curve's parameter without its sign
const BETA = 0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffen;

/**
 * Plain doubling and adding: no endomorphism, as it may only be used inside the subgroup.
 * @template {P1|P2} P
 * @param {P} point
 * @param {bigint} k
 * @returns {P}
 */
function plain(point, k) {
  let out = point;
  for (const bit of k.toString(2).slice(1)) {
    out = /** @type {P} */ (out.double());
    if (bit === "1") out = /** @type {P} */ (out.add(/** @type {any} */ (point)));
  }
  return out;
}

/**
 * G-03. In G1 by the endomorphism (x, y) -> (BETA x, y), which is the multiplication by
 * -X^2 on the subgroup of order r and nowhere else (Scott 2021); in G2 by the order.
 * @param {P1|P2} point
 */
export function inSubgroup(point) {
  if (!isInside(point)) throw new Refused("G-03", "outside the subgroup");
}

/** @param {any} point */
function isInside(point) {
  if (point instanceof G1) {
    const phi = new G1(Fp.mul(point.X, BETA), point.Y, point.Z);
    return plain(plain(point, X), X).negate().equals(phi);
  }
  return plain(point, ORDER).is0();
}

/**
 * G-01 to G-03 of what `decode` gives, with a memory: the answer depends on the bytes alone.
 * @template P
 * @param {(bytes: Uint8Array) => P} decode
 * @returns {(bytes: Uint8Array) => P}
 */
function remembering(decode) {
  /** @type {Map<string, P>} */
  const known = new Map();
  return (bytes) => {
    const key = hex(bytes);
    let point = known.get(key);
    if (point === undefined) {
      point = decode(bytes);
      inSubgroup(/** @type {any} */ (point));
      if (known.size < 100_000) known.set(key, point);
    }
    return point;
  };
}

export const readG1 = remembering(decodeG1);
export const readG2 = remembering(decodeG2);

/**
 * G-01 and G-02 of a point of G1 in EVM form.
 * @param {Uint8Array} bytes
 * @returns {P1}
 */
function decodeEvm(bytes) {
  if (bytes.length !== 128) throw new Refused("G-01", "length of a point");
  if (bytes.every((b) => b === 0)) throw new Refused("G-02", "neutral element");
  const half = (/** @type {number} */ at) => {
    if (bytes.subarray(at, at + 16).some((b) => b !== 0)) throw new Refused("G-01", "padding not zero");
    return coordinate(bytes.subarray(at + 16, at + 64));
  };
  const x = half(0);
  const y = half(64);
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.sqr(x), x), 4n)) throw new Refused("G-01", "not on the curve");
  return G1.fromAffine({ x, y });
}

export const readEvm = remembering(decodeEvm);

/** Bytes of an ordinate. */
export const ORDINATE = 48;

/**
 * B-11: an ordinate fits a compressed point of G1, whatever its subgroup. One y alone does, and no root is taken.
 * @param {Uint8Array} compressed
 * @param {Uint8Array} ordinate
 */
export function checkOrdinate(compressed, ordinate) {
  const { rest, larger } = open(compressed, 48);
  const x = coordinate(rest);
  const y = toInt(ordinate);
  if (ordinate.length !== ORDINATE || y >= Q) throw new Refused("B-11", "no ordinate");
  if (y > Fp.neg(y) !== larger) throw new Refused("B-11", "another sign");
  if (Fp.sqr(y) !== Fp.add(Fp.mul(Fp.sqr(x), x), 4n)) throw new Refused("B-11", "not on the curve");
}

/**
 * G-04.
 * @param {Uint8Array} bytes
 */
export function readScalar(bytes) {
  const v = toInt(bytes);
  if (bytes.length !== 32 || v >= ORDER) throw new Refused("G-04", "scalar");
  return v;
}

/** @param {bigint} v */
export const scalarBytes = (v) => uint(v, 32);

/** @param {P1} p */
export function compress1(p) {
  const { x, y } = p.toAffine();
  const out = uint(x, 48);
  out[0] |= 0x80 | (y > Fp.neg(y) ? 0x20 : 0);
  return out;
}

/** @param {P2} p */
export function compress2(p) {
  const { x, y } = p.toAffine();
  const n = Fp2.neg(y);
  const larger = y.c1 === n.c1 ? y.c0 > n.c0 : y.c1 > n.c1;
  const out = join(uint(x.c1, 48), uint(x.c0, 48));
  out[0] |= 0x80 | (larger ? 0x20 : 0);
  return out;
}

/** @param {P1} p */
export function evm(p) {
  const { x, y } = p.toAffine();
  return join(uint(x, 64), uint(y, 64));
}

/**
 * Multiplication that accepts 0; nothing here is secret.
 * @template {P1|P2} P
 * @param {P} point
 * @param {bigint} k
 * @returns {P}
 */
export function mul(point, k) {
  const s = ((k % ORDER) + ORDER) % ORDER;
  // The library keeps a table of the generator's multiples, which this way of multiplying uses.
  if (point === G1.BASE && s !== 0n) return /** @type {P} */ (point.multiply(s));
  return /** @type {P} */ (point.multiplyUnsafe(s));
}

/**
 * `sum k_i P_i`.
 * @template {P1|P2} P
 * @param {P[]} points
 * @param {bigint[]} scalars
 * @returns {P}
 */
export function combine(points, scalars) {
  return points.map((p, i) => mul(p, scalars[i])).reduce((a, b) => /** @type {P} */ (a.add(/** @type {any} */ (b))));
}

/**
 * Hashing to G1 with the tag of one use.
 * @param {string} use
 * @param {Uint8Array} message
 * @returns {P1}
 */
export function hashToG1(use, message) {
  const DST = `dojang-poll-v1/${use}/BLS12381G1_XMD:SHA-256_SSWU_RO_`;
  const p = bls.G1.hashToCurve(message, { DST });
  return G1.fromAffine(p.toAffine());
}

export const H = hashToG1("second-generator", ascii("second generator"));

/** @param {number} j */
export const slackKey = (j) => hashToG1("slack", tr("slack", u32(j)));

/**
 * `h(poll_id, V)`.
 * @param {Uint8Array} pollId
 * @param {Uint8Array} V
 */
export const tokenPoint = (pollId, V) => hashToG1("token", tr("token", pollId, V));

/**
 * `e(a, G2) = e(b, key)`.
 * @param {P1} a
 * @param {P1} b
 * @param {P2} key
 */
export function samePairing(a, b, key) {
  const product = bls.pairingBatch([
    { g1: a, g2: G2.BASE },
    { g1: b.negate(), g2: key },
  ]);
  return bls.fields.Fp12.eql(product, bls.fields.Fp12.ONE);
}

/**
 * Lagrange coefficient at 0 of `j` among `ids` (section 7).
 * @param {number} j
 * @param {number[]} ids
 */
export function lagrange(j, ids) {
  let out = 1n;
  for (const i of ids) {
    if (i !== j) out = Fr.mul(out, Fr.div(BigInt(i), Fr.create(BigInt(i - j))));
  }
  return out;
}
