/** Ed25519 signatures under the one equation of SPEC section 8, which every auditor checks. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { join, same } from "./encoding.js";

const { Point } = ed25519;
const HALF_BYTES = 32;

/**
 * Whether `R` is, byte for byte, the encoding of `s B - SHA-512(R, key, message) A`.
 *
 * The library's own check multiplies the equation by 8. A signer could then make a signature that
 * holds on this page and nowhere else: a receipt with which nobody can convince anybody.
 *
 * @param key 32 bytes; other than the canonical encoding of a point of prime order signs nothing.
 * @param signature hostile bytes.
 */
export function signatureHolds(
  key: Uint8Array, signature: Uint8Array, message: Uint8Array,
): boolean {
  if (key.length !== HALF_BYTES || signature.length !== 2 * HALF_BYTES) return false;
  const [nonce, response] = [signature.subarray(0, HALF_BYTES), signature.subarray(HALF_BYTES)];
  const s = littleEndian(response);
  const point = pointOf(key);
  if (s >= Point.Fn.ORDER || point === undefined) return false;
  const h = littleEndian(sha512(join(nonce, key, message))) % Point.Fn.ORDER;
  const expected = Point.BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(h));
  return same(expected.toBytes(), nonce);
}

function pointOf(key: Uint8Array): InstanceType<typeof Point> | undefined {
  try {
    const point = Point.fromBytes(key, false);
    return !point.isSmallOrder() && point.isTorsionFree() ? point : undefined;
  } catch {
    return undefined; // The library throws a plain Error for bytes that are no point.
  }
}

function littleEndian(data: Uint8Array): bigint {
  return data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
