// The auditor's checks A-01 to A-24 (SPEC section 19), each as its own method.
import { checkBallots } from "./batch.mjs";
import { equal, hex, items, Reader, Refused, unhex } from "./bytes.mjs";
import { checkCeremony, checkEndorsements } from "./ceremony.mjs";
import { bytesMember, canonicalBytes, members, parse, timeMember } from "./canonical.mjs";
import { Checks, need } from "./checks.mjs";
import { decide } from "./contest_result.mjs";
import { readDefinition, settingOf } from "./definition.mjs";
import * as log from "./log.mjs";
import { leafHash } from "./merkle.mjs";
import { ballotLengthOf, makePoll } from "./params.mjs";
import { checkFiles, Folder, Lacking, ORDINATES, readManifest, TALLY, tokenLog } from "./record.mjs";
import { readCommitments, readEntries, readOpened, readPanel } from "./sheets.mjs";
import * as chain from "./snapshot.mjs";
import { sha256 } from "./transcript.mjs";
import * as tally from "./tally.mjs";

/** The 4 n messages of a ceremony by round. @param {Uint8Array} bytes @param {number} n */
function readRounds(bytes, n) {
  const r = new Reader(bytes);
  /** @type {Uint8Array[]} */
  const messages = [];
  while (r.left > 0) messages.push(r.take(r.int(4)));
  if (messages.length !== 4 * n) throw new Refused("K-02", "not four messages of each party");
  return [0, 1, 2, 3].map((k) => messages.slice(k * n, (k + 1) * n));
}

/** Ceremonies that were found good: the answer depends on setting and bytes alone. @type {Map<string, any>} */
const known = new Map();

/**
 * @param {import("./ceremony.mjs").Setting} setting
 * @param {Uint8Array} bytes
 * @returns {ReturnType<typeof checkCeremony>}
 */
function ceremonyOf(setting, bytes) {
  const key = hex(sha256(setting.ceremony, bytes));
  if (!known.has(key)) known.set(key, checkCeremony(setting, readRounds(bytes, setting.n)));
  return known.get(key);
}

export class Audit extends Checks {
  /**
   * @param {string} dir
   * @param {{pollId?: string|null, snapshot?: any}} [options]
   */
  constructor(dir, { pollId = null, snapshot = null } = {}) {
    super();
    this.folder = new Folder(dir);
    this.asked = pollId;
    this.snapshot = snapshot;
    /** What one check found and later ones use. @type {Record<string, any>} */
    this.x = {};
  }

  all() {
    this.files();
    this.parties();
    this.tokenLogs();
    this.board();
    this.ballots();
    this.ordinates();
    this.posted();
    this.sum();
    this.contest();
    this.findings.sort((a, b) => (a.check < b.check ? -1 : a.check > b.check ? 1 : 0));
    return this.report();
  }

  /** */
  files() {
    const { folder, x } = this;
    this.run("A-02", "definition.json", (add) => {
      const bytes = folder.read("definition.json");
      x.def = readDefinition(bytes);
      x.d = x.def.d;
      if (this.asked !== null && hex(x.def.pollId) !== this.asked) add("another poll than the one asked for");
    });
    this.run("A-01", "manifest.json", (add) => {
      let manifest = null;
      this.step(add, "manifest.json", () => {
        if (!folder.has("manifest.json")) throw new Error("manifest.json is missing");
        manifest = readManifest(folder.read("manifest.json"));
        x.manifest = manifest;
      });
      const shape = x.def ? { registrars: x.def.registrars.length, contest: x.d.contest !== null } : null;
      for (const text of checkFiles(folder, manifest, shape)) add(text, text.split(" ")[0]);
    });
    if (x.def && x.manifest && x.manifest.poll !== hex(x.def.pollId)) {
      this.findings.push({ check: "A-02", place: "manifest.json", code: "A-02", message: "names another poll" });
      this.checks["A-02"] = "fails";
    }
    this.run("A-03", "definition.json", (add) => {
      chain.checkChain(need(this.snapshot, "a snapshot"), need(x.d, "the definition"), add);
    });
  }

