// A complete poll in memory and its record on disk (SPEC sections 14 to 18), with one hook per
// step, so that a scenario can deviate in one place and everything behind it is made honestly.
import { ed25519 } from "@noble/curves/ed25519.js";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join as path } from "node:path";
import { compare, hex, join, unhex } from "../lib/bytes.mjs";
import { canonicalBytes } from "../lib/canonical.mjs";
import { cut } from "../lib/ballot.mjs";
import { makeAggregate } from "../lib/decryption.mjs";
import { compress1, decodeG1, G1, mul } from "../lib/group.mjs";
import { leafHash, root } from "../lib/merkle.mjs";
import { makePoll } from "../lib/params.mjs";
import { logId, sheetsLog, tallyLog } from "../lib/snapshot.mjs";
import { tr } from "../lib/transcript.mjs";
import { contestFiles, makeContest } from "./contest.mjs";
import * as make from "./crypto.mjs";

const ORIGIN = "poll.example/board";
const CHAIN = 31337;
const CONTRACT = "00000000000000000000000000000000000000aa";
const CLOSES = "2026-01-12T00:00:00Z";

/**
 * @typedef {object} Plan
 * @property {number} m
 * @property {number} min
 * @property {number} max
 * @property {number} maxCasts
 * @property {boolean} checks
 * @property {number} voters
 * @property {boolean} contest
 * @property {(polynomials: bigint[][][]) => void} [forgeKeys]
 */

/** @type {Map<string, ReturnType<typeof make.makeCeremony>>} */
const ceremonies = new Map();

/**
 * One ceremony for all polls that are alike: real keys serve one poll alone, but no auditor of one record can
 * see that these serve more, and making them takes the longest.
 * @param {Parameters<typeof make.makeCeremony>[1]} given
 */
function ceremonyOf(given) {
  const seed = `${given.role} ${given.m}`;
  const found = ceremonies.get(seed) ?? make.makeCeremony(new make.Source(seed), given);
  ceremonies.set(seed, found);
  return found;
}

/** The parties, the definition and the voters of one poll. */
export class Poll {
  /** @param {string} seed @param {Plan} plan */
  constructor(seed, plan) {
    this.plan = plan;
    this.source = new make.Source(seed);
    const t = { role: /** @type {const} */ ("trustee"), n: 3, threshold: 2, m: plan.m, chainId: CHAIN };
    const r = { role: /** @type {const} */ ("registrar"), n: 4, threshold: 3, dishonest: 1, m: 1, chainId: CHAIN };
    this.trustees = plan.forgeKeys ? make.makeCeremony(this.source, t, plan.forgeKeys) : ceremonyOf(t);
    this.registrars = ceremonyOf(r);
    this.logKey = this.source.bytes();
    const plain = this.define();
    this.contest = plan.contest ? makeContest(this.source, plain) : null;
    this.definition = { ...plain, contest: this.contest?.contest ?? null };
    this.pollId = tr("definition", canonicalBytes(this.definition));
    this.parameters = this.derive();
    this.voters = Array.from({ length: plan.voters }, () => this.newVoter());
  }

  define() {
    const { m, min, max, maxCasts, checks } = this.plan;
    const hexes = (/** @type {Uint8Array[]} */ list) => list.map(hex);
    const [t, r] = [this.trustees, this.registrars];
    return {
      version: "dojang-poll-v1/definition",
      title: { ko: "시험 투표" },
      options: Array.from({ length: m }, (_, i) => ({
        id: `o${i + 1}`,
        title: { ko: `선택 ${i + 1}`, en: `option ${i + 1}` },
      })),
      casting: {
        choose: { min, max },
        revote: maxCasts > 1,
        max_casts: maxCasts,
        min_ballots: 5,
        public_checks: checks,
      },
      times: { opens: "2026-01-05T00:00:00Z", closes: CLOSES, grace_seconds: 3600 },
      registration: {
        policy: "everybody",
        policy_hash: hex(new Uint8Array(32)),
        pseudonym_claim: "sub",
        when: "before",
        closes: "2026-01-04T00:00:00Z",
        client_id: "poll.example",
      },
      trustees: {
        threshold: 2,
        identities: hexes(t.identities),
        nonce: hex(t.nonce),
        keys: hexes(t.keys),
        transcript: hex(t.transcript),
      },
      registrars: {
        threshold: 3,
        dishonest: 1,
        identities: hexes(r.identities),
        nonce: hex(r.nonce),
        key: hex(r.keys[0]),
        transcript: hex(r.transcript),
      },
      publication: {
        kind: "checkpoint-log",
        origin: ORIGIN,
        key: hex(ed25519.getPublicKey(this.logKey)),
        chain_id: CHAIN,
        contract: CONTRACT,
        builds: [{ name: "page", hash: hex(new Uint8Array(32)) }],
      },
      contest: null,
    };
  }

