// Records in which everything is signed and proven by those who hold the keys, and one thing is
// wrong: what an auditor has to find without any help of the manifest's hashes.
import { ordinatesOf } from "../lib/ballot.mjs";
import { hex } from "../lib/bytes.mjs";
import { endorse, makeOpening } from "./crypto.mjs";
import {
  anchorAgain,
  badBits,
  firstOf,
  flipped,
  layBeside,
  leaveOut,
  leaveSubgroup,
  opposite,
  pointsOf,
  rebuild,
  replaceFirst,
  SHEETS,
  TALLY,
} from "./deviations.mjs";
import { choice, columns } from "./honest.mjs";
import { checkpoints, snapshot, sorted, tally, tokenLogs } from "./poll.mjs";

/**
 * @typedef {object} Scenario
 * @property {string[]} finds the checks that find it, none for an honest record
 * @property {(h: any) => void} [deviate] changes the parts that are then written
 * @property {(h: any) => void} [chain] changes the snapshot, which is then given to the auditor
 * @property {"plain"|"slack"|"few"|"keys"} [poll]
 */

/** @type {Record<string, Scenario>} */
export const SCENARIOS = {
  plain: { finds: [] },
  "with slack, casts, checks, posted ballots and sheets": { finds: [], poll: "slack" },
  "too few for a tally": { finds: [], poll: "few" },
  "plain, with the chain": { finds: [], chain: () => {} },
  "with everything and the chain": { finds: [], poll: "slack", chain: () => {} },
  "few, with the chain": { finds: [], poll: "few", chain: () => {} },
  "keys that are opposite": { finds: ["A-07"], poll: "keys" },
  "endorsements for another poll": {
    finds: ["A-06"],
    deviate: (h) => {
      const { secrets, transcript } = h.poll.trustees;
      h.parts.endorsements.trustees = endorse(secrets, new Uint8Array(32), transcript);
    },
  },
  "a key without a token entry": {
    finds: ["A-15"],
    deviate: (h) => {
      h.poll.voters.pop();
      h.parts.logs = tokenLogs(h.poll);
    },
  },
  "a log that does not ascend": {
    finds: ["A-11"],
    deviate: (h) => rebuild(h, [h.parts.batches[0].reverse(), h.parts.batches[1]]),
  },
  "a ballot after the last checkpoint": {
    finds: ["A-09", "A-18"],
    deviate: (h) => {
      const [first, second] = h.parts.batches;
      h.parts.checkpoints = checkpoints(h.poll, [first, second.slice(0, -1)]);
    },
  },
  "two casts under one number": {
    finds: ["A-14"],
    poll: "slack",
    deviate: (h) => {
      const again = h.poll.ballot(1, [0, 0, 1], 1);
      h.counted[1] = firstOf(h, h.parts.batches[2][0]);
      h.votes[1] = choice("slack", 1);
      rebuild(h, [...h.parts.batches.slice(0, 2), [again]]);
    },
  },
  "one ciphertext under two keys": {
    finds: ["A-13"],
    deviate: (h) => {
      const r = h.poll.source.scalar();
      const same = [0, 1].map((i) => h.poll.ballot(i, [1, 0], 1, { r }));
      const rest = h.counted.slice(2);
      h.counted = [...same, ...rest];
      h.votes[0] = [1, 0];
      h.votes[1] = [1, 0];
      rebuild(h, [sorted(same), sorted(rest)]);
    },
  },
  "a ballot of two votes": { finds: ["A-12", "A-21"], deviate: (h) => badBits(h, [1, 1]) },
  "a ballot of no vote": { finds: ["A-12", "A-21"], deviate: (h) => badBits(h, [0, 0]) },
  "a ballot of two and minus one": { finds: ["A-12"], deviate: (h) => badBits(h, [2, -1]) },
  "a token of another key": {
    finds: ["A-12"],
    deviate: (h) => replaceFirst(h, h.poll.ballot(0, h.votes[0], 1, { sigma: h.poll.voters[1].sigma })),
  },
  "an A outside the subgroup": { finds: ["A-12"], deviate: leaveSubgroup },
  "a casting number above the limit": {
    finds: ["A-12", "A-18"], // counted by its bytes, and not added up
    deviate: (h) => replaceFirst(h, h.poll.ballot(0, h.votes[0], 2)),
  },
  "with ordinates": { finds: [], deviate: (h) => layBeside(h) },
  "the ordinate of the opposite point": { finds: ["A-24"], deviate: (h) => layBeside(h, opposite(h, 3)) },
  "an A outside the subgroup, with its ordinate": {
    finds: ["A-12"],
    deviate: (h) => {
      leaveSubgroup(h);
      layBeside(h);
    },
  },
  "an A outside the subgroup, with the opposite ordinate": {
    finds: ["A-12", "A-24"],
    deviate: (h) => {
      leaveSubgroup(h);
      layBeside(h, opposite(h, 2));
    },
  },
  "no ordinates of a ballot that cannot be read": {
    finds: ["A-12", "A-18"],
    deviate: (h) => {
      const zeros = ordinatesOf(pointsOf(h, h.counted[0])).fill(0);
      replaceFirst(h, h.poll.ballot(0, h.votes[0], 2));
      layBeside(h, zeros); // nothing is compared with them
    },
  },
  "an earlier cast is counted": {
    finds: ["A-18"],
    poll: "slack",
    deviate: (h) => {
      const seconds = h.parts.batches[2][0];
      const first = firstOf(h, seconds);
      const counted = h.counted.map((/** @type {Uint8Array} */ b) => (b === seconds ? first : b));
      const votes = h.votes.with(1, choice("slack", 1));
      h.parts.tally = tally(h.poll, counted, h.parts.batches.flat(), columns(votes));
    },
  },
  "a ballot that is not counted": {
    finds: ["A-18"],
    deviate: (h) => {
      const votes = columns(h.votes.slice(1));
      h.parts.tally = tally(h.poll, h.counted.slice(1), h.parts.batches.flat(), votes);
    },
  },
  "a sum under another root": {
    finds: ["A-18"],
    deviate: (h) => {
      h.parts.tally = tally(h.poll, h.counted, h.parts.batches.flat().reverse(), columns(h.votes));
    },
  },
  "a tally of too few": {
    finds: ["A-19"],
    poll: "few",
    deviate: (h) => (h.parts.tally = tally(h.poll, h.counted, h.parts.batches.flat(), columns(h.votes))),
  },
  "a tally kept back": { finds: ["A-19"], deviate: (h) => (h.parts.tally = null) },
  "one trustee alone": { finds: ["A-20"], deviate: (h) => h.parts.tally.partials.pop() },
  "trustees out of order": { finds: ["A-20"], deviate: (h) => h.parts.tally.partials.reverse() },
  "a proof that does not hold": {
    finds: ["A-20"],
    deviate: (h) => {
      const { partials } = h.parts.tally;
      partials.push(flipped(partials[1], partials[1].length - 1));
    },
  },
  "a sum opened before the end": {
    finds: ["A-20"],
    deviate: (h) => (h.parts.tally.aggregate.decrypted_at = "2026-01-12T01:00:00Z"),
  },
  "other counts": {
    finds: ["A-21"],
    deviate: (h) => {
      const { votes } = h.parts.tally.counts;
      [votes.o1, votes.o2] = [votes.o1 + 1, votes.o2 - 1];
    },
  },
  "checkpoints after the end": {
    finds: ["A-10"],
    deviate: (h) => (h.parts.checkpoints[1].anchored_at = "2026-01-12T01:00:01Z"),
  },
  "a checkpoint before the opening": {
    finds: ["A-10"],
    deviate: (h) => (h.parts.checkpoints[0].anchored_at = "2026-01-04T23:59:59Z"),
  },
  "a checkpoint twice": { finds: ["A-09"], deviate: (h) => h.parts.checkpoints.push(h.parts.checkpoints[1]) },
  "an unsigned line after the honest checkpoints": {
    finds: ["A-09", "A-10"],
    deviate: (h) => {
      const last = h.parts.checkpoints.at(-1);
      h.parts.checkpoints.push({ ...last, note: last.note.replace("\n\n\u2014 poll.", "\n\n\u2014 other.") });
    },
    chain: () => {},
  },
  "a checkpoint with a renamed member": {
    finds: ["A-09", "A-10"],
    deviate: (h) => {
      const { anchored_at: time, ...rest } = h.parts.checkpoints[0];
      h.parts.checkpoints[0] = { ...rest, time };
    },
    chain: () => {},
  },
  "ballots without a checkpoint": { finds: ["A-09"], deviate: (h) => (h.parts.checkpoints = []) },
  "a board without ballots": {
    finds: [],
    poll: "few",
    deviate: (h) => {
      Object.assign(h.parts, { batches: [], checkpoints: [] });
      h.snapshot = snapshot(h.poll, h.parts);
    },
    chain: () => {},
  },
  "a proof for the first checkpoint": {
    finds: ["A-09"],
    deviate: (h) => h.parts.checkpoints[0].proof.push("00".repeat(32)),
  },
  "checks out of order": { finds: ["A-17"], poll: "slack", deviate: (h) => h.parts.checks.reverse() },
  "a check that was cast": {
    finds: ["A-17"],
    poll: "slack",
    deviate: (h) => {
      const r = h.poll.source.scalar();
      h.parts.checks = [makeOpening(h.poll.parameters, h.votes[0], r)];
      replaceFirst(h, h.poll.ballot(0, h.votes[0], 1, { r }));
      h.parts.inbox = [];
    },
  },
  "a check that does not open": {
    finds: ["A-17"],
    poll: "slack",
    deviate: (h) => (h.parts.checks[1] = flipped(h.parts.checks[1], h.parts.checks[1].length - 1)),
  },
  "a posted ballot withheld": {
    finds: ["A-16"],
    poll: "slack",
    deviate: (h) => (h.parts.inbox = [{ ballot: hex(h.poll.ballot(2, [1, 0, 0], 3)), refused: "B-09" }]),
  },
  "a posted ballot refused for another reason": {
    finds: ["A-16"],
    poll: "slack",
    deviate: (h) => (h.parts.inbox[5].refused = "R-03"),
  },
  "another chain": { finds: ["A-03"], chain: (h) => (h.snapshot.chain.chain_id = 1) },
  "another contract": { finds: ["A-03"], chain: (h) => (h.snapshot.chain.contracts.CheckpointLog = "00".repeat(20)) },
  "a contract of another name": { finds: ["A-03"], chain: (h) => (h.snapshot.chain.contracts = { poll: h.poll.definition.publication.contract }) },
  "another key of a registrar": { finds: ["A-03"], chain: (h) => (h.snapshot.logs[4].key = "00".repeat(32)) },
  "a later checkpoint left out": {
    finds: ["A-10"],
    chain: (h) => {
      const list = h.snapshot.logs[0].checkpoints;
      list.push({ ...list[1], sequence: 2, size: 7, time: "2026-01-12T01:00:00Z", block: 40 });
    },
  },
  "a checkpoint after the end does not count": {
    finds: [],
    chain: (h) => {
      const list = h.snapshot.logs[0].checkpoints;
      list.push({ ...list[1], sequence: 2, size: 7, time: "2026-01-12T01:00:01Z", block: 40 });
    },
  },
  "a snapshot from before the end": {
    finds: ["A-10", "A-20"], // it cannot show the decryption either
    chain: (h) => {
      h.snapshot.head.time = "2026-01-12T01:00:00Z";
      h.snapshot.logs[TALLY].checkpoints = [];
    },
  },
  "tokens anchored before closing": {
    finds: ["A-08"],
    chain: (h) => (h.snapshot.logs[1].checkpoints[0].time = "2026-01-03T23:59:59Z"),
  },
  "tokens that are not anchored": { finds: ["A-08"], chain: (h) => (h.snapshot.logs[2].checkpoints = []) },
  "an empty log that is anchored": {
    finds: ["A-08"],
    chain: (h) => (h.snapshot.logs[4].checkpoints = h.snapshot.logs[1].checkpoints),
  },
  "a sheet left out": { finds: [], poll: "slack", deviate: leaveOut }, // nobody can tell without the chain
  "a sheet left out after anchoring": { finds: ["A-22"], poll: "slack", deviate: leaveOut, chain: () => {} },
  "a sheet added after anchoring": {
    finds: ["A-22"],
    poll: "slack",
    chain: (h) => {
      const all = h.parts.opened;
      h.parts.opened = { ...all, openings: all.openings.slice(1) };
      h.snapshot = snapshot(h.poll, h.parts);
      h.parts.opened = all;
    },
  },
  "sheets anchored at another time": {
    finds: ["A-22"],
    poll: "slack",
    chain: (h) => (h.snapshot.logs[SHEETS].checkpoints[0].time = "2026-01-12T02:00:01Z"),
  },
  "sheets anchored twice": { finds: ["A-22"], poll: "slack", chain: (h) => anchorAgain(h, SHEETS) },
  "sheets in a log of two leaves": {
    finds: ["A-22"],
    poll: "slack",
    chain: (h) => (h.snapshot.logs[SHEETS].checkpoints[0].size = 2),
  },
  "sheets that are not anchored": {
    finds: ["A-22"],
    poll: "few",
    chain: (h) => (h.snapshot.logs[SHEETS].checkpoints = []),
  },
  "sheets fixed after the decryption": {
    finds: ["A-22"],
    poll: "slack",
    deviate: (h) => {
      h.parts.opened.anchored_at = "2026-01-13T00:00:01Z";
      h.snapshot = snapshot(h.poll, h.parts);
    },
    chain: () => {},
  },
  "another key of the sheets' log": {
    finds: ["A-03"],
    poll: "slack",
    chain: (h) => (h.snapshot.logs[SHEETS].key = "00".repeat(32)),
  },
  "no log of the sheets": { finds: ["A-03", "A-22"], poll: "slack", chain: (h) => h.snapshot.logs.splice(SHEETS, 1) },
  "a partial decryption more than anchored": {
    finds: ["A-20"],
    deviate: (h) => {
      const { batches } = h.parts;
      h.parts.tally = tally(h.poll, h.counted, batches.flat(), columns(h.votes), [1, 2, 3]);
    },
    chain: () => {},
  },
  "partial decryptions made anew": {
    finds: ["A-20"],
    deviate: (h) => (h.parts.tally = tally(h.poll, h.counted, h.parts.batches.flat(), columns(h.votes))),
    chain: () => {},
  },
  "a tally anchored at another time": {
    finds: ["A-20"],
    chain: (h) => (h.snapshot.logs[TALLY].checkpoints[0].time = "2026-01-12T23:59:59Z"),
  },
  "a tally anchored before the end": {
    finds: ["A-20"],
    deviate: (h) => {
      h.parts.tally.aggregate.decrypted_at = "2026-01-12T01:00:00Z";
      h.snapshot = snapshot(h.poll, h.parts);
    },
    chain: () => {},
  },
  "a tally anchored twice": { finds: ["A-20"], chain: (h) => anchorAgain(h, TALLY) },
  "a tally that is not anchored": { finds: ["A-20"], chain: (h) => (h.snapshot.logs[TALLY].checkpoints = []) },
  "a tally anchored and kept back": {
    finds: ["A-19"],
    deviate: (h) => (h.parts.tally = null),
    chain: () => {},
  },
  "a tally of too few anchored and kept back": {
    finds: ["A-19"],
    poll: "few",
    deviate: (h) => {
      const own = tally(h.poll, h.counted, h.parts.batches.flat(), columns(h.votes));
      h.snapshot = snapshot(h.poll, { ...h.parts, tally: own });
    },
    chain: () => {},
  },
  "another key of the tally's log": { finds: ["A-03"], chain: (h) => (h.snapshot.logs[TALLY].key = "00".repeat(32)) },
  "no log of the tally": { finds: ["A-03", "A-20"], chain: (h) => h.snapshot.logs.splice(TALLY, 1) },
  "no log of a tally that is not there": {
    finds: ["A-03"],
    poll: "few",
    chain: (h) => h.snapshot.logs.splice(TALLY, 1),
  },
};
