/**
 * Multiplication of points that are used often by secret scalars.
 *
 * A scalar is split into two random summands, each summand into two halves of 128 bits by the
 * curve's endomorphism phi(x, y) = (beta x, y), which multiplies by lambda = z^2 - 1 (Gallant,
 * Lambert, Vanstone, CRYPTO 2001); as r = lambda^2 + lambda + 1, the halves are quotient and rest.
 * Halves are read in signed digits; each digit costs one addition, also where it is zero.
 */

import {
  add, type Coordinates, double, fromPoint, negate, NEUTRAL, toPoint,
} from "./addition.js";
import type { G1Point } from "./group.js";
import { split } from "./randomness.js";

const HALF_BITS = 128;
const LAMBDA = 0xd201000000010000n ** 2n - 1n;
/** The cube root of one for which phi multiplies by lambda. */
const BETA = BigInt(
  "0x1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4" +
  "897d29650fb85f9b409427eb4f49fffd8bfd00000000aaac",
);

/** Multiples of one point: `rows[j][d] = d * 2^(width * j) * point`. */
export class FixedBase {
  private readonly rows: readonly (readonly Coordinates[])[];

  /**
   * @param point of the subgroup.
   * @param width bits of a digit; a table holds about `128 / width * 2^(width - 1)` points.
   */
  constructor(point: G1Point, private readonly width: number) {
    const rows: Coordinates[][] = [];
    let start = fromPoint(point);
    for (let j = 0; j <= Math.ceil(HALF_BITS / width); j++) {
      const row = [NEUTRAL, start];
      for (let d = 2; d <= 1 << (width - 1); d++) {
        row.push(d % 2 === 0 ? double(row[d / 2]!) : add(row[d - 1]!, start));
      }
      rows.push(row);
      start = double(row.at(-1)!);
    }
    this.rows = rows;
  }

  /** `scalar * point` for a secret scalar of 0..r-1. */
  multiplySecret(scalar: bigint): G1Point {
    const summands = split(scalar);
    const low = this.sum(summands.map((summand) => summand % LAMBDA));
    const high = this.sum(summands.map((summand) => summand / LAMBDA));
    return toPoint(add(low, [high[0] * BETA, high[1], high[2]]));
  }

  private sum(halves: readonly bigint[]): Coordinates {
    let total = NEUTRAL;
    for (const half of halves) {
      const digits = this.digits(half);
      for (const [j, row] of this.rows.entries()) {
        const digit = digits[j]!;
        const multiple = row[Math.abs(digit)]!;
        total = add(total, digit < 0 ? negate(multiple) : multiple);
      }
    }
    return total;
  }

  /** Digits of -2^(w-1)+1..2^(w-1), lowest first. */
  private digits(half: bigint): number[] {
    const [base, mask] = [1 << this.width, (1n << BigInt(this.width)) - 1n];
    const found: number[] = [];
    let [rest, carry] = [half, 0];
    for (let j = 0; j < this.rows.length; j++) {
      const digit = Number(rest & mask) + carry;
      rest >>= BigInt(this.width);
      carry = digit > base / 2 ? 1 : 0;
      found.push(digit - carry * base);
    }
    return found;
  }
}
