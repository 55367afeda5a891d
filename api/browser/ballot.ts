/** The bytes of a ballot (SPEC section 6.1, checks B-01 to B-04 and the points and scalars). */

import { same, toInteger, u32 } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { decodeScalar, G1_BYTES, type G1Point, g1OnCurve } from "./group.js";
import type { Poll } from "./poll.js";
import { reduce, SCALAR_BYTES, transcriptHash } from "./transcript.js";

/** The only version there is. */
export const BALLOT_VERSION = 1;
const HEADER_BYTES = 35;

/** The hashed parts of a ballot, as bytes. */
export interface BallotParts {
  readonly key: Uint8Array;
  readonly token: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly announcement: Uint8Array;
  readonly bitPair: Uint8Array;
  readonly responses: Uint8Array;
  readonly nonce: Uint8Array;
  readonly signature: Uint8Array;
}

/** A parsed ballot: elements in range and on the curve; `verifyBallot` checks the rest. */
export interface Ballot {
  readonly parts: BallotParts;
  readonly sequence: number;
  /** All points in the order of the bytes: V, sigma, A, B.., A', B'.., C1, C0, R. */
  readonly points: readonly G1Point[];
  /** f.. without f_m. */
  readonly responses: readonly bigint[];
  readonly z: bigint;
  readonly t: bigint;
  readonly signature: bigint;
}

/** Bytes of every ballot of a poll. */
export function ballotLength(poll: Poll): number {
  const c = poll.keys.length;
  return HEADER_BYTES + G1_BYTES * (2 * c + 7) + SCALAR_BYTES * (c + 2);
}

/**
 * Read a ballot's bytes.
 *
 * @param data hostile bytes.
 * @returns the ballot; the points' subgroup is not checked yet.
 * @throws Refusal B-01 to B-04, G-01, G-02 or G-04.
 */
export function parseBallot(poll: Poll, data: Uint8Array): Ballot {
  const { pollId, maxCasts } = poll.parameters;
  const length = ballotLength(poll);
  refuseUnless(data.length === length, "B-01", `a ballot has ${length} bytes`);
  refuseUnless(data[0] === BALLOT_VERSION, "B-02", "this version of ballots is unknown");
  refuseUnless(same(data.subarray(1, 33), pollId), "B-03", "the ballot names another poll");
  const sequence = Number(toInteger(data.subarray(33, HEADER_BYTES)));
  const counted = sequence >= 1 && sequence <= maxCasts;
  refuseUnless(counted, "B-04", `sequence numbers are 1..${maxCasts}`);
  const parts = cut(data, poll.keys.length);
  const { key, token, ciphertext, announcement, bitPair, nonce } = parts;
  const encoded = [key, token, ciphertext, announcement, bitPair, nonce];
  const points = encoded.flatMap((part) => pieces(part, G1_BYTES)).map(g1OnCurve);
  const scalars = pieces(parts.responses, SCALAR_BYTES).map(decodeScalar);
  const signature = decodeScalar(parts.signature);
  const [z, t] = [scalars.at(-2)!, scalars.at(-1)!];
  return { parts, sequence, points, responses: scalars.slice(0, -2), z, t, signature };
}

/** `code`, the tracking code: it covers `A | B_1 | ..` only (SPEC section 6.5). */
export function trackingCode(poll: Poll, ciphertext: Uint8Array): Uint8Array {
  return transcriptHash("ct", poll.digest, ciphertext);
}

/** `dy`, binding ciphertext and announcement to who casts. */
export function yDigest(
  poll: Poll, parts: Pick<BallotParts, "key" | "token" | "announcement">,
  sequence: number, code: Uint8Array,
): Uint8Array {
  const { key, token, announcement } = parts;
  return transcriptHash("y", poll.digest, key, u32(sequence), token, code, announcement);
}

/** The weighted sum of a vector: options by 1, slack by weight, mod r. */
export function weightedSum(poll: Poll, values: readonly bigint[]): bigint {
  const { options } = poll.parameters;
  return reduce(values.reduce((sum, value, at) =>
    sum + value * BigInt(at < options ? 1 : poll.weights[at - options]!), 0n));
}

function cut(data: Uint8Array, components: number): BallotParts {
  let at = HEADER_BYTES;
  const take = (length: number): Uint8Array => data.subarray(at, (at += length));
  return {
    key: take(G1_BYTES),
    token: take(G1_BYTES),
    ciphertext: take(G1_BYTES * (components + 1)),
    announcement: take(G1_BYTES * (components + 1)),
    bitPair: take(2 * G1_BYTES),
    responses: take(SCALAR_BYTES * (components + 1)),
    nonce: take(G1_BYTES),
    signature: take(SCALAR_BYTES),
  };
}

function pieces(data: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: data.length / length }, (_, i) =>
    data.subarray(length * i, length * (i + 1)),
  );
}
