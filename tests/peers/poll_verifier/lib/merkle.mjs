// RFC 9162 trees: hashes, roots of prefixes, consistency proofs (SPEC sections 15 and 16).
import { equal, u8 } from "./bytes.mjs";
import { sha256 } from "./transcript.mjs";

/** @param {Uint8Array} data */
export const leafHash = (data) => sha256(u8(0), data);

/**
 * @param {Uint8Array} l
 * @param {Uint8Array} r
 */
const node = (l, r) => sha256(u8(1), l, r);

/**
 * Root over leaf hashes.
 * @param {Uint8Array[]} leaves
 * @returns {Uint8Array}
 */
export function root(leaves) {
  if (leaves.length === 0) return sha256();
  /** @type {{height: number, hash: Uint8Array}[]} */
  const stack = [];
  for (const leaf of leaves) {
    let top = { height: 0, hash: leaf };
    while (stack.length > 0 && stack[stack.length - 1].height === top.height) {
      const left = /** @type {{height: number, hash: Uint8Array}} */ (stack.pop());
      top = { height: top.height + 1, hash: node(left.hash, top.hash) };
    }
    stack.push(top);
  }
  return stack.map((s) => s.hash).reduceRight((right, left) => node(left, right));
}

/**
 * RFC 9162, 2.1.4.2.
 * @param {number} first
 * @param {number} second
 * @param {Uint8Array} firstRoot
 * @param {Uint8Array} secondRoot
 * @param {Uint8Array[]} proof
 */
export function consistent(first, second, firstRoot, secondRoot, proof) {
  if (first === 0 || first >= second) return false;
  const path = (BigInt(first) & BigInt(first - 1)) === 0n ? [firstRoot, ...proof] : [...proof];
  if (proof.length === 0) return false;
  let fn = BigInt(first - 1);
  let sn = BigInt(second - 1);
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let fr = path[0];
  let sr = path[0];
  for (const c of path.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = node(c, fr);
      sr = node(c, sr);
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      sr = node(sr, c);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && equal(fr, firstRoot) && equal(sr, secondRoot);
}
