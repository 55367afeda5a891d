/** Slack: how a ballot hides how many options between min and max it chose (SPEC section 5). */

import { u32 } from "./encoding.js";
import { type G1Point, hashToG1 } from "./group.js";
import { transcriptHash } from "./transcript.js";

/** Weights whose subset sums are exactly 0..spread; none where `spread = max - min` is 0. */
export function slackWeights(spread: number): number[] {
  const weights: number[] = [];
  for (let power = 1; 2 * power <= spread; power *= 2) weights.push(power);
  if (spread > 0) weights.push(spread - 2 ** weights.length + 1);
  return weights;
}

/** The canonical bits for `rest`: the largest weight first, among equal weights the lower place. */
export function splitSlack(rest: number, weights: readonly number[]): number[] {
  const bits = weights.map(() => 0);
  const order = weights.map((_, place) => place).sort((a, b) => weights[b]! - weights[a]! || a - b);
  for (const place of order) {
    if (weights[place]! <= rest) {
      bits[place] = 1;
      rest -= weights[place]!;
    }
  }
  return bits;
}

/** `K_1..K_count`, whose logarithms nobody knows. */
export function slackKeys(count: number): G1Point[] {
  return Array.from({ length: count }, (_, at) =>
    hashToG1(transcriptHash("slack", u32(at + 1)), "slack"),
  );
}
