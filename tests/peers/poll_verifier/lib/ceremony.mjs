// Key ceremonies (SPEC section 8): the checks of a finished record and of endorsements.
import { compare, equal, join, Reader, Refused, u256, u32, u8 } from "./bytes.mjs";
import { goodTransportKey, identityPoint, verify } from "./ed25519.mjs";
import { compress1, compress2, G1, G2, mul, readG1, readG2, readScalar } from "./group.mjs";
import { ascii } from "./bytes.mjs";
import { chal, tr } from "./transcript.mjs";

/** @typedef {import("./group.mjs").P1|import("./group.mjs").P2} Point */
/**
 * @typedef {object} Setting
 * @property {"trustee"|"registrar"} role
 * @property {number} n
 * @property {number} t
 * @property {number} m
 * @property {Uint8Array[]} identities
 * @property {Uint8Array} ceremony
 * @property {{size: number, base: any, read: (b: Uint8Array) => any, compress: (p: any) => Uint8Array}} group
 */
/** @typedef {{kind: number, sender: number, body: Uint8Array, statement: Uint8Array, signature: Uint8Array}} Message */

const GROUPS = {
  trustee: { size: 48, base: G1.BASE, read: readG1, compress: compress1 },
  registrar: { size: 96, base: G2.BASE, read: readG2, compress: compress2 },
};

/** K-01. @param {string} role @param {number} n @param {number} t @param {number} m @param {number} f */
function checkNumbers(role, n, t, m, f) {
  const fine =
    role === "trustee"
      ? t >= 2 && t <= n && n <= 32 && m >= 1 && m <= 64
      : f >= 1 && f < t && t <= n && n <= 32 && 2 * t > n + f && m === 1;
  if (!fine) throw new Refused("K-01", "numbers of the ceremony");
}

/**
 * K-01 and the setting's part of K-02.
 * @param {{role: "trustee"|"registrar", threshold: number, dishonest?: number, m: number,
 *   identities: Uint8Array[], chainId: number|bigint, nonce: Uint8Array}} given
 * @returns {Setting}
 */
export function makeSetting({ role, threshold, dishonest = 0, m, identities, chainId, nonce }) {
  const n = identities.length;
  checkNumbers(role, n, threshold, m, dishonest);
  const sorted = [...identities].sort(compare);
  const repeated = sorted.some((k, i) => i > 0 && equal(k, sorted[i - 1]));
  if (repeated || identities.some((k) => identityPoint(k) === null)) throw new Refused("K-02", "identity keys");
  const numbers = [n, threshold, m].map(u32);
  const ceremony = tr("ceremony", ascii(role), ...numbers, join(...identities), u256(chainId), nonce);
  return { role, n, t: threshold, m, identities, ceremony, group: GROUPS[role] };
}

/**
 * @param {Uint8Array} bytes
 * @returns {Message|null}
 */
export function readMessage(bytes) {
  if (bytes.length < 5 + 64) return null;
  const r = new Reader(bytes);
  const kind = r.int(1);
  const sender = r.int(4);
  const end = bytes.length - 64;
  const [body, statement, signature] = [bytes.subarray(5, end), bytes.subarray(0, end), bytes.subarray(end)];
  return { kind, sender, body, statement, signature };
}

/** @param {Setting} s @param {Message} msg */
export const signedBy = (s, msg) =>
  verify(
    s.identities[msg.sender - 1],
    tr("message", s.ceremony, u8(msg.kind), u32(msg.sender), msg.body),
    msg.signature,
  );

/**
 * K-02 over the list of one round, then K-03 for each message.
 * @param {Setting} s
 * @param {number} kind
 * @param {Uint8Array[]} list
 * @returns {Message[]}
 */
function openRound(s, kind, list) {
  const messages = list.map(readMessage);
  messages.forEach((msg, i) => {
    if (msg === null || msg.kind !== kind || msg.sender !== i + 1) {
      throw new Refused("K-02", "message out of place", i < s.n ? i + 1 : 0);
    }
  });
  if (messages.length !== s.n) {
    throw new Refused("K-02", "number of messages", messages.length < s.n ? messages.length + 1 : 0);
  }
  const good = /** @type {Message[]} */ (messages);
  for (const msg of good) {
    if (!signedBy(s, msg)) throw new Refused("K-03", "signature", msg.sender);
  }
  return good;
}

/** The view of a round. @param {Setting} s @param {Message[]} round */
export const viewOf = (s, round) => tr("view", s.ceremony, join(...round.map((x) => x.statement)));

/** K-04. @param {Message[]} round */
function checkAnnouncements(round) {
  /** @type {Uint8Array[]} */
  const seen = [];
  for (const { body, sender } of round) {
    if (body.length !== 64) throw new Refused("K-04", "length", sender);
    const kem = body.subarray(0, 32);
    if (!goodTransportKey(kem) || seen.some((k) => equal(k, kem))) throw new Refused("K-04", "transport key", sender);
    seen.push(kem);
  }
}

/**
 * K-07: the proofs of knowledge of one party.
 * @param {Setting} s
 * @param {number} j
 * @param {Uint8Array} proofs
 * @param {Point[][]} C
 * @param {Uint8Array} announced h_1..h_n
 */
