/** Promises: the board's signed word that a ballot will stand in its log (SPEC section 16). */

import { sha256 } from "@noble/hashes/sha2.js";
import { join, same } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { decodeBase64, type LogKey, openNote } from "./note.js";

const VERSION = "dojang-promise-v1";
const LINES = 4;
/** Years from 1000 on: earlier ones have no one spelling in every language. */
const TIME = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * Check that the board promised this ballot, soon enough.
 *
 * @param note the signed promise; hostile.
 * @param ballot the bytes that were cast.
 * @param key of the board, from the anchored definition.
 * @param latest a promise for later than this is none: the time of the answer plus 120 seconds and
 *   what the clocks may differ.
 * @returns when the ballot has to stand in the log; from then on the receipt is due.
 * @throws Refusal `checkpoint`: not signed by the board; `promise`: no promise, or another one.
 */
export function checkPromise(note: string, ballot: Uint8Array, key: LogKey, latest: Date): Date {
  const [, , leaf, deadline] = openNote(note, key, originOf).split("\n");
  const promised = decodeBase64(leaf!, "promise");
  const hashed = sha256(join(Uint8Array.of(0), ballot));
  refuseUnless(same(promised, hashed), "promise", "another ballot was promised");
  const time = parseTime(deadline!);
  refuseUnless(time.getTime() <= latest.getTime(), "promise", "the promise is for much later");
  return time;
}

function originOf(text: string): string {
  const lines = text.split("\n");
  const form = lines.length === LINES + 1 && lines[0] === VERSION && lines[LINES] === "";
  refuseUnless(form, "promise", "this is no promise");
  return lines[1]!;
}

function parseTime(text: string): Date {
  const time = new Date(TIME.test(text) ? text : Number.NaN);
  const real = !Number.isNaN(time.getTime()) && time.toISOString() === text.replace("Z", ".000Z");
  refuseUnless(real, "promise", "the deadline is no time");
  return time;
}
