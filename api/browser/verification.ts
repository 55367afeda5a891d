/** Checking one ballot equation by equation (SPEC section 6.3, checks B-05 to B-09). */

import { type Ballot, parseBallot, trackingCode, weightedSum, yDigest } from "./ballot.js";
import { refuseUnless } from "./errors.js";
import { combine, G1, type G1Point, inSubgroup, SECOND_GENERATOR } from "./group.js";
import type { Poll } from "./poll.js";
import { tokenHolds } from "./tokens.js";
import { challenge, reduce, transcriptHash } from "./transcript.js";

/** What is known of a ballot that passed every check of its own. */
export interface VerifiedBallot {
  readonly ballot: Ballot;
  /** The tracking code, 32 bytes. */
  readonly code: Uint8Array;
}

interface Challenges {
  readonly code: Uint8Array;
  readonly y: bigint;
  readonly x: bigint;
  readonly c: bigint;
}

/**
 * Check one ballot's bytes.
 *
 * Not checked: what only the board knows (codes and keys cast before, time).
 *
 * @param data hostile bytes.
 * @throws Refusal with the first failing check: B-01 to B-09, G-01 to G-04.
 */
export function verifyBallot(poll: Poll, data: Uint8Array): VerifiedBallot {
  const ballot = parseBallot(poll, data);
  ballot.points.forEach(inSubgroup);
  const found = challenges(poll, ballot);
  const [key, token] = [ballot.points[0]!, ballot.points[1]!];
  const nonce = ballot.points.at(-1)!;
  refuseUnless(opens([G1.BASE], [ballot.signature], key, found.c, nonce), "B-05", "bad signature");
  refuseUnless(tokenHolds(poll, ballot.parts.key, token), "B-06", "no token for this ballot key");
  checkProof(poll, ballot, found);
  return { ballot, code: found.code };
}

function challenges(poll: Poll, ballot: Ballot): Challenges {
  const { ciphertext, bitPair, responses, nonce } = ballot.parts;
  const code = trackingCode(poll, ciphertext);
  const dy = yDigest(poll, ballot.parts, ballot.sequence, code);
  const dx = transcriptHash("x", dy, bitPair);
  const dc = transcriptHash("sig", dx, responses, nonce);
  return { code, y: challenge(dy), x: challenge(dx), c: challenge(dc) };
}

function checkProof(poll: Poll, ballot: Ballot, { x, y }: Challenges): void {
  const size = poll.keys.length + 1;
  const sealed = ballot.points.slice(2, 2 + size);
  const announced = ballot.points.slice(2 + size, 2 + 2 * size);
  const { z, t } = ballot;
  refuseUnless(opens([G1.BASE], [z], sealed[0]!, x, announced[0]!), "B-07", "zG is not xA + A'");
  const responses = completeResponses(poll, ballot.responses, x);
  for (const [at, key] of poll.keys.entries()) {
    const [b, announcedB] = [sealed[at + 1]!, announced[at + 1]!];
    const holds = opens([G1.BASE, key], [responses[at]!, z], b, x, announcedB);
    refuseUnless(holds, "B-08", `component ${at + 1} does not fit its response`);
  }
  const sum = quadraticSum(responses, x, y);
  const [c1, c0] = [ballot.points.at(-3)!, ballot.points.at(-2)!];
  const bits = opens([G1.BASE, SECOND_GENERATOR], [sum, t], c1, x, c0);
  refuseUnless(bits, "B-09", "the votes are not shown to be bits");
}

/** Whether `sum scalars[i] bases[i] = factor * point + rest`. */
function opens(
  bases: readonly G1Point[], scalars: readonly bigint[],
  point: G1Point, factor: bigint, rest: G1Point,
): boolean {
  return combine(bases, scalars).equals(combine([point], [factor]).add(rest));
}

/** All responses: `f_m` follows from the sum. */
function completeResponses(poll: Poll, sent: readonly bigint[], x: bigint): bigint[] {
  const { options, maximum } = poll.parameters;
  const responses = [...sent.slice(0, options - 1), 0n, ...sent.slice(options - 1)];
  responses[options - 1] = reduce(BigInt(maximum) * x - weightedSum(poll, responses));
  return responses;
}

/** `sum y^i f_i (x - f_i)`, mod r. */
function quadraticSum(responses: readonly bigint[], x: bigint, y: bigint): bigint {
  let [total, power] = [0n, 1n];
  for (const f of responses) {
    power = reduce(power * y);
    total += power * reduce(f * (x - f));
  }
  return reduce(total);
}