function checkProofs(s, j, proofs, C, announced) {
  const r = new Reader(proofs);
  for (let i = 1; i <= s.m; i++) {
    const refuse = () => new Refused("K-07", "proof of knowledge", j);
    const rawR = r.take(s.group.size);
    const rawS = r.take(32);
    let R;
    let z;
    try {
      R = s.group.read(rawR);
      z = readScalar(rawS);
    } catch {
      throw refuse();
    }
    const first = C[i - 1][0];
    const d = tr("dkg-pok", s.ceremony, announced, u32(j), u32(i), s.group.compress(first), rawR);
    if (!mul(s.group.base, z).equals(R.add(mul(first, chal(d))))) throw refuse();
  }
}

/**
 * One message of round 2: K-14, K-05 (length), K-06, K-05 (points), K-07.
 * @param {Setting} s
 * @param {Message} msg
 * @param {Uint8Array} view
 * @param {Message[]} first
 * @returns {Point[][]} C_jik by key and coefficient
 */
function checkCommitments(s, msg, view, first) {
  const j = msg.sender;
  const { size } = s.group;
  if (msg.body.length < 32 || !equal(msg.body.subarray(0, 32), view)) throw new Refused("K-14", "view");
  const listEnd = 32 + s.m * s.t * size;
  if (msg.body.length < listEnd) throw new Refused("K-05", "length", j);
  if (msg.body.length !== listEnd + s.m * (size + 32)) throw new Refused("K-05", "length", j);
  const list = msg.body.subarray(32, listEnd);
  const kem = first[j - 1].body.subarray(0, 32);
  const h = first[j - 1].body.subarray(32);
  if (!equal(tr("commit", s.ceremony, u32(j), kem, list), h)) throw new Refused("K-06", "commitments", j);
  /** @type {Point[][]} */
  const C = [];
  try {
    for (let at = 0; at < s.m * s.t; at++) {
      const p = s.group.read(list.subarray(at * size, (at + 1) * size));
      if (at % s.t === 0) C.push([]);
      C[C.length - 1].push(p);
    }
  } catch {
    throw new Refused("K-05", "points", j);
  }
  checkProofs(s, j, msg.body.subarray(listEnd), C, join(...first.map((x) => x.body.subarray(32))));
  return C;
}

/**
 * `sum_k l^k C_k`.
 * @param {Point[]} C
 * @param {number} l
 */
export const evaluate = (C, l) =>
  C.reduceRight(
    (/** @type {any} */ sum, p) => (sum === null ? p : mul(sum, BigInt(l)).add(/** @type {any} */ (p))),
    null,
  );

/**
 * Keys and public shares from all commitments.
 * @param {Setting} s
 * @param {Point[][][]} C by party, key, coefficient
 */
function derive(s, C) {
  const keys = [];
  /** @type {Point[][]} */
  const shares = Array.from({ length: s.n }, () => []);
  for (let i = 0; i < s.m; i++) {
    const sum = Array.from({ length: s.t }, (_, k) =>
      C.map((c) => c[i][k]).reduce((a, b) => a.add(/** @type {any} */ (b))),
    );
    keys.push(sum[0]);
    for (let l = 1; l <= s.n; l++) shares[l - 1].push(evaluate(sum, l));
  }
  return { keys, shares };
}

/**
 * A finished record: four rounds of messages. Throws Refused with check and culprit.
 * @param {Setting} s
 * @param {Uint8Array[][]} rounds
 */
export function checkCeremony(s, rounds) {
  const first = openRound(s, 1, rounds[0]);
  checkAnnouncements(first);
  const second = openRound(s, 2, rounds[1]);
  const view1 = viewOf(s, first);
  const C = second.map((msg) => checkCommitments(s, msg, view1, first));
  const third = openRound(s, 3, rounds[2]);
  const view2 = viewOf(s, second);
  for (const { body, sender } of third) {
    if (body.length < 32 || !equal(body.subarray(0, 32), view2)) throw new Refused("K-14", "view");
    if (body.length !== 32 + (s.n - 1) * (48 + 32 * s.m)) throw new Refused("K-08", "length", sender);
  }
  const { keys, shares } = derive(s, C);
  const keyBytes = keys.map(s.group.compress);
  const shareBytes = shares.flat().map(s.group.compress);
  const statements = join(...[...first, ...second, ...third].map((x) => x.statement));
  const transcript = tr("transcript", s.ceremony, statements, join(...keyBytes), join(...shareBytes));
  const view3 = viewOf(s, third);
  for (const { body, sender } of openRound(s, 4, rounds[3])) {
    if (body.length < 32 || !equal(body.subarray(0, 32), view3)) throw new Refused("K-14", "view");
    if (!equal(body.subarray(32), transcript)) throw new Refused("K-10", "transcript", sender);
  }
  return { keys, keyBytes, shares, shareBytes, transcript, commitments: C, first, second, third };
}

/**
 * K-13: every party signed `tr("endorse", poll_id, transcript)`.
 * @param {Uint8Array[]} identities
 * @param {Uint8Array} pollId
 * @param {Uint8Array} transcript
 * @param {Uint8Array[]} signatures
 */
export function checkEndorsements(identities, pollId, transcript, signatures) {
  if (signatures.length !== identities.length) throw new Refused("K-13", "number of endorsements");
  const text = tr("endorse", pollId, transcript);
  signatures.forEach((sig, i) => {
    if (!verify(identities[i], text, sig)) throw new Refused("K-13", "endorsement", i + 1);
  });
}
