// Runs the JSON vectors (SPEC section 13): `node vectors.mjs DIR`.
// Positive cases must pass, every negative one must be refused by the check it names.
import { readFileSync } from "node:fs";
import { join as path } from "node:path";
import { checkBallot, checkBeside, checkOpening, challenges, cut, ordinatesOf, readBallot } from "./lib/ballot.mjs";
import { hex, join, Refused, scalarHex, unhex } from "./lib/bytes.mjs";
import { checkCeremony, makeSetting } from "./lib/ceremony.mjs";
import { judge } from "./lib/complaint.mjs";
import { checkPartial, decrypt, findCounts, makeAggregate } from "./lib/decryption.mjs";
import * as group from "./lib/group.mjs";
import { makePoll, slackWeights, splitSlack } from "./lib/params.mjs";
import { checkShare, checkToken, combineShares } from "./lib/token.mjs";
import { chal, tr } from "./lib/transcript.mjs";

const counts = { right: 0, wrong: 0 };

/** @param {boolean} holds @param {string} name */
function expect(holds, name) {
  counts[holds ? "right" : "wrong"] += 1;
  if (!holds) console.error(`wrong: ${name}`);
}

/** @param {string} name @param {any} found @param {any} wanted */
const expectSame = (name, found, wanted) => expect(JSON.stringify(found) === JSON.stringify(wanted), name);

/**
 * @param {string} name
 * @param {{rejected_by: string, culprit?: number}} wanted
 * @param {() => unknown} run
 */
function expectRefusal(name, wanted, run) {
  let found = "nothing";
  let culprit;
  try {
    run();
  } catch (error) {
    found = error instanceof Refused ? error.check : String(error);
    culprit = error instanceof Refused ? error.culprit : undefined;
  }
  const same = found === wanted.rejected_by && (wanted.culprit === undefined || wanted.culprit === culprit);
  expect(same, `${name}: found ${found} ${culprit}, not ${wanted.rejected_by} ${wanted.culprit ?? ""}`);
}

/** @param {string} name @param {() => unknown} run */
function expectNoRefusal(name, run) {
  try {
    run();
    expect(true, name);
  } catch (error) {
    expect(false, `${name}: ${error}`);
  }
}

/** @param {any} v */
function groups(v) {
  for (const c of v.g1) {
    const p = group.mul(group.G1.BASE, BigInt(`0x${c.scalar}`));
    expectSame("g1", [hex(group.compress1(p)), hex(group.evm(p))], [c.compressed, c.evm]);
    expect(group.readG1(unhex(c.compressed)).equals(p) && group.readEvm(unhex(c.evm)).equals(p), "g1 read");
  }
  for (const c of v.g2) {
    const p = group.mul(group.G2.BASE, BigInt(`0x${c.scalar}`));
    expectSame("g2", hex(group.compress2(p)), c.compressed);
    expect(group.readG2(unhex(c.compressed)).equals(p), "g2 read");
  }
  const { readG1, readG2, readEvm, readScalar } = group;
  const tables = { invalid_g1: readG1, invalid_g2: readG2, invalid_g1_evm: readEvm, invalid_scalars: readScalar };
  for (const [table, read] of Object.entries(tables)) {
    for (const c of v[table]) expectRefusal(`${table} ${c.name}`, c, () => read(unhex(c.bytes)));
  }
  const fits = (/** @type {any} */ c) => group.checkOrdinate(unhex(c.compressed), unhex(c.ordinate));
  for (const c of v.ordinates) {
    expectNoRefusal(`ordinate of ${c.name}`, () => fits(c));
    expectSame(`root of ${c.name}`, hex(ordinatesOf([group.decodeG1(unhex(c.compressed))])), c.ordinate);
  }
  for (const c of v.invalid_ordinates) expectRefusal(`ordinate: ${c.name}`, c, () => fits(c));
}

