// Every vector of tests/vectors/poll that the voter's side reads, against the TypeScript twin.
// TWIN is the built module; run by test_twin.py through `node --test`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const twin = await import(pathToFileURL(process.env.TWIN).href);
const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`../vectors/poll/${name}.json`, import.meta.url), "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const number = (hex) => BigInt(`0x${hex}`);
const hex = (data) => Buffer.from(data).toString("hex");
const scalarHex = (value) => value.toString(16).padStart(64, "0");

function refused(check, act) {
  assert.throws(act, (error) => error instanceof twin.Refusal && error.check === check,
    `not refused with ${check}`);
}

function parameters(poll) {
  return {
    pollId: bytes(poll.poll_id), options: poll.options, minimum: poll.min, maximum: poll.max,
    maxCasts: poll.max_casts, optionKeys: poll.option_keys.map(bytes),
    tokenKey: bytes(poll.token_key),
  };
}

const groups = vectors("groups");
const transcript = vectors("transcript");
const ballots = vectors("ballots");
const tokens = vectors("tokens");
const openings = vectors("openings");
const polls = new Map(ballots.polls.map((poll) => [poll.name, twin.makePoll(parameters(poll))]));

test("points and scalars that are valid are read and written", () => {
  assert.ok(groups.g1.length > 0 && groups.g2.length > 0);
  for (const { scalar, compressed, evm } of groups.g1) {
    const point = twin.G1.BASE.multiply(number(scalar));
    assert.ok(twin.decodeG1(bytes(compressed)).equals(point));
    assert.ok(twin.decodeG1Evm(bytes(evm)).equals(point));
    assert.equal(hex(twin.encodeG1(point)), compressed);
    assert.equal(hex(twin.encodeG1Evm(point)), evm);
  }
  for (const { scalar, compressed } of groups.g2) {
    const point = twin.G2.BASE.multiply(number(scalar));
    assert.ok(twin.decodeG2(bytes(compressed)).equals(point));
  }
});

for (const [list, decode] of [
  ["invalid_g1", twin.decodeG1], ["invalid_g2", twin.decodeG2],
  ["invalid_g1_evm", twin.decodeG1Evm], ["invalid_scalars", twin.decodeScalar],
]) {
  for (const { name, bytes: data, rejected_by } of groups[list]) {
    test(`${list}, ${name}: ${rejected_by}`, () => refused(rejected_by, () => decode(bytes(data))));
  }
}

test("the neutral element is never written", () =>
  refused("G-02", () => twin.encodeG1(twin.G1.BASE, twin.G1.ZERO)));

test("transcript, challenges, hashing to the curve and slack are those of the vectors", () => {
  for (const { name, parts, digest } of transcript.transcript) {
    assert.equal(hex(twin.transcriptHash(name, ...parts.map(bytes))), digest);
  }
  for (const { digest, scalar } of transcript.challenge) {
    assert.equal(scalarHex(twin.challenge(bytes(digest))), scalar);
  }
  for (const { message, purpose, point } of transcript.hash_to_curve) {
    assert.equal(hex(twin.encodeG1(twin.hashToG1(bytes(message), purpose))), point);
  }
  assert.equal(hex(twin.encodeG1(twin.SECOND_GENERATOR)), transcript.second_generator);
  const keys = twin.slackKeys(transcript.slack_keys.length);
  assert.deepEqual(keys.map((key) => hex(twin.encodeG1(key))), transcript.slack_keys);
  const { poll_id, V, h } = transcript.token_point;
  assert.equal(hex(twin.encodeG1(twin.tokenPoint(bytes(poll_id), bytes(V)))), h);
  for (const { spread, weights, splits } of transcript.slack) {
    assert.deepEqual(twin.slackWeights(spread), weights);
    assert.deepEqual(splits.map((_, rest) => twin.splitSlack(rest, weights)), splits);
  }
});

