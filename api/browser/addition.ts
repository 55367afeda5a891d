/**
 * Complete addition and doubling on y^2 = x^3 + 4 in homogeneous coordinates (x = X/Z, y = Y/Z):
 * Renes, Costello, Batina, EUROCRYPT 2016, algorithms 7 and 9. They have no special cases, so that
 * every pair of points takes the same steps, the neutral element (0, 1, 0) included.
 *
 * The library's own formulas serve any curve and made a ballot twice as slow. Coordinates here may
 * be negative: they are residues between -q and q, or small multiples, until `toPoint` brings them
 * into range.
 */

import { bls12_381 } from "@noble/curves/bls12-381.js";
import { G1, type G1Point } from "./group.js";

const Q = bls12_381.fields.Fp.ORDER;
const THREE_B = 12n;

/** X, Y, Z. */
export type Coordinates = readonly [bigint, bigint, bigint];

/** The neutral element. */
export const NEUTRAL: Coordinates = [0n, 1n, 0n];

/** The coordinates of a point. */
export function fromPoint(point: G1Point): Coordinates {
  return [point.X, point.Y, point.Z];
}

/** The point of these coordinates. */
export function toPoint(coordinates: Coordinates): G1Point {
  const [x, y, z] = coordinates.map((value) => ((value % Q) + Q) % Q);
  return z === 0n ? G1.ZERO : new G1(x!, y!, z!);
}

/** The sum of two points (algorithm 7). */
export function add([x1, y1, z1]: Coordinates, [x2, y2, z2]: Coordinates): Coordinates {
  const xx = (x1 * x2) % Q;
  const yy = (y1 * y2) % Q;
  const zz = (THREE_B * z1 * z2) % Q;
  const xy = ((x1 + y1) * (x2 + y2) - xx - yy) % Q;
  const yz = (y1 * z2 + y2 * z1) % Q;
  const xz = (THREE_B * (x1 * z2 + x2 * z1)) % Q;
  const [sum, difference, triple] = [yy + zz, yy - zz, 3n * xx];
  return [
    (xy * difference - yz * xz) % Q,
    (difference * sum + xz * triple) % Q,
    (sum * yz + triple * xy) % Q,
  ];
}

/** A point added to itself (algorithm 9). */
export function double([x, y, z]: Coordinates): Coordinates {
  const yy = (y * y) % Q;
  const zz = (THREE_B * z * z) % Q;
  const rest = yy - 3n * zz;
  const eight = 8n * yy;
  return [
    (2n * rest * ((x * y) % Q)) % Q,
    (zz * eight + rest * (yy + zz)) % Q,
    (((y * z) % Q) * eight) % Q,
  ];
}

/** The opposite point. */
export function negate([x, y, z]: Coordinates): Coordinates {
  return [x, -y, z];
}
