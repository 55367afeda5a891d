// Ed25519 without the factor 8 (SPEC section 8), and the checks of keys (K-02, K-04).
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { compare, hex, join, toInt } from "./bytes.mjs";

const Point = ed25519.Point;
const L = Point.Fn.ORDER;

/** @param {Uint8Array} b */
const little = (b) => toInt(Uint8Array.from(b).reverse());

/** @type {Map<string, ReturnType<typeof decode>>} */
const known = new Map();

/**
 * The point of an identity key, or null: canonical encoding, prime order.
 * @param {Uint8Array} key
 */
export function identityPoint(key) {
  const name = hex(key);
  if (!known.has(name)) known.set(name, decode(key));
  return known.get(name) ?? null;
}

/** @param {Uint8Array} key */
function decode(key) {
  try {
    if (key.length !== 32) return null;
    const p = Point.fromBytes(key, false);
    if (p.is0() || !p.isTorsionFree() || compare(p.toBytes(), key) !== 0) return null;
    return p;
  } catch {
    return null;
  }
}

/** Verdicts on signatures, by everything that they depend on. @type {Map<string, boolean>} */
const judged = new Map();

/**
 * `s B - SHA-512(R, key, data) A` is R byte for byte, s below the order.
 * @param {Uint8Array} key
 * @param {Uint8Array} data
 * @param {Uint8Array} signature
 */
export function verify(key, data, signature) {
  const name = `${hex(key)} ${hex(signature)} ${hex(sha256(data))}`;
  const verdict = judged.get(name) ?? holds(key, data, signature);
  if (judged.size < 100_000) judged.set(name, verdict);
  return verdict;
}

/** @param {Uint8Array} key @param {Uint8Array} data @param {Uint8Array} signature */
function holds(key, data, signature) {
  const A = identityPoint(key);
  if (A === null || signature.length !== 64) return false;
  const R = signature.subarray(0, 32);
  const s = little(signature.subarray(32));
  if (s >= L) return false;
  const k = little(sha512(join(R, key, data))) % L;
  const base = s === 0n ? Point.ZERO : Point.BASE.multiply(s); // with the library's table
  const found = base.subtract(A.multiplyUnsafe(k));
  return compare(found.toBytes(), R) === 0;
}

/**
 * K-04: u below 2^255 - 19 in all 256 bits, and not of small order.
 * @param {Uint8Array} u
 */
export function goodTransportKey(u) {
  if (u.length !== 32 || little(u) >= 2n ** 255n - 19n) return false;
  try {
    x25519.scalarMult(new Uint8Array(32).fill(7), u);
    return true;
  } catch {
    return false;
  }
}
