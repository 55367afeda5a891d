/** BLS12-381 points and scalars from hostile bytes (SPEC section 3, checks G-01 to G-04). */

import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { bls12_381 } from "@noble/curves/bls12-381.js";
import type { Fp2 } from "@noble/curves/abstract/tower.js";
import type { WeierstrassPoint } from "@noble/curves/abstract/weierstrass.js";
import { integer, join, toInteger, utf8 } from "./encoding.js";
import { Refusal, refuseUnless } from "./errors.js";
import { ORDER, PROTOCOL, SCALAR_BYTES } from "./transcript.js";

/** A point of G1. */
export type G1Point = WeierstrassPoint<bigint>;

/** A point of G2. */
export type G2Point = WeierstrassPoint<Fp2>;

/** The library's classes of points; their own decoding and `multiply` are not used. */
export const G1 = bls12_381.G1.Point;
export const G2 = bls12_381.G2.Point;

/** Bytes of a compressed point. */
export const G1_BYTES = 48;
export const G2_BYTES = 96;

const { Fp, Fp2: Fq2 } = bls12_381.fields;
const FIELD_BYTES = 48;
const EVM_PADDING = 16;
const MODULUS = Fp.ORDER;
const HALF = (MODULUS - 1n) / 2n;
const COMPRESSED = 0x80;
const INFINITY = 0x40;
const LARGER_Y = 0x20;

/**
 * A valid point of G1 from its compressed form.
 *
 * @throws Refusal G-01, G-02 or G-03.
 */
export function decodeG1(data: Uint8Array): G1Point {
  return inSubgroup(g1OnCurve(data));
}

/**
 * A point on the curve from its compressed form; its subgroup is not checked.
 *
 * @throws Refusal G-01 or G-02.
 */
export function g1OnCurve(data: Uint8Array): G1Point {
  const [x] = coordinates(data, G1_BYTES);
  const y = root(() => Fp.sqrt(g1Right(x!)));
  refuseUnless(Fp.eql(Fp.sqr(y), g1Right(x!)), "G-01", "no point of G1 has this x");
  return G1.fromAffine({ x: x!, y: wantsLarger(data) === y > HALF ? y : Fp.neg(y) });
}

/**
 * A valid point of G2 from its compressed form.
 *
 * @throws Refusal G-01, G-02 or G-03.
 */
export function decodeG2(data: Uint8Array): G2Point {
  const [c1, c0] = coordinates(data, G2_BYTES);
  const x = { c0: c0!, c1: c1! };
  const right = Fq2.add(Fq2.mul(Fq2.sqr(x), x), { c0: 4n, c1: 4n });
  const y = root(() => Fq2.sqrt(right));
  refuseUnless(Fq2.eql(Fq2.sqr(y), right), "G-01", "no point of G2 has this x");
  const larger = y.c1 === 0n ? y.c0 > HALF : y.c1 > HALF;
  return inSubgroup(G2.fromAffine({ x, y: wantsLarger(data) === larger ? y : Fq2.neg(y) }));
}

/**
 * A valid point of G1 from its EIP-2537 form, 128 bytes.
 *
 * @throws Refusal G-01, G-02 or G-03.
 */
export function decodeG1Evm(data: Uint8Array): G1Point {
  const half = EVM_PADDING + FIELD_BYTES;
  refuseUnless(data.length === 2 * half, "G-01", "a point of G1 has 128 bytes in this form");
  refuseUnless(data.some((byte) => byte !== 0), "G-02", "the neutral element is refused");
  const [x, y] = [data.subarray(0, half), data.subarray(half)].map((part) => toInteger(part));
  // Padding that is not zero makes a number above the modulus.
  refuseUnless(x! < MODULUS && y! < MODULUS, "G-01", "a coordinate is not below the modulus");
  refuseUnless(Fp.eql(Fp.sqr(y!), g1Right(x!)), "G-01", "these are no coordinates of G1");
  return inSubgroup(G1.fromAffine({ x: x!, y: y! }));
}

/**
 * The same point, now known to have order r.
 *
 * @throws Refusal G-03.
 */
export function inSubgroup<P extends { isTorsionFree(): boolean }>(point: P): P {
  refuseUnless(point.isTorsionFree(), "G-03", "a point lies outside the subgroup of order r");
  return point;
}

/**
 * Compressed forms of points of G1, joined; one inversion for all of them.
 *
 * @throws Refusal G-02: the neutral element is never written.
 */
