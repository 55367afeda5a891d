// The polls that every scenario starts from, with everything of them before it is written.
import { hex, join } from "../lib/bytes.mjs";
import { Fr } from "../lib/group.mjs";
import { opened } from "./contest.mjs";
import { endorse, makeOpening } from "./crypto.mjs";
import { checkpoints, Poll, snapshot, sorted, tally, tokenLogs } from "./poll.mjs";

const PLANS = {
  plain: { m: 2, min: 1, max: 1, maxCasts: 1, checks: false, voters: 6, contest: false },
  slack: { m: 3, min: 0, max: 2, maxCasts: 3, checks: true, voters: 6, contest: true },
  few: { m: 2, min: 1, max: 1, maxCasts: 1, checks: false, voters: 4, contest: true },
  keys: {
    ...{ m: 2, min: 1, max: 1, maxCasts: 1, checks: false, voters: 6, contest: false },
    forgeKeys: (/** @type {bigint[][][]} */ c) => {
      const other = c.slice(1).reduce((sum, own) => Fr.add(sum, Fr.add(own[0][0], own[1][0])), 0n);
      c[0][1][0] = Fr.neg(Fr.add(c[0][0][0], other)); // the second key is opposite to the first
    },
  },
};

/** @param {number[][]} rows */
export const columns = (rows) => rows[0].map((_, i) => rows.reduce((n, row) => n + row[i], 0));

/** Votes of the voters of a plan. @param {string} name @param {number} i */
export function choice(name, i) {
  if (name !== "slack") return i % 3 === 0 ? [0, 1] : [1, 0];
  return [[0, 0, 0], [1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]][i];
}

/**
 * Everything of an honest poll, before it is written.
 * @param {keyof typeof PLANS} name
 */
export function honest(name) {
  const poll = new Poll(`stranger ${name}`, PLANS[name]);
  const votes = poll.voters.map((_, i) => choice(name, i));
  const ballots = votes.map((v, i) => poll.ballot(i, v));
  const counted = [...ballots];
  const half = ballots.length >> 1;
  const batches = [sorted(ballots.slice(0, half)), sorted(ballots.slice(half))];
  if (name === "slack") {
    const again = poll.ballot(1, [0, 0, 1], 2);
    votes[1] = [0, 0, 1];
    counted[1] = again;
    batches.push([again]);
  }
  const opening = (/** @type {number[]} */ v) => makeOpening(poll.parameters, v, poll.source.scalar());
  const checks = name === "slack" ? [opening([0, 1, 0]), opening([0, 0, 0])].sort(Buffer.compare) : [];
  const sign = (/** @type {any} */ side) => endorse(side.secrets, poll.pollId, side.transcript);
  const logs = tokenLogs(poll);
  const anchored = checkpoints(poll, batches);
  const parts = {
    batches,
    ordinates: null,
    checkpoints: anchored,
    logs,
    checks,
    inbox: name === "slack" ? inbox(poll, batches) : [],
    tally: name === "few" ? null : tally(poll, counted, batches.flat(), columns(votes)),
    opened: poll.contest === null ? null : opened(poll.contest),
    endorsements: { trustees: sign(poll.trustees), registrars: sign(poll.registrars) },
  };
  return { poll, name, votes, counted, parts, snapshot: snapshot(poll, parts) };
}

/**
 * Ballots that were posted, each refused for the reason that the record names.
 * @param {Poll} poll
 * @param {Uint8Array[][]} batches
 */
function inbox(poll, batches) {
  const [first, second] = batches[0];
  const own = poll.ballot(0, [1, 0, 0], 3);
  const change = (/** @type {Uint8Array} */ b, /** @type {number} */ at, /** @type {number[]} */ to) => {
    const out = Uint8Array.from(b);
    out.set(to, at);
    return out;
  };
  const swap = (/** @type {Uint8Array} */ b, /** @type {Uint8Array} */ a) =>
    join(b.subarray(0, 131), a.subarray(131, 179), b.subarray(179));
  const list = /** @type {[Uint8Array, string][]} */ ([
    [first, ""],
    [own.subarray(1), "B-01"],
    [change(own, 0, [2]), "B-02"],
    [change(first, 800, [1]), "R-02"],
    [change(first, 33, [0, 3]), "R-03"],
    [swap(own, second), "R-04"],
    [change(own, 1, [0]), "B-03"],
    [change(own, 33, [0, 4]), "B-04"],
    [change(own, 35, [0]), "G-01"],
    [change(own, 35, [0xc0]), "G-02"],
    [change(own, own.length - 32, [255]), "G-04"],
    [change(own, own.length - 1, [own[own.length - 1] ^ 1]), "B-05"],
    [own.subarray(0, 0), "B-01"],
  ]);
  return list.map(([ballot, refused]) => ({ ballot: hex(ballot), refused }));
}