test("addition is complete: equal, opposite and neutral points take no special case", () => {
  const [p, q] = [twin.G1.BASE, twin.SECOND_GENERATOR].map(twin.fromPoint);
  const neutral = twin.NEUTRAL;
  const point = twin.toPoint;
  const [G, H] = [twin.G1.BASE, twin.SECOND_GENERATOR];
  for (const [found, expected] of [
    [twin.add(p, q), G.add(H)], [twin.add(p, p), G.double()], [twin.double(p), G.double()],
    [twin.add(p, neutral), G], [twin.add(neutral, p), G],
    [twin.add(p, twin.negate(q)), G.subtract(H)],
    [twin.add(twin.double(p), twin.add(p, q)), G.multiply(3n).add(H)],
    [twin.add(p, twin.negate(p)), twin.G1.ZERO], [twin.double(neutral), twin.G1.ZERO],
    [twin.add(neutral, neutral), twin.G1.ZERO],
  ]) assert.ok(point(found).equals(expected));
});

test("secret multiplication agrees with the library's at the edges and at random", () => {
  const base = new twin.FixedBase(twin.SECOND_GENERATOR, 4);
  const order = twin.G1.Fn.ORDER;
  const draw = () => number(hex(crypto.getRandomValues(new Uint8Array(31))));
  const random = Array.from({ length: 4 }, draw);
  for (const scalar of [0n, 1n, 2n, order - 1n, 1n << 128n, (1n << 128n) - 1n, ...random]) {
    const expected = twin.SECOND_GENERATOR.multiplyUnsafe(scalar);
    assert.ok(base.multiplySecret(scalar).equals(expected), scalar.toString(16));
  }
});

test("numbers and keys of a poll are checked, and ctx is the one of the vectors", () => {
  for (const poll of ballots.polls) assert.equal(hex(polls.get(poll.name).digest), poll.ctx);
  const good = parameters(ballots.polls.find((poll) => poll.options === 3));
  const [first, second, third] = good.optionKeys;
  const opposite = Uint8Array.from(first);
  opposite[0] ^= 0x20;
  const generator = twin.encodeG1(twin.G1.BASE.negate());
  const slack = twin.encodeG1(twin.slackKeys(1)[0]);
  for (const [check, change] of [
    ["P-01", { options: 2 }], ["P-01", { options: 65 }], ["P-01", { maximum: 0, minimum: 0 }],
    ["P-01", { maximum: 4 }], ["P-01", { minimum: 2, maximum: 1 }], ["P-01", { minimum: -1 }],
    ["P-01", { maxCasts: 0 }], ["P-01", { maxCasts: 65536 }], ["P-01", { maximum: 1.5 }],
    ["P-01", { pollId: new Uint8Array(31) }], ["P-01", { optionKeys: [first, second] }],
    ["P-02", { optionKeys: [first, second, second] }],
    ["P-02", { optionKeys: [first, opposite, third] }],
    ["P-02", { optionKeys: [first, second, generator] }],
    ["P-02", { optionKeys: [first, second, twin.encodeG1(twin.SECOND_GENERATOR)] }],
    ["P-02", { optionKeys: [first, second, slack], minimum: 0, maximum: 1 }],
  ]) refused(check, () => twin.makePoll({ ...good, ...change }));
  // K_1 is no key of a poll without slack.
  twin.makePoll({ ...good, optionKeys: [first, second, slack], minimum: 1, maximum: 1 });
});

const choiceOf = (vector) => ({ votes: vector.votes, sequence: vector.sequence, attempt: 0 });
const secretsOf = (vector) => ({
  r: number(vector.r), s: number(vector.s), a: vector.a.map(number),
  t1: number(vector.t1), t0: number(vector.t0), w: number(vector.w),
});

for (const vector of ballots.valid) {
  test(`ballot "${vector.name}" is made byte for byte, and accepted`, () => {
    const poll = polls.get(vector.poll);
    const key = twin.ballotKeyOf(number(vector.k));
    assert.equal(hex(key.public), vector.V);
    const [choice, secrets] = [choiceOf(vector), secretsOf(vector)];
    const sealed = twin.sealWithGivenSecretsForVectors(poll, choice, key.public, secrets);
    assert.equal(hex(sealed.code), vector.code);
    assert.equal(hex(sealed.cast(key, bytes(vector.sigma))), vector.ballot);
    assert.equal(hex(twin.verifyBallot(poll, bytes(vector.ballot)).code), vector.code);
  });
}

