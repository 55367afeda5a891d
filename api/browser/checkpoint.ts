/**
 * Signed checkpoints: C2SP tlog-checkpoint inside a C2SP signed note.
 *
 * Extension lines are refused, as nobody audits them.
 */

import { refuseUnless } from "./errors.js";
import { decodeBase64, isOrigin, type LogKey, openNote } from "./note.js";

const MAX_TREE_SIZE = 2 ** 48;
const HASH_BYTES = 32;
const SIZE = /^(?:0|[1-9][0-9]{0,14})$/;

/** A log's state. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Verify a signed note under the log's key.
 *
 * Not checked: that the checkpoint was anchored.
 *
 * @param note the whole note, final newline included; hostile.
 * @throws Refusal `checkpoint`.
 */
export function openCheckpoint(note: string, key: LogKey): Checkpoint {
  return parseText(openNote(note, key, (text) => parseText(text).origin));
}

function demand(condition: boolean, message: string): asserts condition {
  refuseUnless(condition, "checkpoint", message);
}

function parseText(text: string): Checkpoint {
  const [origin = "", size = "", root = "", rest, ...more] = text.split("\n");
  demand(rest === "" && more.length === 0, "a checkpoint has three lines");
  demand(isOrigin(origin), "an origin has 1 to 255 characters, no space and no plus");
  demand(SIZE.test(size) && Number(size) < MAX_TREE_SIZE, "the size is no plain decimal");
  const digest = decodeBase64(root, "checkpoint");
  demand(digest.length === HASH_BYTES, "a root has 32 bytes");
  return { origin, size: Number(size), root: digest };
}
