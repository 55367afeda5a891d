/** Transcript hash and challenge (SPEC section 4). */

import { sha256 } from "@noble/hashes/sha2.js";
import { integer, join, toInteger, u32, utf8 } from "./encoding.js";

/** Name and version of the protocol; part of every hash. */
export const PROTOCOL = "dojang-poll-v1";

/** r, the order of the groups. */
export const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/** Bytes of every digest, poll id and device seed. */
export const DIGEST_BYTES = 32;

/** Bytes of a scalar. */
export const SCALAR_BYTES = 32;

/**
 * `tr(name, parts..)`: SHA-256 over the tagged, counted, length-prefixed parts.
 *
 * @param name one ASCII word per use.
 * @param parts lists of points or scalars are one part, joined; at most 255 parts.
 */
export function transcriptHash(name: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const tag = utf8(`${PROTOCOL}/${name}`);
  const framed = parts.flatMap((part) => [u32(part.length), part]);
  return sha256(join(integer(tag.length, 1), tag, integer(parts.length, 1), ...framed));
}

/** `chal(digest)`: 48 bytes reduced mod r, within 2^-128 of uniform. */
export function challenge(digest: Uint8Array): bigint {
  const first = sha256(join(Uint8Array.of(1), digest));
  const second = sha256(join(Uint8Array.of(2), digest)).subarray(0, 16);
  return toInteger(join(first, second)) % ORDER;
}

/** The representative of `value` in 0..r-1. */
export function reduce(value: bigint): bigint {
  const rest = value % ORDER;
  return rest < 0n ? rest + ORDER : rest;
}
