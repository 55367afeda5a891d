// The sum and its decryption in a record (SPEC sections 9, 17, 18; checks A-18, A-20, A-21).
import { readOnce, refusal } from "./batch.mjs";
import { equal, items, Reader, Refused, unhex } from "./bytes.mjs";
import { bytesMember, intMember, members, parse, timeMember } from "./canonical.mjs";
import { checkCounts, fail } from "./contest_documents.mjs";
import { checkPartial, decrypt, findCounts, makeAggregate } from "./decryption.mjs";
import { compress1, G1, readG1 } from "./group.mjs";

/** @typedef {import("./params.mjs").Poll} Poll */
/** @typedef {(text: string, place?: string, code?: string) => void} Add */

/**
 * The document of the sum.
 * @param {Uint8Array} bytes
 * @param {number} m
 */
export function readAggregate(bytes, m) {
  const a = members(
    parse(bytes, 2 ** 20),
    ["version", "size", "root", "ballots", "points", "decrypted_at"],
    "aggregate",
  );
  if (a.version !== "dojang-poll-v1/aggregate") fail("version of the aggregate");
  if (!Array.isArray(a.points) || a.points.length !== m + 1) fail("number of points");
  return {
    size: intMember(a.size, 0, Number.MAX_SAFE_INTEGER, "size"),
    root: bytesMember(a.root, 32, "root"),
    N: intMember(a.ballots, 0, Number.MAX_SAFE_INTEGER, "ballots"),
    decryptedAt: timeMember(a.decrypted_at, "decrypted_at"),
    raw: a.points.map((/** @type {unknown} */ p) => bytesMember(p, 48, "point")),
  };
}

/**
 * The components `A_sum, B_1sum..B_msum` of the counted ballots that are well-formed.
 * @param {Poll} poll
 * @param {Uint8Array[]} ballots
 */
export function addUp(poll, ballots) {
  const sums = Array.from({ length: poll.m + 1 }, () => G1.ZERO);
  for (const bytes of ballots) {
    refusal(() => {
      const { points } = readOnce(poll, bytes);
      sums.forEach((sum, i) => {
        sums[i] = sum.add(points[i + 2]); // behind V and sigma
      });
    });
  }
  return sums.map((p) => (p.is0() ? null : compress1(p)));
}

/**
 * A-18.
 * @param {ReturnType<typeof readAggregate>} a
 * @param {{size: number, root: Uint8Array, N: number, sums: (Uint8Array|null)[]}} own
 * @param {Add} add
 */
export function checkAggregate(a, own, add) {
  if (a.size !== own.size) add("another size");
  if (!equal(a.root, own.root)) add("another root");
  if (a.N !== own.N) add("another number of ballots");
  own.sums.forEach((sum, i) => {
    if (sum === null || !equal(sum, a.raw[i])) add(`the ballots add up to another ${i === 0 ? "A" : `B_${i}`}`);
  });
}

/**
 * The published sum as the decryption sees it.
 * @param {any} d the definition's document
 * @param {Poll} poll
 * @param {ReturnType<typeof readAggregate>} a
 */
export function publishedSum(d, poll, a) {
  const [A, ...B] = a.raw.map(readG1);
  return makeAggregate({
    chainId: d.publication.chain_id,
    contract: unhex(d.publication.contract),
    pollId: poll.pollId,
    size: a.size,
    root: a.root,
    N: a.N,
    A,
    B,
    m: poll.m,
  });
}

/**
 * A-20: gives the partial decryptions that hold, in the order of the file.
 * @param {import("./decryption.mjs").Aggregate} sum
 * @param {import("./group.mjs").P1[][]} shareKeys
 * @param {number} threshold
 * @param {Uint8Array} bytes
 * @param {Add} add
 */
export function checkPartials(sum, shareKeys, threshold, bytes, add) {
  const list = items(bytes, 36 + 128 * (sum.B.length + 2) + 32);
  if (list === null) throw new Error("no whole number of partial decryptions");
  let before = 0;
  /** @type {ReturnType<typeof checkPartial>[]} */
  const good = [];
  list.forEach((partial, i) => {
    const place = `tally/partials.bin[${i}]`;
    const r = new Reader(partial);
    r.take(32);
    const trustee = r.int(4);
    if (trustee <= before) add("not ascending by trustee", place);
    before = Math.max(before, trustee);
    const bad = refusal(() => good.push(checkPartial(sum, shareKeys, partial)));
    if (bad !== null) add(bad.message, place, bad.check);
  });
  const distinct = [...new Map(good.map((p) => [p.trustee, p])).values()];
  if (distinct.length < threshold) add("fewer than t good decryptions", "tally/partials.bin");
  return distinct;
}

/**
 * A-21: the first t partial decryptions lead to the published counts.
 * @param {import("./decryption.mjs").Aggregate} sum
 * @param {ReturnType<typeof checkPartial>[]} partials
 * @param {{threshold: number, n: number, min: number, max: number, ids: string[]}} setting
 * @param {any} counts
 * @param {Add} add
 */
export function checkPublishedCounts(sum, partials, setting, counts, add) {
  const { threshold, n, min, max, ids } = setting;
  if (counts.voters !== sum.N) add("another number of voters than in the sum");
  const names = Object.keys(counts.votes).sort().join(" ");
  if (names !== [...ids].sort().join(" ")) add("counts of other options");
  const points = decrypt(sum, partials.slice(0, threshold), threshold, n);
  try {
    const found = findCounts(points, sum.N, min, max);
    ids.forEach((id, i) => {
      if (counts.votes[id] !== found[i]) add(`another count of ${id}`);
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    add(error.message, "tally/counts.json", error.check);
  }
}

/** @param {Uint8Array} bytes */
export function readCounts(bytes) {
  const counts = parse(bytes, 2 ** 20);
  checkCounts(counts);
  return counts;
}