  /** */
  parties() {
    const { folder, x } = this;
    const ceremony = (/** @type {"trustee"|"registrar"} */ role, /** @type {string} */ name) => {
      const side = need(x.d, "the definition")[name];
      const place = `${name}/ceremony.bin`;
      const setting = settingOf(x.d, role);
      const found = ceremonyOf(setting, folder.read(place));
      if (hex(found.transcript) !== side.transcript) throw new Error("another transcript than the definition's");
      const keys = role === "trustee" ? side.keys : [side.key];
      if (found.keyBytes.some((k, i) => hex(k) !== keys[i])) throw new Error("other keys than the definition's");
      return found;
    };
    this.run("A-04", "trustees/ceremony.bin", () => {
      x.trustees = ceremony("trustee", "trustees");
    });
    this.run("A-05", "registrars/ceremony.bin", () => {
      ceremony("registrar", "registrars");
    });
    this.run("A-06", "endorsements.json", (add) => this.endorsements(add));
    this.run("A-07", "definition.json", () => {
      const d = need(x.d, "the definition");
      x.poll = makePoll({
        pollId: x.def.pollId,
        m: x.def.m,
        min: d.casting.choose.min,
        max: d.casting.choose.max,
        maxCasts: d.casting.max_casts,
        keys: d.trustees.keys.map(unhex),
        tokenKey: unhex(d.registrars.key),
      });
    });
  }

  /** @param {import("./log.mjs").Add} add */
  endorsements(add) {
    const { x } = this;
    const d = need(x.d, "the definition");
    const doc = members(
      parse(this.folder.read("endorsements.json"), 2 ** 16),
      ["version", "trustees", "registrars"],
      "endorsements",
    );
    if (doc.version !== "dojang-poll-v1/endorsements") throw new Error("version of the endorsements");
    for (const name of ["trustees", "registrars"]) {
      if (!Array.isArray(doc[name])) throw new Error(`${name} is no list`);
      const signatures = doc[name].map((/** @type {unknown} */ s) => bytesMember(s, 64, "endorsement"));
      this.step(add, "endorsements.json", () =>
        checkEndorsements(x.def[name], x.def.pollId, unhex(d[name].transcript), signatures),
      );
    }
  }

  /** */
  tokenLogs() {
    const { folder, x } = this;
    this.run("A-08", "tokens", (add) => {
      const d = need(x.d, "the definition");
      /** @type {(string[]|null)[]} */
      const logs = [];
      for (const [i, key] of x.def.registrars.entries()) {
        logs.push(null);
        this.step(add, `${tokenLog(i + 1)}.bin`, () => {
          const { M, state } = log.readTokenEntries(folder, i + 1, add);
          logs[i] = M;
          log.checkTokenNote(folder, d.publication.origin, key, i + 1, state, add);
          const origin = `${d.publication.origin}/registrar/${i + 1}`;
          const times = { closes: timeMember(d.registration.closes, "closes"), last: x.def.last };
          if (this.snapshot && !chain.anchoredAlone(this.snapshot, origin, state, times)) {
            add("another state is anchored");
          }
        });
      }
      x.tokens = logs.includes(null) ? null : logs;
    });
  }

  /** over the leaves that A-12 could cut. */
  board() {
    const { folder, x } = this;
    this.run("A-12", "board/ballots.bin", () => {
      const { min, max } = need(x.d, "the definition").casting.choose;
      const ballotLength = ballotLengthOf(x.def.m, min, max);
      const bytes = folder.read("board/ballots.bin");
      x.rest = bytes.length % ballotLength;
      x.leaves = items(bytes.subarray(0, bytes.length - x.rest), ballotLength);
      x.hashes = x.leaves.map(leafHash);
      need(x.poll, "the keys");
    });
    this.run("A-09", "board/checkpoints.jsonl", (add) => {
      const d = need(x.d, "the definition");
      const { origin, key } = d.publication;
      x.checkpoints = log.readCheckpoints(folder.read("board/checkpoints.jsonl"), origin, unhex(key), add);
      log.checkCheckpoints(x.checkpoints, x.poll ? (x.hashes ?? null) : null, add);
      // Only then there is a final checkpoint.
      x.signed = x.checkpoints.length === 0 || x.checkpoints.includes(null) ? null : x.checkpoints;
    });
    this.run("A-10", "board/checkpoints.jsonl", (add) => {
      const { opens, last } = need(x.def, "the definition");
      const checkpoints = need(x.checkpoints, "the checkpoints");
      log.checkTimes(checkpoints, opens, last, add);
      if (this.snapshot && !chain.anchoredExactly(this.snapshot, x.d.publication.origin, last, checkpoints)) {
        add("other checkpoints are anchored");
      }
    });
    this.run("A-11", "board/ballots.bin", (add) => {
      need(x.poll, "the keys");
      log.checkBatches(need(x.signed, "the checkpoints"), need(x.hashes, "the ballots"), add);
    });
  }

