/** What every proof of one poll is bound to (SPEC section 5, checks P-01 and P-02). */

import { join, toHex, u32 } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { FixedBase } from "./fixed_base.js";
import {
  decodeG1, decodeG2, encodeG1, G1, G1_BYTES, type G1Point, type G2Point, SECOND_GENERATOR,
} from "./group.js";
import { slackKeys, slackWeights } from "./slack.js";
import { DIGEST_BYTES, transcriptHash } from "./transcript.js";

const MIN_OPTIONS = 2;
const MAX_OPTIONS = 64;
const MAX_SEQUENCE = 65535;
// A first ballot multiplies G fourteen times and every other point twice: tables that pay at once.
const GENERATOR_WIDTH = 6;
const KEY_WIDTH = 4;

/** What the definition says about ballots, as it stands there. */
export interface PollParameters {
  /** 32 bytes. */
  readonly pollId: Uint8Array;
  /** m, 2..64. */
  readonly options: number;
  /** Fewest choices, 0..maximum. */
  readonly minimum: number;
  /** Most choices, 1..m. */
  readonly maximum: number;
  /** Highest sequence number, 1..65535. */
  readonly maxCasts: number;
  /** Y_1..Y_m, 48 bytes each. */
  readonly optionKeys: readonly Uint8Array[];
  /** PK, 96 bytes. */
  readonly tokenKey: Uint8Array;
}

/** Checked parameters and `ctx`; only `makePoll` makes one. */
export class Poll {
  private readonly tables = new Map<G1Point, FixedBase>();

  /** @internal */
  constructor(
    readonly parameters: PollParameters,
    readonly weights: readonly number[],
    /** Z_1..Z_c: option keys, then slack keys. */
    readonly keys: readonly G1Point[],
    readonly tokenKey: G2Point,
    /** `ctx`, 32 bytes. */
    readonly digest: Uint8Array,
  ) {}

  /** 32 bytes. */
  get pollId(): Uint8Array {
    return this.parameters.pollId;
  }

  /** `scalar * point` for a secret scalar and G, H or a key of the poll; tables are made once. */
  multiplySecret(point: G1Point, scalar: bigint): G1Point {
    let table = this.tables.get(point);
    if (table === undefined) {
      table = new FixedBase(point, point === G1.BASE ? GENERATOR_WIDTH : KEY_WIDTH);
      this.tables.set(point, table);
    }
    return table.multiplySecret(scalar);
  }
}

/**
 * Check a poll's keys and bind them together.
 *
 * @param parameters of the ANCHORED definition, never from the device or server under check.
 * @throws Refusal P-01, P-02, or G-01 to G-03 for a key that is no valid point.
 */
export function makePoll(parameters: PollParameters): Poll {
  checkNumbers(parameters);
  const { options, minimum, maximum, pollId, tokenKey } = parameters;
  const keys = parameters.optionKeys.map(decodeG1);
  const token = decodeG2(tokenKey);
  const weights = slackWeights(maximum - minimum);
  const slack = slackKeys(weights.length);
  checkClashes(keys, [G1.BASE, SECOND_GENERATOR, ...slack]);
  const numbers = [options, minimum, maximum].map(u32);
  const points = [join(...parameters.optionKeys), tokenKey, encodeG1(SECOND_GENERATOR)];
  const digest = transcriptHash("ctx", pollId, ...numbers, ...points, encodeG1(...slack));
  const kept = { ...parameters, pollId: Uint8Array.from(pollId) };
  return new Poll(kept, weights, [...keys, ...slack], token, digest);
}

function checkNumbers(poll: PollParameters): void {
  const within = (value: number, low: number, high: number): boolean =>
    Number.isInteger(value) && low <= value && value <= high;
  refuseUnless(within(poll.options, MIN_OPTIONS, MAX_OPTIONS), "P-01", "2 to 64 options exist");
  refuseUnless(within(poll.maximum, 1, poll.options), "P-01", "1 to m options are the most");
  refuseUnless(within(poll.minimum, 0, poll.maximum), "P-01", "0 to max options are the least");
  refuseUnless(within(poll.maxCasts, 1, MAX_SEQUENCE), "P-01", "1 to 65535 casts can be had");
  refuseUnless(poll.optionKeys.length === poll.options, "P-01", "there is one key for each option");
  refuseUnless(poll.pollId.length === DIGEST_BYTES, "P-01", "a poll id has 32 bytes");
}

/** Two points are equal or opposite if and only if they have the same x. */
function checkClashes(keys: readonly G1Point[], fixed: readonly G1Point[]): void {
  const all = encodeG1(...keys, ...fixed);
  const seen = new Set<string>();
  for (let at = 0; at < all.length; at += G1_BYTES) {
    const x = Uint8Array.from(all.subarray(at, at + G1_BYTES));
    x[0]! &= 0x1f;
    seen.add(toHex(x));
  }
  refuseUnless(seen.size === keys.length + fixed.length, "P-02", "two keys are equal or opposite");
}
