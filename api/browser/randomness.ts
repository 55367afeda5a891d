/** Secret scalars, hedged against a bad random source (SPEC section 6.2). */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toInteger, u32, utf8 } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { DIGEST_BYTES, ORDER, transcriptHash } from "./transcript.js";

const WIDE_BYTES = 48;

/** A source of random bytes; everything but test vectors uses `systemRandom`. */
export type RandomSource = (count: number) => Uint8Array;

/** Fresh bytes of the system (`crypto.getRandomValues`). */
export const systemRandom: RandomSource = (count) => crypto.getRandomValues(new Uint8Array(count));

/** A scalar of 1..r-1, within 2^-128 of uniform. */
export function randomScalar(): bigint {
  return toScalar(systemRandom(WIDE_BYTES));
}

/** A secret scalar as the sum, mod r, of two summands that are each random alone. */
export function split(scalar: bigint): readonly [bigint, bigint] {
  const mask = randomScalar();
  return [mask, (scalar + ORDER - mask) % ORDER];
}

/**
 * Secret scalars that stay secret as long as the device's seed or the random source is good.
 *
 * Each is HKDF-SHA-256 with salt = seed, input = 48 fresh bytes, info = tr("hedge", ..).
 */
export class Hedge {
  /**
   * @param seed 32 secret bytes of the device, made once.
   * @param context digest of all that the scalars must differ for.
   * @param source of fresh bytes.
   * @throws Refusal G-05 for a seed of another length.
   */
  constructor(
    private readonly seed: Uint8Array,
    private readonly context: Uint8Array,
    private readonly source: RandomSource,
  ) {
    refuseUnless(seed.length === DIGEST_BYTES, "G-05", "a device seed has 32 bytes");
  }

  /**
   * One scalar of 1..r-1 for this purpose.
   *
   * @throws Refusal G-05 if the source gives another number of bytes than asked for.
   */
  scalar(label: string, index = 0): bigint {
    const fresh = this.source(WIDE_BYTES);
    refuseUnless(fresh.length === WIDE_BYTES, "G-05", "the random source gave too few bytes");
    const info = transcriptHash("hedge", this.context, utf8(label), u32(index));
    return toScalar(hkdf(sha256, fresh, this.seed, info, WIDE_BYTES));
  }
}

function toScalar(wide: Uint8Array): bigint {
  return 1n + (toInteger(wide) % (ORDER - 1n));
}