/** @param {any} v */
function transcript(v) {
  for (const c of v.transcript) expectSame("tr", hex(tr(c.name, ...c.parts.map(unhex))), c.digest);
  for (const c of v.challenge) expectSame("chal", scalarHex(chal(unhex(c.digest))), c.scalar);
  for (const c of v.hash_to_curve) {
    expectSame("hash to curve", hex(group.compress1(group.hashToG1(c.purpose, unhex(c.message)))), c.point);
  }
  expectSame("H", hex(group.compress1(group.H)), v.second_generator);
  v.slack_keys.forEach((/** @type {string} */ k, /** @type {number} */ i) =>
    expectSame("K_j", hex(group.compress1(group.slackKey(i + 1))), k),
  );
  const t = v.token_point;
  expectSame("h", hex(group.compress1(group.tokenPoint(unhex(t.poll_id), unhex(t.V)))), t.h);
  for (const c of v.slack) {
    const weights = slackWeights(c.spread);
    expectSame("weights", weights, c.weights);
    const splits = c.splits.map((/** @type {any} */ _, /** @type {number} */ i) => splitSlack(weights, i));
    expectSame("splits", splits, c.splits);
  }
}

/** @param {any} p */
const pollOf = (p) =>
  makePoll({
    pollId: unhex(p.poll_id),
    m: p.options,
    min: p.min,
    max: p.max,
    maxCasts: p.max_casts,
    keys: p.option_keys.map(unhex),
    tokenKey: unhex(p.token_key),
  });

/** @param {any} v */
function ballots(v) {
  const polls = new Map(v.polls.map((/** @type {any} */ p) => [p.name, pollOf(p)]));
  for (const p of v.polls) {
    expectSame(`poll ${p.name}`, hex(polls.get(p.name).ctx), p.ctx);
    expectSame(`weights ${p.name}`, polls.get(p.name).weights, p.slack_weights);
  }
  for (const c of v.valid) {
    const poll = polls.get(c.poll);
    const bytes = unhex(c.ballot);
    expectNoRefusal(c.name, () => checkBallot(poll, bytes));
    const read = readBallot(poll, bytes);
    expectSame(`${c.name} ordinates`, hex(ordinatesOf(read.points)), c.ordinates);
    expectNoRefusal(`${c.name} beside`, () => checkBeside(read, unhex(c.ordinates)));
    /** @type {any} */
    const found = challenges(poll, cut(poll, bytes));
    for (const name of ["code", "dy", "dx", "dc"]) expectSame(`${c.name} ${name}`, hex(found[name]), c[name]);
    for (const name of ["y", "x", "c"]) expectSame(`${c.name} ${name}`, scalarHex(found[name]), c[name]);
  }
  for (const c of v.invalid) expectRefusal(c.name, c, () => checkBallot(polls.get(c.poll), unhex(c.ballot)));
}

/** @param {any} v */
function openings(v) {
  const poll = pollOf(v.polls[0]);
  for (const c of v.valid) {
    const found = checkOpening(poll, unhex(c.opening));
    expectSame("opening", [found.votes, hex(found.code)], [c.votes, c.code]);
  }
  for (const c of v.invalid) expectRefusal(`opening ${c.name}`, c, () => checkOpening(poll, unhex(c.opening)));
}

/** @param {any} v */
function tokens(v) {
  const key = group.readG2(unhex(v.key));
  const keys = v.share_keys.map((/** @type {string} */ k) => group.readG2(unhex(k)));
  const M = group.readG1(unhex(v.blinded));
  const { poll_id: pollId, V, token } = v.valid;
  expectNoRefusal("token", () => checkToken(unhex(pollId), unhex(V), unhex(token), key));
  expectSame("h", hex(group.compress1(group.tokenPoint(unhex(pollId), unhex(V)))), v.h);
  v.shares.forEach((/** @type {string} */ s, /** @type {number} */ i) =>
    expectNoRefusal(`share ${i + 1}`, () => checkShare(keys, i + 1, M, unhex(s))),
  );
  const unblind = group.Fr.inv(BigInt(`0x${v.blind}`));
  for (const ids of [[1, 2, 3], [4, 2, 1]]) {
    const sum = combineShares(v.threshold, 4, ids, ids.map((j) => group.readG1(unhex(v.shares[j - 1]))));
    expectSame("combined", hex(group.compress1(group.mul(sum, unblind))), token);
  }
  for (const c of v.invalid) {
    expectRefusal(`token ${c.name}`, c, () => checkToken(unhex(c.poll_id), unhex(c.V), unhex(c.token), key));
  }
  for (const c of v.invalid_shares) expectRefusal(c.name, c, () => checkShare(keys, c.registrar, M, unhex(c.share)));
  for (const c of v.invalid_ids) {
    expectRefusal(`ids ${c.ids}`, c, () => combineShares(v.threshold, 4, c.ids, c.ids.map(() => M)));
  }
}

