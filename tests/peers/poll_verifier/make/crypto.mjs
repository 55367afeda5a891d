// The making side of voting/SPEC.md, for records that the verifiers are tried with: ballots
// (section 6.2), ceremonies (8), partial decryptions (9), notes and proofs (16). Not for use:
// randomness comes from a seed and nothing is hidden from timing.
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { challenges, cut, trackingCode } from "../lib/ballot.mjs";
import { ascii, hex, join, toInt, u16, u32, u8 } from "../lib/bytes.mjs";
import { makeSetting } from "../lib/ceremony.mjs";
import { combine, compress1, evm, Fr, G1, H, mul, scalarBytes, tokenPoint } from "../lib/group.mjs";
import { root } from "../lib/merkle.mjs";
import { keyId } from "../lib/note.mjs";
import { splitSlack } from "../lib/params.mjs";
import { chal, sha256, tr } from "../lib/transcript.mjs";

/** @typedef {import("../lib/params.mjs").Poll} Poll */
/** @typedef {import("../lib/ceremony.mjs").Setting} Setting */

/** Repeatable bytes and scalars. */
export class Source {
  /** @param {string} seed */
  constructor(seed) {
    this.seed = ascii(seed);
    this.count = 0;
  }

  bytes() {
    this.count += 1;
    return sha256(this.seed, u32(this.count));
  }

  scalar() {
    return 1n + (toInt(join(this.bytes(), this.bytes().subarray(0, 16))) % (Fr.ORDER - 1n));
  }
}

/**
 * A ballot. `forge` may give other bits, another r or another last scalar than the rules want.
 * @param {Poll} poll
 * @param {Source} source
 * @param {{k: bigint, sigma: Uint8Array, seq: number, votes: number[], bits?: number[], r?: bigint}} given
 */
export function makeBallot(poll, source, { k, sigma, seq, votes, bits, r = source.scalar() }) {
  const chosen = votes.reduce((a, b) => a + b, 0);
  const b = bits ?? [...votes, ...splitSlack(poll.weights, poll.max - chosen)];
  const [s, t1, t0, w] = [0, 0, 0, 0].map(() => source.scalar());
  const weights = [...votes.map(() => 1), ...poll.weights].map(BigInt);
  const a = b.map(() => source.scalar());
  a[0] = Fr.neg(a.slice(1).reduce((sum, x, i) => Fr.add(sum, Fr.mul(x, weights[i + 1])), 0n));
  const encrypt = (/** @type {bigint[]} */ values, /** @type {bigint} */ secret) => [
    compress1(mul(G1.BASE, secret)),
    ...values.map((v, i) => compress1(combine([G1.BASE, poll.keys[i]], [v, secret]))),
  ];
  const bigBits = b.map((x) => Fr.create(BigInt(x)));
  const AB = encrypt(bigBits, r);
  const AB1 = encrypt(a, s);
  const V = compress1(mul(G1.BASE, k));
  const dy = tr("y", poll.ctx, V, u32(seq), sigma, trackingCode(poll, AB), join(...AB1));
  const y = chal(dy);
  const powers = a.map((_, i) => Fr.pow(y, BigInt(i + 1)));
  const linear = a.map((x, i) => Fr.mul(powers[i], Fr.mul(x, Fr.sub(1n, Fr.mul(2n, bigBits[i])))));
  const square = a.map((x, i) => Fr.mul(powers[i], Fr.mul(x, x)));
  const sumUp = (/** @type {bigint[]} */ list) => list.reduce((p, q) => Fr.add(p, q), 0n);
  const C1 = compress1(combine([G1.BASE, H], [sumUp(linear), t1]));
  const C0 = compress1(combine([G1.BASE, H], [Fr.neg(sumUp(square)), t0]));
  const x = chal(tr("x", dy, join(C1, C0)));
  const f = a.map((ai, i) => scalarBytes(Fr.add(Fr.mul(x, bigBits[i]), ai)));
  f.splice(poll.m - 1, 1);
  const z = scalarBytes(Fr.add(Fr.mul(x, r), s));
  const t = scalarBytes(Fr.add(Fr.mul(x, t1), t0));
  const R = compress1(mul(G1.BASE, w));
  const head = join(u8(1), poll.pollId, u16(seq), V, sigma, ...AB, ...AB1, C1, C0, ...f, z, t, R);
  const { c } = challenges(poll, cut(poll, join(head, new Uint8Array(32))));
  return join(head, scalarBytes(Fr.add(w, Fr.mul(c, k))));
}

