// A small contest around a poll: its documents, and sheets that were committed to (SPEC section 20).
import { hex, join, u32, unhex } from "../lib/bytes.mjs";
import { canonicalBytes } from "../lib/canonical.mjs";
import { entriesHash, plainHash } from "../lib/contest_documents.mjs";
import { decide } from "../lib/contest_result.mjs";
import { leafHash, root } from "../lib/merkle.mjs";
import { tr } from "../lib/transcript.mjs";

const VERSION = "dojang-contest-v1";
export const ANCHORED = "2026-01-12T02:00:00Z";
const JUDGES = 4;

/** @param {string} id */
const named = (id) => ({ id, title: { ko: id } });

const RULES = {
  version: `${VERSION}/rules`,
  rounds: [{ id: "paper", kind: "paper", advance: 3 }],
  judging: {
    criteria: [{ ...named("use"), weight: 2 }, { ...named("effort"), weight: 1 }],
    max_score: 10,
    trimming: false,
    min_sheets: 2,
    min_scores: 2,
    tie_criterion: "use",
  },
  blend: { method: "max_relative", weights: { expert: "1/3", votes: "2/3" } },
  ties: ["votes", "expert"],
  tiers: [{ ...named("first"), places: 1, amount: 1000 }, { ...named("second"), places: 2, amount: 300 }],
};

/**
 * The contest of a definition that has none yet.
 * @param {import("./crypto.mjs").Source} source
 * @param {{options: {id: string}[]}} definition
 */
export function makeContest(source, definition) {
  const ids = definition.options.map((o) => o.id);
  const entry = (/** @type {string} */ id) => ({ ...named(id), synthetic: true, money_allowed: id !== "o1" });
  const entries = { version: `${VERSION}/entries`, entries: ids.map(entry) };
  const judges = Array.from({ length: JUDGES }, (_, e) => ({ id: `judge-${e + 1}` }));
  const panel = { version: `${VERSION}/panel`, judges };
  const open = {
    rules: RULES,
    entries_hash: entriesHash(entries),
    panel_hash: plainHash("panel", panel),
    deadline: "2026-01-12T01:30:00Z",
  };
  const draft = tr("draft", canonicalBytes({ ...definition, contest: open }));
  const score = () => source.bytes()[0] % 11;
  const openings = judges.map(({ id }, expert) => {
    const marks = Object.fromEntries(ids.map((entry) => [entry, { use: score(), effort: score() }]));
    const sheet = { version: `${VERSION}/sheet`, judge: id, marks, abstained: [] };
    return { version: `${VERSION}/sheet-opening`, expert, sheet, salt: hex(source.bytes()) };
  });
  const commitments = openings.map((o) => tr("sheet", draft, u32(o.expert), canonicalBytes(o.sheet), unhex(o.salt)));
  const contest = { ...open, sheets_root: hex(root(commitments.map(leafHash))) };
  return { contest, entries, panel, commitments, openings };
}

/**
 * Whoever opened, at the time that the chain has.
 * @param {ReturnType<typeof makeContest>} made
 */
export const opened = ({ openings }) => ({ version: "dojang-poll-v1/opened", anchored_at: ANCHORED, openings });

/**
 * The result for the sheets that stand in `opened` and the published counts, null without.
 * @param {ReturnType<typeof makeContest>} made
 * @param {ReturnType<typeof opened>} set
 * @param {any} counts
 */
function result({ contest, entries, panel }, set, counts) {
  return decide(contest.rules, entries, panel, new Map(set.openings.map((o) => [o.expert, o.sheet])), counts);
}

/**
 * The files of the contest, by name.
 * @param {ReturnType<typeof makeContest>} made
 * @param {ReturnType<typeof opened>} set
 * @param {any} counts
 * @returns {[string, Uint8Array][]}
 */
export const contestFiles = (made, set, counts) => [
  ["contest/entries.json", canonicalBytes(made.entries)],
  ["contest/panel.json", canonicalBytes(made.panel)],
  ["contest/commitments.bin", join(...made.commitments)],
  ["contest/opened.json", canonicalBytes(set)],
  ["contest/result.json", canonicalBytes(result(made, set, counts))],
];
