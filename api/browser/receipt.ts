/** Receipts: one ballot's place in the log, provable offline (C2SP tlog-proof, RFC 9162). */

import { sha256 } from "@noble/hashes/sha2.js";
import { type Checkpoint, openCheckpoint } from "./checkpoint.js";
import { join, same } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { decodeBase64, type LogKey } from "./note.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const INDEX = /^index (0|[1-9][0-9]{0,14})$/;
const MAX_CHARACTERS = 131072;
const MAX_NODES = 96;
const HASH_BYTES = 32;

/** What a good receipt says. */
export interface Place {
  /** 0-based index of the ballot in the log. */
  readonly index: number;
  readonly checkpoint: Checkpoint;
}

/**
 * Check that a ballot stands where its receipt says.
 *
 * Not checked: that the checkpoint was anchored.
 *
 * @param text of the receipt; hostile.
 * @param ballot the bytes that were cast.
 * @param key of the board, from the anchored definition.
 * @throws Refusal `checkpoint`: not signed by the board.
 * @throws Refusal `proof`: no receipt, or its path does not lead to the root.
 */
export function checkReceipt(text: string, ballot: Uint8Array, key: LogKey): Place {
  refuseUnless(text.length <= MAX_CHARACTERS, "proof", "a receipt is too long");
  const end = text.indexOf("\n\n");
  const [header, place = "", ...nodes] = text.slice(0, Math.max(end, 0)).split("\n");
  const index = INDEX.exec(place)?.[1];
  refuseUnless(end >= 0 && header === HEADER && index !== undefined, "proof", "this is no receipt");
  refuseUnless(nodes.length <= MAX_NODES, "proof", "a receipt's path is too long");
  const path = nodes.map((node) => decodeBase64(node, "proof"));
  refuseUnless(path.every((node) => node.length === HASH_BYTES), "proof", "a node is no hash");
  const checkpoint = openCheckpoint(text.slice(end + 2), key);
  const leaf = sha256(join(Uint8Array.of(0), ballot));
  checkInclusion(leaf, Number(index), path, checkpoint);
  return { index: Number(index), checkpoint };
}

/** RFC 9162 section 2.1.3.2; numbers go up to 2^48, beyond JavaScript's 32-bit operators. */
function checkInclusion(
  leaf: Uint8Array, index: number, path: readonly Uint8Array[], { size, root }: Checkpoint,
): void {
  refuseUnless(index < size, "proof", "the place lies outside the tree");
  let [node, last, digest] = [BigInt(index), BigInt(size - 1), leaf];
  for (const sibling of path) {
    refuseUnless(last > 0n, "proof", "the path is too long");
    if ((node & 1n) === 1n || node === last) {
      digest = nodeHash(sibling, digest);
      while ((node & 1n) === 0n && node > 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      digest = nodeHash(digest, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  refuseUnless(last === 0n, "proof", "the path is too short");
  refuseUnless(same(digest, root), "proof", "the path leads to another root");
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(join(Uint8Array.of(1), left, right));
}
