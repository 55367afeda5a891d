// The board's log, what lies beside it, token logs and what was posted
// (SPEC sections 15, 16, 19: ).
import { checkBeside, checkOpening, cut, trackingCode } from "./ballot.mjs";
import { checkBallots, readOnce, refusal } from "./batch.mjs";
import { compare, equal, hex, items } from "./bytes.mjs";
import { bytesMember, members, parseLine, parseLines, splitLines, timeMember } from "./canonical.mjs";
import { ORDINATE, readG1 } from "./group.mjs";
import { consistent, leafHash, root } from "./merkle.mjs";
import { openCheckpoint } from "./note.mjs";
import { Lacking, ORDINATES, tokenLog } from "./record.mjs";

/** @typedef {(text: string, place?: string, code?: string) => void} Add */
/** @typedef {{size: number, root: Uint8Array, at: number, proof: Uint8Array[]}} Checkpoint */

/**
 * the entries of one token log; gives its M as hexadecimal texts, its size and root.
 * @param {import("./record.mjs").Folder} folder
 * @param {number} j
 * @param {Add} add
 */
export function readTokenEntries(folder, j, add) {
  const name = tokenLog(j);
  const entries = items(folder.read(`${name}.bin`), 80);
  if (entries === null) throw new Error("no whole number of entries");
  const nonces = new Set();
  let readable = true;
  entries.forEach((entry, i) => {
    const M = entry.subarray(0, 48);
    const bad = refusal(() => readG1(M));
    if (bad !== null) add(bad.message, `${name}.bin[${i}]`, bad.check);
    const ascends = i === 0 || compare(entries[i - 1].subarray(0, 48), M) < 0;
    if (!ascends) add("not ascending", `${name}.bin[${i}]`);
    readable &&= bad === null && ascends;
    const nc = hex(entry.subarray(48));
    if (nonces.has(nc)) add("nc repeated", `${name}.bin[${i}]`);
    nonces.add(nc);
  });
  const state = { size: entries.length, root: root(entries.map(leafHash)) };
  return { state, M: readable ? entries.map((e) => hex(e.subarray(0, 48))) : null };
}

/**
 * the registrar signed this state.
 * @param {import("./record.mjs").Folder} folder
 * @param {string} origin of the board
 * @param {Uint8Array} key
 * @param {number} j
 * @param {{size: number, root: Uint8Array}} state
 * @param {Add} add
 */
export function checkTokenNote(folder, origin, key, j, state, add) {
  const name = `${tokenLog(j)}.note`;
  const signed = openCheckpoint(noteText(folder.read(name)), `${origin}/registrar/${j}`, key);
  if (signed.size !== state.size || !equal(signed.root, state.root)) add("another state is signed", name);
}

