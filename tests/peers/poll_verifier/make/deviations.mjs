// What more than one scenario does to an honest poll.
import { ordinatesOf, readBallot } from "../lib/ballot.mjs";
import { hex, join } from "../lib/bytes.mjs";
import { makeBallot } from "./crypto.mjs";
import { columns } from "./honest.mjs";
import { checkpoints, sorted, tally } from "./poll.mjs";

const ORDER_THREE = Uint8Array.from([0x80, ...Array(47).fill(0)]);

/** Ballots, checkpoints and tally anew, from other batches. @param {any} h @param {Uint8Array[][]} batches */
export function rebuild(h, batches) {
  h.parts.batches = batches;
  h.parts.checkpoints = checkpoints(h.poll, batches);
  h.parts.tally = tally(h.poll, h.counted, batches.flat(), columns(h.votes));
}

/** Replaces voter 0's ballot. @param {any} h @param {Uint8Array} ballot */
export function replaceFirst(h, ballot) {
  const old = h.counted[0];
  h.counted[0] = ballot;
  rebuild(h, h.parts.batches.map((/** @type {Uint8Array[]} */ b) => sorted(b.map((x) => (x === old ? ballot : x)))));
}

/** The points of a ballot. @param {any} h @param {Uint8Array} ballot */
export const pointsOf = (h, ballot) => readBallot(h.poll.parameters, ballot).points;

/**
 * The ordinates beside all ballots, those of voter 0's ballot as they are given.
 * @param {any} h
 * @param {Uint8Array} [given]
 */
export function layBeside(h, given = ordinatesOf(pointsOf(h, h.counted[0]))) {
  const own = (/** @type {Uint8Array} */ b) => (b === h.counted[0] ? given : ordinatesOf(pointsOf(h, b)));
  h.parts.ordinates = h.parts.batches.flat().map(own);
}

/** The ordinates of voter 0's ballot, that of one point being the opposite one's. @param {any} h @param {number} i */
export function opposite(h, i) {
  const points = pointsOf(h, h.counted[0]);
  return ordinatesOf(points.with(i, points[i].negate()));
}

/** Voter 0's A is of order three. @param {any} h */
export function leaveSubgroup(h) {
  const old = h.counted[0];
  replaceFirst(h, join(old.subarray(0, 83), ORDER_THREE, old.subarray(131)));
}

/** The first ballot in the log under the key of another. @param {any} h @param {Uint8Array} ballot */
export function firstOf(h, ballot) {
  const key = (/** @type {Uint8Array} */ b) => hex(b.subarray(35, 83));
  return h.parts.batches.flat().find((/** @type {Uint8Array} */ b) => key(b) === key(ballot));
}

/** @param {Uint8Array} bytes @param {number} at */
export function flipped(bytes, at) {
  const out = Uint8Array.from(bytes);
  out[at] ^= 1;
  return out;
}

/** Where the logs of one leaf stand in a snapshot. */
export const [TALLY, SHEETS] = [5, 6];

/** @param {any} h */
export function leaveOut(h) {
  const { opened: all } = h.parts;
  h.parts.opened = { ...all, openings: all.openings.slice(0, -1) };
}

/** A second checkpoint in a log of one leaf. @param {any} h @param {number} which */
export function anchorAgain(h, which) {
  const list = h.snapshot.logs[which].checkpoints;
  list.push({ ...list[0], sequence: 1, size: 2, block: 70, time: "2026-01-14T00:00:00Z" });
}

/**
 * A ballot whose bits break the rules, with the proof of somebody who follows it otherwise.
 * @param {any} h
 * @param {number[]} bits
 */
export function badBits(h, bits) {
  const { k, sigma } = h.poll.voters[0];
  const bad = makeBallot(h.poll.parameters, h.poll.source, { k, sigma, seq: 1, votes: [1, 0], bits });
  h.votes[0] = bits;
  replaceFirst(h, bad);
}
