/** Making a ballot: seal the choices, show the code, then either open for a check or cast. */

import { BALLOT_VERSION, trackingCode, weightedSum, yDigest } from "./ballot.js";
import { join, same, u16, u32 } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { decodeG1, encodeG1, encodeScalar, G1, type G1Point, SECOND_GENERATOR } from "./group.js";
import { encodeOpening } from "./opening.js";
import type { Poll } from "./poll.js";
import { Hedge, type RandomSource, systemRandom } from "./randomness.js";
import { splitSlack } from "./slack.js";
import type { BallotKey } from "./tokens.js";
import { challenge, reduce, transcriptHash } from "./transcript.js";

/** What the voter wants, and for which cast. */
export interface Choice {
  /** One bit per option, in the definition's order. */
  readonly votes: readonly number[];
  /** 1..max_casts, higher than any used before. */
  readonly sequence: number;
  /** How many choices this device sealed for this poll before, 0..2^32-1. */
  readonly attempt: number;
}

/** Every secret scalar of one ballot but the voter's key (SPEC section 6.2). */
export interface BallotSecrets {
  readonly r: bigint;
  readonly s: bigint;
  /** One per component; the weighted sum is 0. */
  readonly a: readonly bigint[];
  readonly t1: bigint;
  readonly t0: bigint;
  readonly w: bigint;
}

/**
 * Encrypt a choice with fresh hedged randomness.
 *
 * @param key V, 48 bytes.
 * @param seed 32 secret bytes of the device.
 * @throws Refusal B-10 for choices or numbers that the poll does not allow, G-05 for a short seed.
 */
export function seal(poll: Poll, choice: Choice, key: Uint8Array, seed: Uint8Array): SealedChoice {
  return sealWithGivenRandomForVectors(poll, choice, key, seed, systemRandom);
}

/** Seal with an injected source, for tests of the hedge; everything else calls `seal`. */
export function sealWithGivenRandomForVectors(
  poll: Poll, choice: Choice, key: Uint8Array, seed: Uint8Array, source: RandomSource,
): SealedChoice {
  const bits = ballotBits(poll, choice);
  const votes = Uint8Array.from(choice.votes);
  const numbers = [u32(choice.sequence), u32(choice.attempt)];
  const what = transcriptHash("hedged-ballot", poll.digest, key, votes, ...numbers);
  const secrets = drawSecrets(poll, new Hedge(seed, what, source));
  return new SealedChoice(poll, choice, key, bits, secrets);
}

/** Seal with secrets of a test vector; a ballot made like this is secret from nobody. */
export function sealWithGivenSecretsForVectors(
  poll: Poll, choice: Choice, key: Uint8Array, secrets: BallotSecrets,
): SealedChoice {
  return new SealedChoice(poll, choice, key, ballotBits(poll, choice), secrets);
}

/**
 * An encrypted choice. Show `code`, let the voter decide, then open it or cast it: one of the two,
 * once. Its secrets are dropped with that.
 *
 * It belongs to one poll and one ballot key: under a broken random source the same choice sealed
 * again has the same secrets, and two keys would answer two challenges with them (B-12).
 */
export class SealedChoice {
  /** The tracking code, 32 bytes. */
  readonly code: Uint8Array;
  readonly #poll: Poll;
  readonly #choice: Choice;
  readonly #key: Uint8Array;
  readonly #bits: readonly number[];
  readonly #ciphertext: Uint8Array;
  #secrets: BallotSecrets | undefined;

