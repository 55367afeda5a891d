/** Cast or check: opening a sealed choice on a second device (SPEC section 6.5). */

import { trackingCode } from "./ballot.js";
import { join, same } from "./encoding.js";
import { Refusal, refuseUnless } from "./errors.js";
import { combine, decodeScalar, encodeG1, encodeScalar, G1 } from "./group.js";
import type { Poll } from "./poll.js";
import { splitSlack } from "./slack.js";
import { DIGEST_BYTES, SCALAR_BYTES } from "./transcript.js";

const VERSION = 1;
const VOTES_AT = 2 + 2 * DIGEST_BYTES;

/** What an opening says; a claim until `checkOpening` has recomputed the code. */
export interface Opening {
  /** 32 bytes, as it was shown before the voter decided. */
  readonly code: Uint8Array;
  /** One bit per option. */
  readonly votes: readonly number[];
}

/** The bytes of an opening. */
export function encodeOpening(poll: Poll, opening: Opening, randomness: bigint): Uint8Array {
  const votes = Uint8Array.from(opening.votes);
  const count = Uint8Array.of(votes.length);
  const head = Uint8Array.of(VERSION);
  return join(head, poll.pollId, opening.code, count, votes, encodeScalar(randomness));
}

/**
 * Recompute the tracking code from the choices, offline.
 *
 * @param poll made from the ANCHORED definition, never from what the checked device shows.
 * @param data hostile bytes.
 * @param shown the code that was seen before the voter decided, 32 bytes.
 * @returns what was really encrypted.
 * @throws Refusal O-01 or O-02.
 */
export function checkOpening(poll: Poll, data: Uint8Array, shown: Uint8Array): Opening {
  const { options, minimum, maximum, pollId } = poll.parameters;
  const form = data.length === VOTES_AT + options + SCALAR_BYTES && data[0] === VERSION;
  refuseUnless(form && data[VOTES_AT - 1] === options, "O-01", "this is no opening");
  const named = data.subarray(1, 1 + DIGEST_BYTES);
  refuseUnless(same(named, pollId), "O-01", "the opening names another poll");
  const votes = [...data.subarray(VOTES_AT, VOTES_AT + options)];
  const chosen = votes.reduce((sum, vote) => sum + vote, 0);
  refuseUnless(votes.every((vote) => vote <= 1), "O-01", "a vote is no bit");
  refuseUnless(minimum <= chosen && chosen <= maximum, "O-01", "the poll allows no such choices");
  const randomness = openedScalar(data.subarray(VOTES_AT + options));
  const code = data.slice(1 + DIGEST_BYTES, 1 + 2 * DIGEST_BYTES);
  const bits = [...votes, ...splitSlack(maximum - chosen, poll.weights)];
  const recomputed = trackingCode(poll, encryptOpened(poll, bits, randomness));
  refuseUnless(same(recomputed, code), "O-02", "these choices do not lead to the tracking code");
  refuseUnless(same(code, shown), "O-02", "another code was shown before");
  return { code, votes };
}

function encryptOpened(poll: Poll, bits: readonly number[], r: bigint): Uint8Array {
  const b = poll.keys.map((key, at) => combine([G1.BASE, key], [BigInt(bits[at]!), r]));
  return encodeG1(combine([G1.BASE], [r]), ...b);
}

function openedScalar(data: Uint8Array): bigint {
  try {
    const value = decodeScalar(data);
    refuseUnless(value !== 0n, "O-01", "the randomness is zero");
    return value;
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal("O-01", "the randomness is not in 1..r-1");
    throw error;
  }
}