for (const { name, poll, ballot, rejected_by } of ballots.invalid) {
  test(`ballot "${name}": ${rejected_by}`, () =>
    refused(rejected_by, () => twin.verifyBallot(polls.get(poll), bytes(ballot))));
}

test("a ballot with one changed bit in any field is refused", () => {
  const { poll, ballot } = ballots.valid.find((vector) => vector.poll === "one of three");
  const good = bytes(ballot);
  for (let at = 0; at < good.length; at += 31) {
    const changed = Uint8Array.from(good);
    changed[at] ^= 1 << (at % 8);
    assert.throws(() => twin.verifyBallot(polls.get(poll), changed), twin.Refusal, `byte ${at}`);
  }
});

test("choices that the poll does not allow are not encrypted", () => {
  const poll = polls.get("one to three of three");
  const [key, seed] = [twin.makeBallotKey(), new Uint8Array(32)];
  const good = { votes: [1, 0, 0], sequence: 1, attempt: 0 };
  for (const change of [
    { votes: [0, 0, 0] }, { votes: [1, 0] }, { votes: [2, 0, 0] }, { votes: [2, -1, 0] },
    { votes: [0.5, 0.5, 0] }, { sequence: 0 }, { sequence: 11 }, { sequence: 1.5 },
    { attempt: -1 }, { attempt: 2 ** 32 },
  ]) refused("B-10", () => twin.seal(poll, { ...good, ...change }, key.public, seed));
  refused("B-10", () => twin.seal(polls.get("one of three"),
    { ...good, votes: [1, 1, 0] }, key.public, seed));
  refused("G-05", () => twin.seal(poll, good, key.public, new Uint8Array(31)));
});

test("under a broken random source the hedge separates attempts, votes, keys and devices", () => {
  const poll = polls.get("one of three");
  const broken = (count) => new Uint8Array(count);
  const [key, other] = [twin.makeBallotKey().public, twin.makeBallotKey().public];
  const a = ({ votes = [1, 0, 0], attempt = 0, who = key, seed = 1 }) =>
    hex(twin.sealWithGivenRandomForVectors(
      poll, { votes, sequence: 1, attempt }, who, new Uint8Array(32).fill(seed), broken,
    ).open().slice(-32));
  const made = [{}, { attempt: 1 }, { votes: [0, 1, 0] }, { who: other }, { seed: 2 }].map(a);
  assert.equal(new Set(made).size, made.length);
  assert.equal(a({}), made[0]);
});

test("a sealed choice is opened or cast, once", () => {
  const vector = ballots.valid.find(({ poll }) => poll === "one of three");
  const poll = polls.get(vector.poll);
  const [key, token] = [twin.ballotKeyOf(number(vector.k)), bytes(vector.sigma)];
  const make = () => twin.seal(poll, choiceOf(vector), key.public, new Uint8Array(32));
  const opened = make();
  assert.deepEqual(twin.checkOpening(poll, opened.open(), opened.code).votes, vector.votes);
  refused("spent", () => opened.cast(key, token));
  refused("spent", () => opened.open());
  const cast = make();
  assert.equal(hex(twin.verifyBallot(poll, cast.cast(key, token)).code), hex(cast.code));
  refused("spent", () => cast.open());
  refused("spent", () => cast.cast(key, token));
});

test("a sealed choice is cast under its own ballot key only, and not spent by a refusal", () => {
  const vector = ballots.valid.find(({ poll }) => poll === "one of three");
  const poll = polls.get(vector.poll);
  const [key, token] = [twin.ballotKeyOf(number(vector.k)), bytes(vector.sigma)];
  const sealed = twin.seal(poll, choiceOf(vector), key.public, new Uint8Array(32));
  refused("B-12", () => sealed.cast(twin.makeBallotKey(), token));
  refused("G-02", () => sealed.cast(key, new Uint8Array(48).fill(0xc0)));
  assert.equal(hex(twin.verifyBallot(poll, sealed.cast(key, token)).code), hex(sealed.code));
});

