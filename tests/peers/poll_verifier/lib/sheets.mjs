// The experts' sheets in a record (SPEC sections 17, 18, 20; check A-22).
import { equal, hex, items, u32, unhex } from "./bytes.mjs";
import { canonicalBytes, members, parse, timeMember } from "./canonical.mjs";
import { checkEntries, checkPanel, checkSheetOpening, fail, list } from "./contest_documents.mjs";
import { entriesHash, plainHash } from "./contest_documents.mjs";
import { leafHash, root } from "./merkle.mjs";
import { tr } from "./transcript.mjs";

/** @typedef {(text: string, place?: string, code?: string) => void} Add */
/** @typedef {import("./record.mjs").Folder} Folder */

/**
 * The panel of the definition.
 * @param {Folder} folder
 * @param {any} contest
 */
export function readPanel(folder, contest) {
  const panel = parse(folder.read("contest/panel.json"), 2 ** 20);
  checkPanel(panel);
  if (plainHash("panel", panel) !== contest.panel_hash) return fail("another panel than the definition's");
  return panel;
}

/**
 * The commitments of the definition.
 * @param {Folder} folder
 * @param {any} contest
 * @param {number} judges
 */
export function readCommitments(folder, contest, judges) {
  const place = "contest/commitments.bin";
  const commitments = items(folder.read(place), 32);
  if (commitments?.length !== judges) return fail("not one commitment for each judge");
  if (new Set(commitments.map(hex)).size !== commitments.length) return fail("a commitment stands twice");
  if (hex(root(commitments.map(leafHash))) !== contest.sheets_root) return fail("another root than the definition's");
  return commitments;
}

/**
 * The opened sheets; the good ones by number of the expert.
 * @param {Folder} folder
 * @param {Uint8Array} draft
 * @param {any} panel
 * @param {Uint8Array[]} commitments
 * @param {Add} add
 */
export function readOpened(folder, draft, panel, commitments, add) {
  const place = "contest/opened.json";
  const doc = members(parse(folder.read(place), 2 ** 23), ["version", "anchored_at", "openings"], "opened");
  if (doc.version !== "dojang-poll-v1/opened") fail("version of the opened sheets");
  const anchoredAt = timeMember(doc.anchored_at, "anchored_at");
  const openings = list(doc.openings, 0, 100, "openings");
  openings.forEach(checkSheetOpening);
  /** @type {Map<number, any>} */
  const good = new Map();
  openings.forEach((o, i) => {
    const own = `${place}[${i}]`;
    if (i > 0 && openings[i - 1].expert >= o.expert) add("not ascending by expert", own);
    const judge = panel.judges[o.expert];
    const commitment = commitments[o.expert];
    const found = tr("sheet", draft, u32(o.expert), canonicalBytes(o.sheet), unhex(o.salt));
    if (commitment === undefined || !equal(found, commitment)) add("does not lead to its commitment", own);
    else if (judge === undefined || judge.id !== o.sheet.judge) add("names another judge", own);
    else good.set(o.expert, o.sheet);
  });
  return { anchoredAt, sheets: good, leaf: canonicalBytes(openings) };
}

/**
 * The entries: the definition's, with the options' ids.
 * @param {Folder} folder
 * @param {any} contest
 * @param {string[]} ids
 * @param {Add} add
 */
export function readEntries(folder, contest, ids, add) {
  const place = "contest/entries.json";
  const entries = parse(folder.read(place), 2 ** 20);
  checkEntries(entries);
  if (entriesHash(entries) !== contest.entries_hash) add("other entries than the definition's", place);
  const own = entries.entries.map((/** @type {any} */ e) => e.id).sort().join(" ");
  if (own !== [...ids].sort().join(" ")) add("entries are not the options", place);
  return entries;
}
