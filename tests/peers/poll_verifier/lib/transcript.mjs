// Transcript and challenges (SPEC section 4).
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { ascii, join, toInt, u32, u8 } from "./bytes.mjs";

/** The order r of G1 and G2 (section 3). */
export const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/** @param {...Uint8Array} parts */
export const sha256 = (...parts) => nobleSha256(join(...parts));

/**
 * A transcript under a full tag.
 * @param {string} tag
 * @param {Uint8Array[]} parts
 */
export function tagged(tag, parts) {
  const t = ascii(tag);
  const out = [u8(t.length), t, u8(parts.length)];
  for (const part of parts) out.push(u32(part.length), part);
  return sha256(...out);
}

/**
 * `tr(name, p_1..p_n)`.
 * @param {string} name
 * @param {...Uint8Array} parts
 */
export const tr = (name, ...parts) => tagged(`dojang-poll-v1/${name}`, parts);

/**
 * `chal(d)`.
 * @param {Uint8Array} digest
 */
export function chal(digest) {
  const wide = join(sha256(u8(1), digest), sha256(u8(2), digest).subarray(0, 16));
  return toInt(wide) % ORDER;
}