  /** */
  ballots() {
    const { x } = this;
    if (x.leaves && x.poll) {
      this.run("A-12", "board/ballots.bin", (add) => {
        if (x.rest > 0) add("bytes after the last whole ballot", "board/ballots.bin", "B-01");
        checkBallots(x.poll, x.leaves).forEach((bad, i) => {
          if (bad !== null) add(bad.message, `board/ballots.bin[${i}]`, bad.check);
        });
        x.rows = log.boardIndex(x.poll, x.leaves);
        x.counted = log.countedRows(x.rows);
      });
    }
    this.run("A-13", "board/ballots.bin", (add) => {
      const rows = need(x.rows, "the ballots");
      log.checkRepeats(rows, (r) => r.code, "code", add);
      log.checkRepeats(rows, (r) => r.A, "A", add);
    });
    this.run("A-14", "board/ballots.bin", (add) => {
      log.checkRepeats(need(x.rows, "the ballots"), (r) => `${r.V} ${r.seq}`, "V with this sequence number", add);
    });
    this.run("A-15", "tokens", (add) => {
      const logs = /** @type {string[][]} */ (need(x.tokens, "the token logs"));
      const { threshold, dishonest } = x.d.registrars;
      /** @type {Map<string, number>} */
      const found = new Map();
      for (const list of logs) for (const M of new Set(list)) found.set(M, (found.get(M) ?? 0) + 1);
      const tokens = [...found.values()].filter((n) => n >= threshold - dishonest).length;
      if (need(x.counted, "the ballots").length > tokens) add("more ballot keys than tokens");
    });
  }

  /** A-24, which nothing else builds on. */
  ordinates() {
    const { folder, x } = this;
    this.run("A-24", ORDINATES, (add) => {
      const poll = need(x.poll, "the keys");
      const leaves = need(x.leaves, "the ballots");
      if (!folder.has(ORDINATES)) throw new Lacking("lacks ordinates, as it may");
      log.checkOrdinates(folder, poll, leaves, add);
    });
  }

  /** */
  posted() {
    const { folder, x } = this;
    this.run("A-17", "board/checks.bin", (add) => {
      const poll = need(x.poll, "the parameters");
      x.opened = { codes: new Set(), As: new Set() };
      const bytes = folder.read("board/checks.bin");
      x.opened = log.checkOpenings(poll, bytes, x.d.casting.public_checks, x.rows ?? null, add);
      need(x.rows, "the ballots");
    });
    this.run("A-16", "board/inbox.jsonl", (add) => {
      const bytes = folder.read("board/inbox.jsonl");
      const opened = need(x.opened, "the published checks");
      log.checkInbox(need(x.poll, "the parameters"), bytes, need(x.leaves, "the ballots"), x.rows, opened, add);
    });
  }

