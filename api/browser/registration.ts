/** The device's side of registration: what the holder signs, and what a registrar must sign. */

import { join, u32 } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { signatureHolds } from "./signature.js";
import { checkShare, type TokenKeys } from "./tokens.js";
import { DIGEST_BYTES, transcriptHash } from "./transcript.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A registrar's answer; hostile bytes. */
export interface Grant {
  /** j, 1-based. */
  readonly registrar: number;
  /** S_j, 48 bytes. */
  readonly share: Uint8Array;
  /** nc_j as it will stand in the registrar's log, 32 bytes. */
  readonly commitment: Uint8Array;
  /** Over `tr("token-entry", ..)`, 64 bytes. */
  readonly signature: Uint8Array;
}

/**
 * `b64url(tr("registration", poll_id, M, c_1 | .. | c_n))`: the nonce of the one presentation.
 *
 * The device makes it itself and compares before anything is signed: a nonce from a server could
 * stand for somebody else's M.
 *
 * @param blinded M, 48 bytes.
 * @param challenges 32 bytes of every registrar, registrar 1 first.
 * @throws Refusal N-03 for no challenges, or one of another length.
 */
export function registrationNonce(
  pollId: Uint8Array, blinded: Uint8Array, challenges: readonly Uint8Array[],
): string {
  const sized = challenges.every((challenge) => challenge.length === DIGEST_BYTES);
  refuseUnless(sized && challenges.length > 0, "N-03", "every registrar sends 32 random bytes");
  return base64url(transcriptHash("registration", pollId, blinded, join(...challenges)));
}

/**
 * Check a registrar's answer before the next one is asked: its share, and its signed entry.
 *
 * The signature is kept: it proves that the registrar's log must hold the entry.
 *
 * @param keys made from the ANCHORED definition and the registrars' ceremony.
 * @param identity the registrar's Ed25519 key of the anchored definition, 32 bytes.
 * @param blinded M as this device sent it.
 * @throws Refusal `entry` for an entry that the registrar did not sign.
 * @throws Refusal T-01, T-02, or G-01 to G-03 for the share.
 */
export function checkGrant(
  keys: TokenKeys, identity: Uint8Array, blinded: Uint8Array, grant: Grant,
): void {
  const { registrar, share, commitment, signature } = grant;
  checkShare(keys, registrar, blinded, share);
  const entry = transcriptHash("token-entry", keys.pollId, u32(registrar), commitment, blinded);
  const signed = commitment.length === DIGEST_BYTES && signatureHolds(identity, signature, entry);
  refuseUnless(signed, "entry", `registrar ${registrar} did not sign its entry`);
}

function base64url(data: Uint8Array): string {
  let [text, bits, held] = ["", 0, 0];
  for (const byte of data) {
    [held, bits] = [((held << 8) | byte) & 0xffff, bits + 8];
    for (; bits >= 6; bits -= 6) text += ALPHABET[(held >> (bits - 6)) & 63];
  }
  return bits > 0 ? text + ALPHABET[(held << (6 - bits)) & 63] : text;
}