  /** @internal */
  constructor(
    poll: Poll, choice: Choice, key: Uint8Array, bits: readonly number[], secrets: BallotSecrets,
  ) {
    [this.#poll, this.#bits, this.#secrets] = [poll, bits, secrets];
    // Copies: a page that changes its form afterwards changes nothing here.
    this.#choice = { ...choice, votes: [...choice.votes] };
    this.#key = Uint8Array.from(key);
    this.#ciphertext = encrypt(poll, bits.map(BigInt), secrets.r);
    this.code = trackingCode(poll, this.#ciphertext);
  }

  /**
   * The opening for a check on another device; this choice can never be cast any more.
   *
   * @throws Refusal `spent` after a call of `open` or `cast`.
   */
  open(): Uint8Array {
    return encodeOpening(this.#poll, { code: this.code, votes: this.#choice.votes }, this.take().r);
  }

  /**
   * Prove and sign: the bytes of the ballot.
   *
   * @param key the one it was sealed for.
   * @param token sigma for that key, 48 bytes, verified by `unblind` or `verifyToken`.
   * @throws Refusal B-12 for another key; the choice can still be opened or cast.
   * @throws Refusal G-01 to G-03 for a token that is no valid point; likewise.
   * @throws Refusal `spent` after a call of `open` or `cast`.
   */
  cast(key: BallotKey, token: Uint8Array): Uint8Array {
    refuseUnless(same(key.public, this.#key), "B-12", "the choice was sealed for another key");
    decodeG1(token);
    const [poll, secrets] = [this.#poll, this.take()];
    const announcement = encrypt(poll, secrets.a, secrets.s);
    const who = { key: key.public, token, announcement };
    const dy = yDigest(poll, who, this.#choice.sequence, this.code);
    const nonce = poll.multiplySecret(G1.BASE, secrets.w);
    const commitments = bitPair(poll, this.#bits, secrets, challenge(dy));
    const points = encodeG1(...commitments, nonce);
    const [pair, nonceBytes] = [points.subarray(0, 96), points.subarray(96)];
    const dx = transcriptHash("x", dy, pair);
    const responses = respond(poll, this.#bits, secrets, challenge(dx));
    const c = challenge(transcriptHash("sig", dx, responses, nonceBytes));
    const signature = encodeScalar(reduce(secrets.w + c * key.secret));
    const header = join(Uint8Array.of(BALLOT_VERSION), poll.pollId, u16(this.#choice.sequence));
    const sealed = join(key.public, token, this.#ciphertext, announcement, pair);
    return join(header, sealed, responses, nonceBytes, signature);
  }

  private take(): BallotSecrets {
    const secrets = this.#secrets;
    refuseUnless(secrets !== undefined, "spent", "this choice was opened or cast already");
    this.#secrets = undefined;
    return secrets;
  }
}

/** Votes, then the canonical slack bits (B-10). */
function ballotBits(poll: Poll, { votes, sequence, attempt }: Choice): number[] {
  const { options, minimum, maximum, maxCasts } = poll.parameters;
  const bits = votes.length === options && votes.every((vote) => vote === 0 || vote === 1);
  refuseUnless(bits, "B-10", `a choice has one bit for each of ${options} options`);
  const chosen = votes.reduce((sum: number, vote) => sum + vote, 0);
  refuseUnless(minimum <= chosen && chosen <= maximum, "B-10", "too few or too many");
  const counted = Number.isInteger(sequence) && 1 <= sequence && sequence <= maxCasts;
  refuseUnless(counted, "B-10", `sequence numbers are 1..${maxCasts}`);
  const tried = Number.isInteger(attempt) && 0 <= attempt && attempt < 2 ** 32;
  refuseUnless(tried, "B-10", "attempts are counted from 0");
  return [...votes, ...splitSlack(maximum - chosen, poll.weights)];
}

/** Draw all secrets; `a_m` makes the weighted sum 0. */
function drawSecrets(poll: Poll, hedge: Hedge): BallotSecrets {
  const last = poll.parameters.options - 1;
  const a = poll.keys.map((_, at) => (at === last ? 0n : hedge.scalar("a", at + 1)));
  a[last] = reduce(-weightedSum(poll, a));
  const [r, s, t1] = [hedge.scalar("r"), hedge.scalar("s"), hedge.scalar("t1")];
  return { r, s, a, t1, t0: hedge.scalar("t0"), w: hedge.scalar("w") };
}

/** `A | B_1 | ..` for secret values; the two values of a vote take the same path. */
function encrypt(poll: Poll, values: readonly bigint[], r: bigint): Uint8Array {
  const of = [G1.ZERO, G1.BASE];
  const b = poll.keys.map((key, at) => {
    const value = values[at]!;
    const plain = value <= 1n ? of[Number(value)]! : poll.multiplySecret(G1.BASE, value);
    return plain.add(poll.multiplySecret(key, r));
  });
  return encodeG1(poll.multiplySecret(G1.BASE, r), ...b);
}

/** C1 and C0, committing to the coefficients of the quadratic polynomial in x. */
function bitPair(
  poll: Poll, bits: readonly number[], secrets: BallotSecrets, y: bigint,
): [G1Point, G1Point] {
  let [c1, c0, power] = [0n, 0n, 1n];
  for (const [at, bit] of bits.entries()) {
    const a = secrets.a[at]!;
    power = reduce(power * y);
    c1 += power * a * BigInt(1 - 2 * bit);
    c0 -= power * a * a;
  }
  return [commit(poll, reduce(c1), secrets.t1), commit(poll, reduce(c0), secrets.t0)];
}

/** `value G + mask H` (Pedersen). */
function commit(poll: Poll, value: bigint, mask: bigint): G1Point {
  const hidden = poll.multiplySecret(SECOND_GENERATOR, mask);
  return poll.multiplySecret(G1.BASE, value).add(hidden);
}

/** `f.. | z | t`, without `f_m`. */
function respond(
  poll: Poll, bits: readonly number[], secrets: BallotSecrets, x: bigint,
): Uint8Array {
  const f = bits.map((bit, at) => reduce(x * BigInt(bit) + secrets.a[at]!));
  f.splice(poll.parameters.options - 1, 1);
  const [z, t] = [reduce(x * secrets.r + secrets.s), reduce(x * secrets.t1 + secrets.t0)];
  return join(...[...f, z, t].map(encodeScalar));
}