export function encodeG1(...points: readonly G1Point[]): Uint8Array {
  const written = points.every((point) => !point.is0());
  refuseUnless(written, "G-02", "the neutral element is never written");
  return join(...normalizeZ(G1, [...points]).map(compress));
}

/** The EIP-2537 form of a point of G1 other than the neutral element. */
export function encodeG1Evm(point: G1Point): Uint8Array {
  refuseUnless(!point.is0(), "G-02", "the neutral element is never written");
  const { x, y } = point.toAffine();
  return join(integer(x, EVM_PADDING + FIELD_BYTES), integer(y, EVM_PADDING + FIELD_BYTES));
}

/**
 * A scalar of 0..r-1 from 32 bytes.
 *
 * @throws Refusal G-04.
 */
export function decodeScalar(data: Uint8Array): bigint {
  const value = toInteger(data);
  const canonical = data.length === SCALAR_BYTES && value < ORDER;
  refuseUnless(canonical, "G-04", "a scalar has 32 bytes and is below r");
  return value;
}

/** 32 bytes. */
export const encodeScalar = (scalar: bigint): Uint8Array => integer(scalar, SCALAR_BYTES);

/**
 * Hash to G1 by BLS12381G1_XMD:SHA-256_SSWU_RO_ (RFC 9380).
 *
 * @param purpose one ASCII word per use, part of the domain separation tag.
 */
export function hashToG1(message: Uint8Array, purpose: string): G1Point {
  const tag = `${PROTOCOL}/${purpose}/BLS12381G1_XMD:SHA-256_SSWU_RO_`;
  return bls12_381.G1.hashToCurve(message, { DST: tag });
}

/** H, whose logarithm to the base G nobody knows. */
export const SECOND_GENERATOR = hashToG1(utf8("second generator"), "second-generator");

/** Whether `e(p, q) = e(s, t)`, for valid points; in variable time. */
export function pairingsAgree(p: G1Point, q: G2Point, s: G1Point, t: G2Point): boolean {
  const product = bls12_381.pairingBatch([{ g1: p, g2: q }, { g1: s.negate(), g2: t }]);
  return bls12_381.fields.Fp12.eql(product, bls12_381.fields.Fp12.ONE);
}

/** The sum of `scalars[i] * points[i]` for public scalars of 0..r-1, in variable time. */
export function combine(points: readonly G1Point[], scalars: readonly bigint[]): G1Point {
  const paired = points.length > 0 && points.length === scalars.length;
  refuseUnless(paired, "G-05", "lists of operands are empty or unequal");
  const terms = points.map((point, at) => point.multiplyUnsafe(scalars[at]!));
  return terms.reduce((sum, term) => sum.add(term), G1.ZERO);
}

function g1Right(x: bigint): bigint {
  return Fp.add(Fp.mul(Fp.sqr(x), x), 4n);
}

/** Check flags, length and range; bit 6 comes before bit 7 (SPEC section 3). */
function coordinates(data: Uint8Array, length: number): bigint[] {
  refuseUnless(data.length === length, "G-01", `a compressed point has ${length} bytes`);
  refuseUnless((data[0]! & INFINITY) === 0, "G-02", "the neutral element is refused");
  refuseUnless((data[0]! & COMPRESSED) !== 0, "G-01", "the flag of the compressed form is missing");
  const bare = Uint8Array.from(data);
  bare[0]! &= LARGER_Y - 1;
  const found: bigint[] = [];
  for (let at = 0; at < length; at += FIELD_BYTES) {
    found.push(toInteger(bare.subarray(at, at + FIELD_BYTES)));
  }
  const canonical = found.every((value) => value < MODULUS);
  refuseUnless(canonical, "G-01", "a coordinate is not below the modulus");
  return found;
}

function wantsLarger(data: Uint8Array): boolean {
  return (data[0]! & LARGER_Y) !== 0;
}

/** The library throws a plain Error where there is no square root. */
function root<T>(take: () => T): T {
  try {
    return take();
  } catch {
    throw new Refusal("G-01", "no point of the curve has this x");
  }
}

function compress(point: G1Point): Uint8Array {
  const { x, y } = point.toAffine();
  const out = integer(x, G1_BYTES);
  out[0]! |= COMPRESSED | (y > HALF ? LARGER_Y : 0);
  return out;
}
