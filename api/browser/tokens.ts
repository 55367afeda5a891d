/** Ballot keys and their tokens: blind threshold BLS (SPEC section 7). */

import { refuseUnless } from "./errors.js";
import { FixedBase } from "./fixed_base.js";
import {
  combine, decodeG1, decodeG2, encodeG1, G1, G2, type G1Point, type G2Point, hashToG1,
  pairingsAgree,
} from "./group.js";
import { randomScalar } from "./randomness.js";
import { ORDER, reduce, transcriptHash } from "./transcript.js";

const ONCE_WIDTH = 4;

/** A ballot key. */
export interface BallotKey {
  /** k. */
  readonly secret: bigint;
  /** V = kG, 48 bytes. */
  readonly public: Uint8Array;
}

/** What the device keeps until it has its token; only `blinded` is sent. */
export interface BlindedKey {
  /** V, 48 bytes. */
  readonly public: Uint8Array;
  /** M = b h(poll_id, V), 48 bytes. */
  readonly blinded: Uint8Array;
  /** b; drop this object after unblinding. */
  readonly blind: bigint;
}

/** The registrars' keys of the anchored definition; only `makeTokenKeys` makes one. */
export interface TokenKeys {
  readonly pollId: Uint8Array;
  /** t. */
  readonly threshold: number;
  readonly tokenKey: G2Point;
  readonly shares: readonly G2Point[];
}

/**
 * The registrars' keys from their bytes.
 *
 * @param tokenKey PK, 96 bytes.
 * @param shareKeys PK_1..PK_n, 96 bytes each.
 * @throws Refusal G-01 to G-03, or T-01 for a threshold outside 1..n.
 */
export function makeTokenKeys(
  pollId: Uint8Array, threshold: number, tokenKey: Uint8Array, shareKeys: readonly Uint8Array[],
): TokenKeys {
  const within = Number.isInteger(threshold) && 1 <= threshold && threshold <= shareKeys.length;
  refuseUnless(within, "T-01", "a threshold lies in 1..n");
  return { pollId, threshold, tokenKey: decodeG2(tokenKey), shares: shareKeys.map(decodeG2) };
}

/** A fresh ballot key. */
export function makeBallotKey(): BallotKey {
  return ballotKeyOf(randomScalar());
}

/** The ballot key of a stored secret, 1..r-1. */
export function ballotKeyOf(secret: bigint): BallotKey {
  refuseUnless(0n < secret && secret < ORDER, "G-04", "a ballot key lies in 1..r-1");
  return { secret, public: encodeG1(multiplyOnce(G1.BASE, secret)) };
}

/** h(poll_id, V), the point that a token signs. */
export function tokenPoint(pollId: Uint8Array, key: Uint8Array): G1Point {
  return hashToG1(transcriptHash("token", pollId, key), "token");
}

/** Blind a ballot key with fresh randomness of its own. */
export function blindKey(pollId: Uint8Array, key: Uint8Array): BlindedKey {
  return blindWithGivenBlindForVectors(pollId, key, randomScalar());
}

/** Blind with a scalar of a test vector; everything else calls `blindKey`. */
export function blindWithGivenBlindForVectors(
  pollId: Uint8Array, key: Uint8Array, blind: bigint,
): BlindedKey {
  const blinded = encodeG1(multiplyOnce(tokenPoint(pollId, key), blind));
  return { public: key, blinded, blind };
}

/**
 * Combine exactly t shares and unblind: sigma, 48 bytes, verified.
 *
 * @param shares S_j by registrar j, 1-based; hostile bytes.
 * @throws Refusal T-01, G-01 to G-03; T-02 for a bad share, T-03 if PK does not fit its PK_j.
 */
export function unblind(
  keys: TokenKeys, request: BlindedKey, shares: ReadonlyMap<number, Uint8Array>,
): Uint8Array {
  refuseUnless(shares.size === keys.threshold, "T-01", `a token takes ${keys.threshold} shares`);
  for (const j of shares.keys()) refuseUnlessRegistrar(keys, j);
  const points = [...shares.values()].map(decodeG1);
  const sum = combine(points, lagrangeAtZero([...shares.keys()]));
  const { public: key } = request;
  // Bad shares can add up to the neutral element, which is no token.
  if (!sum.is0()) {
    const token = multiplyOnce(sum, G1.Fn.inv(request.blind));
    if (tokenHolds(keys, key, token)) return encodeG1(token);
  }
  for (const [j, share] of shares) checkShare(keys, j, request.blinded, share);
  refuseUnless(false, "T-03", "good shares make no token: PK does not belong to its PK_j");
}

/**
 * Check one registrar's share of a token.
 *
 * @throws Refusal T-01 for an unknown registrar, G-01 to G-03, T-02 for another key's share.
 */
export function checkShare(
  keys: TokenKeys, registrar: number, blinded: Uint8Array, share: Uint8Array,
): void {
  refuseUnlessRegistrar(keys, registrar);
  const [point, asked] = [decodeG1(share), decodeG1(blinded)];
  const holds = pairingsAgree(point, G2.BASE, asked, keys.shares[registrar - 1]!);
  refuseUnless(holds, "T-02", `registrar ${registrar} gave a bad share`);
}

/**
 * Check a token's bytes for a ballot key's bytes.
 *
 * @throws Refusal G-01 to G-03, or T-03.
 */
export function verifyToken(
  keys: Pick<TokenKeys, "pollId" | "tokenKey">, key: Uint8Array, token: Uint8Array,
): void {
  const holds = tokenHolds(keys, key, decodeG1(token));
  refuseUnless(holds, "T-03", "the token does not verify under the common key");
}

/** Whether `e(sigma, G2) = e(h, PK)`, for a valid point sigma. */
export function tokenHolds(
  keys: Pick<TokenKeys, "pollId" | "tokenKey">, key: Uint8Array, token: G1Point,
): boolean {
  return pairingsAgree(token, G2.BASE, tokenPoint(keys.pollId, key), keys.tokenKey);
}

function refuseUnlessRegistrar(keys: TokenKeys, registrar: number): void {
  const known = Number.isInteger(registrar) && 1 <= registrar && registrar <= keys.shares.length;
  refuseUnless(known, "T-01", `there is no registrar ${registrar}`);
}

function multiplyOnce(point: G1Point, scalar: bigint): G1Point {
  return new FixedBase(point, ONCE_WIDTH).multiplySecret(scalar);
}

/** `lambda_j = prod i / (i - j)` over the other i, mod r. */
function lagrangeAtZero(ids: readonly number[]): bigint[] {
  return ids.map((j) => {
    const others = ids.filter((i) => i !== j).map(BigInt);
    const over = others.reduce((product, i) => reduce(product * i), 1n);
    const under = others.reduce((product, i) => reduce(product * (i - BigInt(j))), 1n);
    return reduce(over * G1.Fn.inv(under));
  });
}