/** @param {Uint8Array} bytes */
function noteText(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/**
 * A-09, form: the checkpoints with times and proofs; a line that cannot be read or is not signed is a finding
 * and null.
 * @param {Uint8Array} bytes
 * @param {string} origin
 * @param {Uint8Array} key
 * @param {Add} add
 * @returns {(Checkpoint|null)[]}
 */
export function readCheckpoints(bytes, origin, key, add) {
  return splitLines(bytes).map((own, i) => {
    try {
      const line = members(parseLine(own), ["anchored_at", "note", "proof"], "checkpoint");
      const at = timeMember(line.anchored_at, "anchored_at");
      if (!Array.isArray(line.proof)) throw new Error("proof is no list");
      const proof = line.proof.map((/** @type {unknown} */ p) => bytesMember(p, 32, "node"));
      const { size, root: hash } = openCheckpoint(line.note, origin, key);
      return { size, root: hash, at, proof };
    } catch (error) {
      add(String(error), `board/checkpoints.jsonl[${i}]`);
      return null;
    }
  });
}

/**
 * growing, consistent, the roots of the leaves, no leaf after the last.
 * @param {(Checkpoint|null)[]} checkpoints
 * @param {Uint8Array[]|null} hashes leaf hashes
 * @param {Add} add
 */
export function checkCheckpoints(checkpoints, hashes, add) {
  /** @type {Checkpoint|null} */
  let before = null;
  for (const [i, c] of checkpoints.entries()) {
    const place = `board/checkpoints.jsonl[${i}]`;
    if (c === null) continue;
    if (c.size <= (before?.size ?? 0)) add("does not grow", place);
    if (before === null ? i === 0 && c.proof.length > 0 : !follows(before, c)) add("consistency proof", place);
    if (hashes !== null) {
      if (c.size > hashes.length) add("more ballots signed than there are", place);
      else if (!equal(root(hashes.slice(0, c.size)), c.root)) add("the ballots give another root", place);
    }
    before = c;
  }
  const vouched = checkpoints.at(-1)?.size ?? 0;
  if (hashes !== null && hashes.length > vouched) {
    add("ballots that no final checkpoint vouches for", "board/ballots.bin");
  }
}

/** @param {Checkpoint} a @param {Checkpoint} b */
const follows = (a, b) => consistent(a.size, b.size, a.root, b.root, b.proof);

/**
 * A-10, over the lines that are signed.
 * @param {(Checkpoint|null)[]} checkpoints
 * @param {number} opens
 * @param {number} last
 * @param {Add} add
 */
export function checkTimes(checkpoints, opens, last, add) {
  let before = -Infinity;
  for (const [i, c] of checkpoints.entries()) {
    if (c === null) continue;
    const place = `board/checkpoints.jsonl[${i}]`;
    if (c.at < before) add("anchored before the one before", place);
    if (c.at < opens || c.at > last) add("anchored outside opening and grace", place);
    before = c.at;
  }
}

/**
 * strictly ascending leaf hashes inside each batch.
 * @param {(Checkpoint|null)[]} checkpoints
 * @param {Uint8Array[]} hashes
 * @param {Add} add
 */
export function checkBatches(checkpoints, hashes, add) {
  const starts = new Set(checkpoints.map((c) => c?.size));
  for (let i = 1; i < hashes.length; i++) {
    if (!starts.has(i) && compare(hashes[i - 1], hashes[i]) >= 0) {
      add("leaf hashes not ascending", `board/ballots.bin[${i}]`);
    }
  }
}

/**
 * what lies beside the ballots fits them (B-11). Nothing else reads it.
 * @param {import("./record.mjs").Folder} folder
 * @param {import("./params.mjs").Poll} poll
 * @param {Uint8Array[]} leaves
 * @param {Add} add
 */
export function checkOrdinates(folder, poll, leaves, add) {
  const size = ORDINATE * (2 * poll.keys.length + 7);
  if (folder.files.get(ORDINATES) !== size * leaves.length) throw new Error("not the ordinates of each whole ballot");
  const given = folder.read(ORDINATES);
  leaves.forEach((ballot, i) => {
    const bad = refusal(() => checkBeside(readOnce(poll, ballot), given.subarray(i * size, (i + 1) * size)));
    // A ballot that cannot be read is a finding of A-12, and has no points to compare with.
    if (bad?.check === "B-11") add(bad.message, `${ORDINATES}[${i}]`, "B-11");
  });
}

/**
 * What the checks of the board need of each leaf of the right version.
 * @param {import("./params.mjs").Poll} poll
 * @param {Uint8Array[]} leaves
 */
export function boardIndex(poll, leaves) {
  const fields = leaves.map((bytes, i) => ({ i, ...cut(poll, bytes) })).filter((b) => b.version === 1);
  return fields.map((b) => ({
    i: b.i,
    V: hex(b.V),
    seq: b.seq,
    code: hex(trackingCode(poll, b.AB)),
    A: hex(b.AB[0]),
  }));
}

/**
 * what stands twice.
 * @param {{i: number}[]} rows
 * @param {(row: any) => string} of
 * @param {string} what
 * @param {Add} add
 */
export function checkRepeats(rows, of, what, add) {
  const seen = new Set();
  for (const row of rows) {
    const value = of(row);
    if (seen.has(value)) add(`${what} repeated`, `board/ballots.bin[${row.i}]`);
    seen.add(value);
  }
}

/**
 * The counted row of each V: the highest sequence number, of equal ones the first.
 * @param {ReturnType<typeof boardIndex>} rows
 */
export function countedRows(rows) {
  /** @type {Map<string, ReturnType<typeof boardIndex>[number]>} */
  const best = new Map();
  for (const row of rows) {
    const have = best.get(row.V);
    if (have === undefined || row.seq > have.seq) best.set(row.V, row);
  }
  return [...best.values()];
}

/**
 * gives code and A of the published checks.
 * @param {import("./params.mjs").Poll} poll
 * @param {Uint8Array} bytes
 * @param {boolean} allowed
 * @param {ReturnType<typeof boardIndex>|null} rows
 * @param {Add} add
 */
export function checkOpenings(poll, bytes, allowed, rows, add) {
  const list = items(bytes, 98 + poll.m);
  if (list === null) throw new Error("no whole number of openings");
  if (list.length > 0 && !allowed) add("this poll has no published checks", "board/checks.bin");
  const codes = new Set(rows?.map((r) => r.code));
  const As = new Set(rows?.map((r) => r.A));
  const opened = { codes: new Set(), As: new Set() };
  list.forEach((opening, i) => {
    const place = `board/checks.bin[${i}]`;
    if (i > 0 && compare(list[i - 1], opening) >= 0) add("not ascending", place);
    const bad = refusal(() => {
      const { code, A } = checkOpening(poll, opening);
      if (codes.has(hex(code)) || As.has(hex(A))) add("was cast", place);
      opened.codes.add(hex(code));
      opened.As.add(hex(A));
    });
    if (bad !== null) add(bad.message, place, bad.check);
  });
  return opened;
}

/**
 * The first check that a posted ballot fails, in the order of section 16 without R-01.
 * @param {import("./params.mjs").Poll} poll
 * @param {Uint8Array} ballot
 * @param {ReturnType<typeof boardIndex>} rows
 * @param {{codes: Set<unknown>, As: Set<unknown>}} opened
 */
function firstFailing(poll, ballot, rows, opened) {
  if (ballot.length !== poll.ballotLength) return "B-01";
  if (ballot[0] !== 1) return "B-02";
  const [own] = boardIndex(poll, [ballot]);
  if (rows.some((r) => r.V === own.V && r.seq === own.seq)) return "R-02";
  if (rows.some((r) => r.code === own.code)) return "R-03";
  if (rows.some((r) => r.A === own.A)) return "R-04";
  if (opened.codes.has(own.code) || opened.As.has(own.A)) return "R-05";
  return checkBallots(poll, [ballot])[0]?.check ?? null;
}

/**
 *
 * @param {import("./params.mjs").Poll} poll
 * @param {Uint8Array} bytes
 * @param {Uint8Array[]} leaves
 * @param {ReturnType<typeof boardIndex>} rows
 * @param {{codes: Set<unknown>, As: Set<unknown>}} opened
 * @param {Add} add
 */
export function checkInbox(poll, bytes, leaves, rows, opened, add) {
  const log = new Set(leaves.map(hex));
  parseLines(bytes).forEach((line, i) => {
    const place = `board/inbox.jsonl[${i}]`;
    try {
      members(line, ["ballot", "refused"], "posted ballot");
      const ballot = bytesMember(line.ballot, line.ballot.length / 2, "ballot");
      const why = log.has(line.ballot) ? "" : firstFailing(poll, ballot, rows, opened);
      if (why === null) add("stands nowhere and fails no check", place);
      else if (why !== line.refused) add(`fails ${why}, not ${line.refused}`, place);
    } catch (error) {
      if (error instanceof Lacking) throw error;
      add(String(error), place);
    }
  });
}
