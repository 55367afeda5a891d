// Tokens (SPEC section 7; checks T-01 to T-03).
import { Refused } from "./bytes.mjs";
import { combine, lagrange, readG1, samePairing, tokenPoint } from "./group.mjs";

/**
 * T-03, after G-01 to G-03 of the token.
 * @param {Uint8Array} pollId
 * @param {Uint8Array} V
 * @param {Uint8Array} token
 * @param {import("./group.mjs").P2} key
 */
export function checkToken(pollId, V, token, key) {
  if (!samePairing(readG1(token), tokenPoint(pollId, V), key)) throw new Refused("T-03", "token");
}

/**
 * T-02: a registrar's share.
 * @param {import("./group.mjs").P2[]} keys
 * @param {number} j
 * @param {import("./group.mjs").P1} M
 * @param {Uint8Array} share
 */
export function checkShare(keys, j, M, share) {
  const key = keys[j - 1];
  if (key === undefined) throw new Refused("T-01", "no such registrar");
  if (!samePairing(readG1(share), M, key)) throw new Refused("T-02", "share");
}

/**
 * `sum lambda_j S_j` over exactly t distinct registrars (T-01).
 * @param {number} t
 * @param {number} n
 * @param {number[]} ids
 * @param {import("./group.mjs").P1[]} shares
 */
export function combineShares(t, n, ids, shares) {
  const known = ids.every((j) => Number.isInteger(j) && j >= 1 && j <= n);
  if (!known || ids.length !== t || new Set(ids).size !== t) throw new Refused("T-01", "not exactly t registrars");
  return combine(shares, ids.map((j) => lagrange(j, ids)));
}