  /** */
  sum() {
    const { folder, x } = this;
    this.run("A-18", "tally/aggregate.json", (add) => {
      const poll = need(x.poll, "the parameters");
      x.aggregate = tally.readAggregate(folder.readTally("tally/aggregate.json"), poll.m);
      const final = need(x.signed, "the checkpoints").at(-1);
      const counted = need(x.counted, "the ballots").map((/** @type {any} */ r) => x.leaves[r.i]);
      const own = { size: final.size, root: final.root, N: counted.length, sums: tally.addUp(poll, counted) };
      tally.checkAggregate(x.aggregate, own, add);
    });
    this.run("A-19", "tally", (add) => {
      const N = need(x.counted, "the ballots").length;
      const there = TALLY.filter((name) => folder.has(name)).length;
      const asked = N >= x.d.casting.min_ballots;
      if (there !== 0 && there !== TALLY.length) add("only a part is there");
      else if ((there !== 0) !== asked) add(asked ? "is missing" : "is there with too few ballots", "tally", "D-07");
      const own = chain.tallyLog(x.d.publication.origin);
      if (this.snapshot && there === 0 && !chain.anchoredNever(this.snapshot, own)) add("is anchored and not there");
    });
    this.run("A-20", "tally/partials.bin", (add) => {
      const bytes = folder.readTally("tally/partials.bin");
      const aggregate = need(x.aggregate, "the sum");
      need(x.signed, "the checkpoints");
      if (aggregate.decryptedAt <= x.def.last) add("decrypted before the end", "tally/aggregate.json");
      const own = chain.tallyLog(x.d.publication.origin);
      if (this.snapshot && !chain.anchoredOnce(this.snapshot, own, bytes, aggregate.decryptedAt)) {
        add("other partial decryptions or another time are anchored");
      }
      const { shares } = need(x.trustees, "the trustees' keys");
      x.sum = tally.publishedSum(x.d, need(x.poll, "the parameters"), aggregate);
      x.partials = tally.checkPartials(x.sum, shares, x.d.trustees.threshold, bytes, add);
    });
    this.run("A-21", "tally/counts.json", (add) => {
      x.counts = tally.readCounts(folder.readTally("tally/counts.json"));
      const partials = need(x.partials, "the partial decryptions");
      const { threshold, identities } = x.d.trustees;
      if (partials.length < threshold) throw new Lacking("lacks t good partial decryptions");
      const setting = { threshold, n: identities.length, ...x.d.casting.choose, ids: x.def.ids };
      tally.checkPublishedCounts(x.sum, partials, setting, x.counts, add);
    });
  }

  /** */
  contest() {
    const { folder, x } = this;
    const contest = x.d?.contest ?? null;
    this.run("A-22", "contest", (add) => {
      need(x.poll, "the keys");
      need(contest, "a contest");
      const panel = readPanel(folder, contest);
      x.panel = panel;
      const commitments = readCommitments(folder, contest, panel.judges.length);
      x.opened_sheets = readOpened(folder, x.def.draft, panel, commitments, add);
      const { anchoredAt, leaf } = x.opened_sheets;
      if (anchoredAt < x.def.deadline) add("fixed before the deadline", "contest/opened.json");
      const decryptedAt = x.aggregate?.decryptedAt ?? Infinity;
      if (anchoredAt > decryptedAt) add("decrypted before the sheets were fixed", "contest/opened.json");
      const own = chain.sheetsLog(x.d.publication.origin);
      if (this.snapshot && !chain.anchoredOnce(this.snapshot, own, leaf, anchoredAt)) {
        add("other openings or another time are anchored", "contest/opened.json");
      }
    });
    this.run("A-23", "contest/result.json", (add) => {
      need(x.poll, "the keys");
      need(contest, "a contest");
      const entries = readEntries(folder, contest, x.def.ids, add);
      const { sheets } = need(x.opened_sheets, "the opened sheets");
      const published = folder.read("contest/result.json");
      const hasTally = TALLY.some((name) => folder.has(name));
      if (hasTally && !TALLY.every((name) => folder.has(name))) throw new Lacking("lacks a part of the tally");
      if (hasTally) need(x.aggregate, "the sum");
      const counts = hasTally ? need(x.counts, "the counts") : null;
      const own = canonicalBytes(decide(contest.rules, entries, need(x.panel, "the panel"), sheets, counts));
      if (!equal(own, published)) add("is not what the rules give");
    });
  }

  report() {
    const { x } = this;
    return {
      poll: x.def ? hex(x.def.pollId) : null,
      definition_taken_on_trust: this.asked === null,
      compared_with_chain: this.snapshot !== null,
      publication: x.d ? x.d.publication.kind : null,
      holds: this.findings.length === 0,
      ballots: x.leaves?.length ?? 0,
      counted: x.counted?.length ?? 0,
      checks: Object.fromEntries(Object.entries(this.checks).sort()),
      findings: this.findings,
    };
  }
}