/** @param {any} a @param {number} m */
const sumOf = (a, m) =>
  makeAggregate({
    chainId: BigInt(a.chain_id),
    contract: unhex(a.contract),
    pollId: unhex(a.poll_id),
    size: a.size,
    root: unhex(a.root),
    N: a.ballots,
    A: group.readEvm(unhex(a.A_sum)),
    B: a.B_sum.map((/** @type {string} */ b) => group.readEvm(unhex(b))),
    m,
  });

/** @param {any} v */
function decryption(v) {
  const shares = v.share_keys.map((/** @type {string[]} */ row) => row.map((k) => group.readG1(unhex(k))));
  const sum = sumOf(v.aggregate, v.options);
  expectSame("agg", hex(sum.agg), v.aggregate.agg);
  const partials = v.partials.map((/** @type {string} */ p) => checkPartial(sum, shares, unhex(p)));
  for (const ids of [[1, 2], [1, 3], [3, 2]]) {
    const points = decrypt(sum, ids.map((j) => partials[j - 1]), v.threshold, 3);
    expectSame(`counts ${ids}`, findCounts(points, sum.N, v.min, v.max), v.counts);
  }
  for (const c of v.invalid) {
    expectRefusal(c.name, c, () => checkPartial(sumOf(c.aggregate, v.options), shares, unhex(c.partial)));
  }
  for (const c of v.invalid_sets) {
    const chosen = c.trustees.map((/** @type {number} */ j) => partials[j - 1]);
    expectRefusal(`set ${c.trustees}`, c, () => decrypt(sum, chosen, v.threshold, 3));
  }
}

/** @param {any} v @param {"trustee"|"registrar"} role @param {number} dishonest */
function ceremony(v, role, dishonest) {
  const s = makeSetting({
    role,
    threshold: v.threshold,
    dishonest,
    m: v.keys,
    identities: v.identities.map(unhex),
    chainId: v.chain_id,
    nonce: unhex(v.nonce),
  });
  const rounds = (/** @type {string[][]} */ record) => record.map((r) => r.map(unhex));
  expectSame("ceremony", hex(s.ceremony), v.ceremony);
  const found = checkCeremony(s, rounds(v.record));
  expectSame("transcript", hex(found.transcript), v.transcript);
  expectSame("keys", found.keyBytes.map(hex), v.public);
  expectSame("shares", hex(join(...found.shareBytes)), v.share_keys.flat().join(""));
  for (const c of v.invalid) expectRefusal(`${role}: ${c.name}`, c, () => checkCeremony(s, rounds(c.record)));
  for (const c of v.complaints) {
    const wanted = { rejected_by: c.verdict, culprit: c.culprit };
    expectRefusal(`${role}: ${c.name}`, wanted, () => judge(s, found, c.dealings.map(unhex), unhex(c.complaint)));
  }
}

const dir = process.argv[2];
if (dir === undefined) {
  console.error("usage: node vectors.mjs DIR");
  process.exit(2);
}
/** @type {Record<string, (v: any) => void>} */
const files = {
  groups,
  transcript,
  ballots,
  openings,
  tokens,
  decryption,
  ceremonies: (v) => {
    ceremony(v.trustees, "trustee", 0);
    ceremony(v.registrars, "registrar", 1);
  },
};
for (const [name, run] of Object.entries(files)) {
  try {
    run(JSON.parse(readFileSync(path(dir, `${name}.json`), "utf8")));
  } catch (error) {
    expect(false, `${name}: ${error}`);
  }
}
console.log(`${counts.right} right, ${counts.wrong} wrong`);
process.exit(counts.wrong === 0 ? 0 : 1);
