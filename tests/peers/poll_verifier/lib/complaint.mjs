// Judging a complaint (SPEC section 8: K-08, K-09, K-12), with HPKE of RFC 9180 in base mode.
import { x25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 as hash } from "@noble/hashes/sha2.js";
import { createDecipheriv } from "node:crypto";
import { ascii, equal, join, Reader, Refused, u16, u32 } from "./bytes.mjs";
import { evaluate, readMessage, signedBy, viewOf } from "./ceremony.mjs";
import { mul, readScalar } from "./group.mjs";
import { tr } from "./transcript.mjs";

const KEM = join(ascii("KEM"), u16(0x20));
const SUITE = join(ascii("HPKE"), u16(0x20), u16(1), u16(3));

/** @param {Uint8Array} suite @param {Uint8Array} salt @param {string} label @param {Uint8Array} ikm */
const labeledExtract = (suite, salt, label, ikm) =>
  extract(hash, join(ascii("HPKE-v1"), suite, ascii(label), ikm), salt);

/**
 * @param {Uint8Array} suite
 * @param {Uint8Array} prk
 * @param {string} label
 * @param {Uint8Array} info
 * @param {number} n
 */
const labeledExpand = (suite, prk, label, info, n) =>
  expand(hash, prk, join(u16(n), ascii("HPKE-v1"), suite, ascii(label), info), n);

/**
 * HPKE, base mode, DHKEM(X25519), HKDF-SHA256, ChaCha20-Poly1305, one message, no aad.
 * @param {Uint8Array} secret
 * @param {Uint8Array} sealed enc and ciphertext
 * @param {Uint8Array} info
 */
export function hpkeOpen(secret, sealed, info) {
  const none = new Uint8Array();
  const enc = sealed.subarray(0, 32);
  const dh = x25519.scalarMult(secret, enc);
  const prk = labeledExtract(KEM, none, "eae_prk", dh);
  const shared = labeledExpand(KEM, prk, "shared_secret", join(enc, x25519.getPublicKey(secret)), 32);
  const context = join(
    new Uint8Array(1),
    labeledExtract(SUITE, none, "psk_id_hash", none),
    labeledExtract(SUITE, none, "info_hash", info),
  );
  const main = labeledExtract(SUITE, shared, "secret", none);
  const key = labeledExpand(SUITE, main, "key", context, 32);
  const nonce = labeledExpand(SUITE, main, "base_nonce", context, 12);
  const text = sealed.subarray(32, sealed.length - 16);
  const open = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
  open.setAuthTag(sealed.subarray(sealed.length - 16));
  return join(open.update(text), open.final());
}

/**
 * What the accused dealt to the complainer: K-08 or K-09, or null where the shares are right.
 * @param {import("./ceremony.mjs").Setting} s
 * @param {any} record what `checkCeremony` gave
 * @param {Uint8Array} body of the accused's dealing
 * @param {number} j
 * @param {number} l
 * @param {Uint8Array} secret
 */
function dealt(s, record, body, j, l, secret) {
  const size = 48 + 32 * s.m;
  const at = 32 + (l < j ? l - 1 : l - 2) * size;
  const announced = join(.../** @type {any[]} */ (record.first).map((x) => x.body.subarray(32)));
  /** @type {bigint[]} */
  let scalars;
  try {
    const info = tr("share", s.ceremony, u32(j), u32(l), announced);
    const r = new Reader(hpkeOpen(secret, body.subarray(at, at + size), info));
    scalars = Array.from({ length: s.m }, () => readScalar(r.take(32)));
  } catch {
    return "K-08";
  }
  const C = record.commitments[j - 1];
  const right = scalars.every((x, i) => mul(s.group.base, x).equals(evaluate(C[i], l)));
  return right ? null : "K-09";
}

/**
 * Verdict over a complaint: always Refused, with the culprit.
 * @param {import("./ceremony.mjs").Setting} s
 * @param {any} record what `checkCeremony` gave (rounds 1 and 2 are used)
 * @param {Uint8Array[]} dealings round 3
 * @param {Uint8Array} complaint
 */
export function judge(s, record, dealings, complaint) {
  const msg = readMessage(complaint);
  if (msg === null || msg.kind !== 5 || msg.sender < 1 || msg.sender > s.n) throw new Refused("K-02", "no complaint");
  if (!signedBy(s, msg)) throw new Refused("K-03", "signature", msg.sender);
  const third = dealings.map((d) => /** @type {any} */ (readMessage(d)));
  const r = new Reader(msg.body);
  if (!equal(r.take(32), viewOf(s, third))) throw new Refused("K-14", "view", msg.sender);
  const accused = r.int(4);
  const secret = r.take(r.left);
  const own = record.first[msg.sender - 1].body.subarray(0, 32);
  const inPlace = secret.length === 32 && accused >= 1 && accused <= s.n && accused !== msg.sender;
  if (!inPlace || !equal(x25519.getPublicKey(secret), own)) throw new Refused("K-12", "complaint", msg.sender);
  const found = dealt(s, record, third[accused - 1].body, accused, msg.sender, secret);
  if (found === null) throw new Refused("K-12", "the shares are right", msg.sender);
  throw new Refused(found, "the complaint is right", accused);
}