/**
 * An opening (6.5).
 * @param {Poll} poll
 * @param {number[]} votes
 * @param {bigint} r
 */
export function makeOpening(poll, votes, r) {
  const chosen = votes.reduce((a, b) => a + b, 0);
  const bits = [...votes, ...splitSlack(poll.weights, poll.max - chosen)];
  const B = poll.keys.map((Z, i) => compress1(combine([G1.BASE, Z], [BigInt(bits[i]), r])));
  const code = trackingCode(poll, [compress1(mul(G1.BASE, r)), ...B]);
  return join(u8(1), poll.pollId, code, u8(poll.m), new Uint8Array(votes), scalarBytes(r));
}

/** @param {Poll} poll @param {bigint} x the token key's secret @param {bigint} k */
export const makeToken = (poll, x, k) => compress1(mul(tokenPoint(poll.pollId, compress1(mul(G1.BASE, k))), x));

/** `sum_k l^k c_k`. @param {bigint[]} c @param {number} l */
const evaluate = (c, l) => c.reduceRight((sum, x) => Fr.add(Fr.mul(sum, BigInt(l)), x), 0n);

/**
 * A whole ceremony. Dealings hold random bytes: no auditor can open them.
 * @param {Source} source
 * @param {{
 *   role: "trustee"|"registrar", n: number, threshold: number, dishonest?: number, m: number, chainId: number
 * }} given
 * @param {(polynomials: bigint[][][]) => void} [forge]
 */
export function makeCeremony(source, { role, n, threshold, dishonest, m, chainId }, forge = () => {}) {
  const secrets = Array.from({ length: n }, () => source.bytes());
  const identities = secrets.map((s) => ed25519.getPublicKey(s));
  const nonce = source.bytes();
  const s = makeSetting({ role, threshold, dishonest, m, identities, chainId, nonce });
  const polynomial = () => Array.from({ length: threshold }, () => source.scalar());
  const c = secrets.map(() => Array.from({ length: m }, polynomial));
  forge(c);
  const C = c.map((own) => own.map((p) => p.map((x) => mul(s.group.base, x))));
  const send = (/** @type {number} */ kind, /** @type {(j: number) => Uint8Array} */ body) =>
    secrets.map((secret, i) => {
      const text = body(i);
      const signature = ed25519.sign(tr("message", s.ceremony, u8(kind), u32(i + 1), text), secret);
      return { statement: join(u8(kind), u32(i + 1), text), signature };
    });
  const view = (/** @type {{statement: Uint8Array}[]} */ round) =>
    tr("view", s.ceremony, join(...round.map((x) => x.statement)));
  const kems = secrets.map(() => x25519.getPublicKey(source.bytes()));
  const lists = C.map((own) => join(...own.flat().map(s.group.compress)));
  const h = lists.map((list, i) => tr("commit", s.ceremony, u32(i + 1), kems[i], list));
  const first = send(1, (i) => join(kems[i], h[i]));
  const proof = (/** @type {number} */ j, /** @type {number} */ i) => {
    const w = source.scalar();
    const R = s.group.compress(mul(s.group.base, w));
    const d = tr("dkg-pok", s.ceremony, join(...h), u32(j + 1), u32(i + 1), s.group.compress(C[j][i][0]), R);
    return join(R, scalarBytes(Fr.add(w, Fr.mul(chal(d), c[j][i][0]))));
  };
  const second = send(2, (j) => join(view(first), lists[j], ...C[j].map((_, i) => proof(j, i))));
  const size = (n - 1) * (48 + 32 * m);
  const noise = () => join(...Array.from({ length: Math.ceil(size / 32) }, () => source.bytes())).subarray(0, size);
  const third = send(3, () => join(view(second), noise()));
  const sums = C[0].map((_, i) => C[0][i].map((_, k) => c.reduce((sum, own) => Fr.add(sum, own[i][k]), 0n)));
  const shares = secrets.map((_, l) => sums.map((p) => evaluate(p, l + 1)));
  const keys = sums.map((p) => s.group.compress(mul(s.group.base, p[0])));
  const publicShares = shares.flat().map((x) => s.group.compress(mul(s.group.base, x)));
  const statements = [...first, ...second, ...third].map((x) => x.statement);
  const transcript = tr("transcript", s.ceremony, join(...statements), join(...keys), join(...publicShares));
  const fourth = send(4, () => join(view(third), transcript));
  const bin = join(
    ...[first, second, third, fourth].flat().map((x) => join(u32(x.statement.length + 64), x.statement, x.signature)),
  );
  return { secrets, identities, nonce, keys, shares, secret: sums.map((p) => p[0]), transcript, bin };
}