  derive() {
    const { m, min, max, maxCasts } = this.plan;
    const tokenKey = this.registrars.keys[0];
    const given = { pollId: this.pollId, m, min, max, maxCasts, keys: this.trustees.keys, tokenKey };
    try {
      return makePoll(given);
    } catch {
      // Keys that P-02 refuses: ballots are made as if they were fine.
      const fine = this.trustees.keys.map((_, i) => compress1(mul(G1.BASE, BigInt(i + 5))));
      return makePoll({ ...given, keys: fine });
    }
  }

  newVoter() {
    const k = this.source.scalar();
    const M = compress1(mul(G1.BASE, this.source.scalar()));
    return { k, M, sigma: make.makeToken(this.parameters, this.registrars.secret[0], k) };
  }

  /** @param {number} voter @param {number[]} votes @param {number} [seq] @param {object} [more] */
  ballot(voter, votes, seq = 1, more = {}) {
    const { k, sigma } = this.voters[voter];
    return make.makeBallot(this.parameters, this.source, { k, sigma, seq, votes, ...more });
  }
}

/** Sorted by leaf hash. @param {Uint8Array[]} batch */
export const sorted = (batch) => [...batch].sort((a, b) => compare(leafHash(a), leafHash(b)));

/**
 * The checkpoints over batches of ballots.
 * @param {Poll} poll
 * @param {Uint8Array[][]} batches
 */
export function checkpoints(poll, batches) {
  /** @type {Uint8Array[]} */
  let hashes = [];
  return batches.map((batch, i) => {
    const before = hashes.length;
    hashes = [...hashes, ...batch.map(leafHash)];
    const proof = i === 0 ? [] : make.consistencyProof(before, hashes).map(hex);
    const anchoredAt = `2026-01-${String(6 + i).padStart(2, "0")}T00:00:00Z`;
    return { anchored_at: anchoredAt, note: make.makeNote(ORIGIN, poll.logKey, hashes), proof };
  });
}

/**
 * Sum, partial decryptions and counts.
 * @param {Poll} poll
 * @param {Uint8Array[]} counted
 * @param {Uint8Array[]} leaves
 * @param {number[]} votes
 * @param {number[]} [trustees]
 */
export function tally(poll, counted, leaves, votes, trustees = [1, 3]) {
  const { parameters, source, definition } = poll;
  const { m } = poll.plan;
  const points = Array.from({ length: m + 1 }, () => G1.ZERO);
  for (const ballot of counted) {
    cut(parameters, ballot).AB.slice(0, m + 1).forEach((p, i) => (points[i] = points[i].add(decodeG1(p))));
  }
  const [A, ...B] = points;
  const state = { size: leaves.length, root: root(leaves.map(leafHash)), N: counted.length };
  const sum = makeAggregate({ chainId: CHAIN, contract: unhex(CONTRACT), pollId: poll.pollId, ...state, A, B, m });
  const counts = Object.fromEntries(definition.options.map((o, i) => [o.id, votes[i]]));
  return {
    aggregate: {
      version: "dojang-poll-v1/aggregate",
      size: state.size,
      root: hex(state.root),
      ballots: state.N,
      points: points.map((p) => hex(compress1(p))),
      decrypted_at: "2026-01-13T00:00:00Z",
    },
    partials: trustees.map((l) => make.makePartial(source, sum, l, poll.trustees.shares[l - 1])),
    counts: { version: "dojang-contest-v1/poll-counts", voters: counted.length, votes: counts },
  };
}

/**
 * The token logs: three registrars signed everybody, the fourth nobody.
 * @param {Poll} poll
 */
export function tokenLogs(poll) {
  return poll.registrars.secrets.map((secret, j) => {
    const members = j < 3 ? poll.voters : [];
    const entries = members.map((v) => join(v.M, poll.source.bytes())).sort(compare);
    const note = make.makeNote(`${ORIGIN}/registrar/${j + 1}`, secret, entries.map(leafHash));
    return { entries, note };
  });
}

/**
 * A checkpoint over leaves, the first of its log.
 * @param {Uint8Array[]} leaves
 * @param {number} block
 * @param {string} time
 */
function first(leaves, block, time) {
  return { sequence: 0, size: leaves.length, root: hex(root(leaves.map(leafHash))), block, time };
}