test("a form that changes after sealing changes nothing of what was sealed", () => {
  const poll = polls.get("one of three");
  const choice = { votes: [1, 0, 0], sequence: 1, attempt: 0 };
  const sealed = twin.seal(poll, choice, twin.makeBallotKey().public, new Uint8Array(32));
  choice.votes.reverse();
  assert.deepEqual(twin.checkOpening(poll, sealed.open(), sealed.code).votes, [1, 0, 0]);
});

const opened = twin.makePoll(parameters(openings.polls[0]));
const shown = bytes(openings.valid[0].code);

test("an opening leads to its code, and to no other that was shown", () => {
  for (const { opening, votes, code } of openings.valid) {
    assert.deepEqual(twin.checkOpening(opened, bytes(opening), bytes(code)).votes, votes);
    refused("O-02", () => twin.checkOpening(opened, bytes(opening), new Uint8Array(32)));
  }
});

for (const { name, opening, rejected_by } of openings.invalid) {
  test(`opening "${name}": ${rejected_by}`, () =>
    refused(rejected_by, () => twin.checkOpening(opened, bytes(opening), shown)));
}

const keys = twin.makeTokenKeys(
  bytes(tokens.valid.poll_id), tokens.threshold, bytes(tokens.key), tokens.share_keys.map(bytes),
);
const request = twin.blindWithGivenBlindForVectors(
  keys.pollId, bytes(tokens.valid.V), number(tokens.blind),
);
const answers = (ids) =>
  new Map(ids.map((j) => [j, bytes(tokens.shares[j - 1] ?? tokens.shares[0])]));

test("a ballot key is blinded, and any t shares make its token", () => {
  assert.equal(hex(request.blinded), tokens.blinded);
  for (const ids of [[1, 2, 3], [4, 2, 1], [3, 4, 1]]) {
    assert.equal(hex(twin.unblind(keys, request, answers(ids))), tokens.valid.token);
  }
  twin.verifyToken(keys, request.public, bytes(tokens.valid.token));
  const fresh = twin.blindKey(keys.pollId, request.public);
  assert.notEqual(hex(fresh.blinded), tokens.blinded);
});

for (const { name, poll_id, V, token, rejected_by } of tokens.invalid) {
  test(`token, ${name}: ${rejected_by}`, () =>
    refused(rejected_by, () =>
      twin.verifyToken({ ...keys, pollId: bytes(poll_id) }, bytes(V), bytes(token))));
}

for (const { name, registrar, share, rejected_by } of tokens.invalid_shares) {
  test(`share, ${name}: ${rejected_by}`, () => {
    refused(rejected_by, () => twin.checkShare(keys, registrar, request.blinded, bytes(share)));
    const shares = answers([2, 3]).set(registrar, bytes(share));
    refused(rejected_by, () => twin.unblind(keys, request, shares));
  });
}

for (const { ids, rejected_by } of tokens.invalid_ids) {
  test(`registrars [${ids}]: ${rejected_by}`, () =>
    refused(rejected_by, () => twin.unblind(keys, request, answers(ids))));
}

test("shares that add up to the neutral element are refused", () => {
  // lambda = (3, -3, 1) for registrars 1, 2, 3: P, 3P and 6P add up to 3P - 9P + 6P.
  const multiple = (n) => twin.encodeG1(twin.G1.BASE.multiplyUnsafe(n));
  const shares = new Map([[1, multiple(1n)], [2, multiple(3n)], [3, multiple(6n)]]);
  refused("T-02", () => twin.unblind(keys, request, shares));
});

test("good shares under another common key are refused", () => {
  const mixed = { ...keys, tokenKey: keys.shares[0] };
  refused("T-03", () => twin.unblind(mixed, request, answers([1, 2, 3])));
});