/** @param {Uint8Array[]} secrets @param {Uint8Array} pollId @param {Uint8Array} transcript */
export const endorse = (secrets, pollId, transcript) =>
  secrets.map((s) => hex(ed25519.sign(tr("endorse", pollId, transcript), s)));

/**
 * A partial decryption (section 9).
 * @param {Source} source
 * @param {import("../lib/decryption.mjs").Aggregate} sum
 * @param {number} l
 * @param {bigint[]} x
 */
export function makePartial(source, sum, l, x) {
  const D = x.map((xi) => mul(sum.A, xi));
  const X = x.map((xi) => mul(G1.BASE, xi));
  const d1 = tr("dec-rho", sum.agg, u32(l), join(...X.map(evm)), join(...D.map(evm)));
  const rho = chal(d1);
  const w = source.scalar();
  const [W1, W2] = [mul(G1.BASE, w), mul(sum.A, w)].map(evm);
  const e = chal(tr("dec-e", d1, W1, W2));
  const mixed = x.reduce((total, xi, i) => Fr.add(total, Fr.mul(Fr.pow(rho, BigInt(i + 1)), xi)), 0n);
  return join(sum.agg, u32(l), ...D.map(evm), W1, W2, scalarBytes(Fr.add(w, Fr.mul(e, mixed))));
}

/**
 * A signed note over a tree's state.
 * @param {string} origin
 * @param {Uint8Array} secret
 * @param {Uint8Array[]} hashes leaf hashes
 */
export function makeNote(origin, secret, hashes) {
  const body = `${origin}\n${hashes.length}\n${Buffer.from(root(hashes)).toString("base64")}\n`;
  const signed = join(keyId(origin, ed25519.getPublicKey(secret)), ed25519.sign(ascii(body), secret));
  return `${body}\n\u2014 ${origin} ${Buffer.from(signed).toString("base64")}\n`;
}

/**
 * RFC 9162, 2.1.4.1: the consistency proof from the first `m` leaves to all.
 * @param {number} m
 * @param {Uint8Array[]} hashes
 * @param {boolean} [whole]
 * @returns {Uint8Array[]}
 */
export function consistencyProof(m, hashes, whole = true) {
  const n = hashes.length;
  if (m === n) return whole ? [] : [root(hashes)];
  let k = 1;
  while (k * 2 < n) k *= 2;
  if (m <= k) return [...consistencyProof(m, hashes.slice(0, k), whole), root(hashes.slice(k))];
  return [...consistencyProof(m - k, hashes.slice(k), false), root(hashes.slice(0, k))];
}