/** What a chain would say. @param {Poll} poll @param {any} parts */
export function snapshot(poll, parts) {
  const { identities } = poll.definition.registrars;
  const { key } = poll.definition.publication;
  const state = (/** @type {any} */ c, /** @type {number} */ i) => {
    const [, size, hash] = c.note.split("\n");
    const hexRoot = Buffer.from(hash, "base64").toString("hex");
    return { sequence: i, size: Number(size), root: hexRoot, block: 10 + i, time: c.anchored_at };
  };
  const own = (/** @type {{entries: Uint8Array[]}} */ { entries }) =>
    entries.length === 0 ? [] : [first(entries, 9, "2026-01-05T00:00:00Z")];
  const of = (/** @type {string} */ origin, /** @type {string} */ by, /** @type {unknown[]} */ anchored) => ({
    log: logId(origin),
    key: by,
    checkpoints: anchored,
  });
  const { tally: sum, opened } = parts;
  const decrypted = sum === null ? [] : [first([join(...sum.partials)], 60, sum.aggregate.decrypted_at)];
  const sheets = () => [first([canonicalBytes(opened.openings)], 50, opened.anchored_at)];
  return {
    version: "dojang-snapshot-v1",
    chain: { chain_id: CHAIN, genesis: hex(new Uint8Array(32)), contracts: { CheckpointLog: CONTRACT } },
    head: { number: 100, hash: hex(new Uint8Array(32)), time: "2026-02-01T00:00:00Z" },
    issuers: [],
    logs: [
      of(ORIGIN, key, parts.checkpoints.map(state)),
      ...parts.logs.map((/** @type {any} */ log, /** @type {number} */ j) =>
        of(`${ORIGIN}/registrar/${j + 1}`, identities[j], own(log)),
      ),
      of(tallyLog(ORIGIN), key, decrypted),
      ...(opened === null ? [] : [of(sheetsLog(ORIGIN), key, sheets())]),
    ],
    status_lists: [],
  };
}

/** @param {unknown[]} list */
const jsonLines = (list) => join(...list.map((v) => join(canonicalBytes(v), new Uint8Array([10]))));

/**
 * The files of a record.
 * @param {Poll} poll
 * @param {any} parts batches, checkpoints, logs, checks, inbox, endorsements; ordinates, tally and opened (or null)
 * @returns {Map<string, Uint8Array>}
 */
export function files(poll, parts) {
  const out = new Map([
    ["definition.json", canonicalBytes(poll.definition)],
    ["trustees/ceremony.bin", poll.trustees.bin],
    ["registrars/ceremony.bin", poll.registrars.bin],
    ["endorsements.json", canonicalBytes({ version: "dojang-poll-v1/endorsements", ...parts.endorsements })],
    ["board/ballots.bin", join(...parts.batches.flat())],
    ["board/checkpoints.jsonl", jsonLines(parts.checkpoints)],
    ["board/checks.bin", join(...parts.checks)],
    ["board/inbox.jsonl", jsonLines(parts.inbox)],
  ]);
  parts.logs.forEach((/** @type {any} */ log, /** @type {number} */ j) => {
    out.set(`tokens/0${j + 1}.bin`, join(...log.entries));
    out.set(`tokens/0${j + 1}.note`, new TextEncoder().encode(log.note));
  });
  if (parts.ordinates !== null) out.set("board/ordinates.bin", join(...parts.ordinates));
  if (parts.tally !== null) {
    out.set("tally/aggregate.json", canonicalBytes(parts.tally.aggregate));
    out.set("tally/partials.bin", join(...parts.tally.partials));
    out.set("tally/counts.json", canonicalBytes(parts.tally.counts));
  }
  if (poll.contest !== null) {
    const counts = parts.tally?.counts ?? null;
    for (const [name, bytes] of contestFiles(poll.contest, parts.opened, counts)) out.set(name, bytes);
  }
  return out;
}

/** @param {string} dir @param {Poll} poll @param {Map<string, Uint8Array>} content */
export function write(dir, poll, content) {
  const names = [...content.keys()].sort();
  const entry = (/** @type {string} */ name) => {
    const bytes = /** @type {Uint8Array} */ (content.get(name));
    return { name, length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  const manifest = { version: "dojang-poll-v1/record", poll: hex(poll.pollId), files: names.map(entry) };
  for (const [name, bytes] of [...content, ["manifest.json", canonicalBytes(manifest)]]) {
    const file = path(dir, /** @type {string} */ (name));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, /** @type {Uint8Array} */ (bytes));
  }
}
