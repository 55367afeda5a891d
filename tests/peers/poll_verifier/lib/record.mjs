// The folder of a record and its manifest (SPEC section 18; check A-01).
import { createHash } from "node:crypto";
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join as path } from "node:path";
import { bytesMember, intMember, members, parse } from "./canonical.mjs";

/** Something that another check has found missing: the check that needs it is undetermined. */
export class Lacking extends Error {}

/** @type {[RegExp, number][]} */
const LIMITS = [
  [/^definition\.json$/, 2 ** 18],
  [/^endorsements\.json$/, 2 ** 16],
  [/^(contest\/opened\.json|.*\/ceremony\.bin|tally\/partials\.bin|contest\/commitments\.bin)$/, 2 ** 23],
  [/^contest\/result\.json$/, 2 ** 24],
  [/^board\/(checkpoints\.jsonl|checks\.bin|inbox\.jsonl)$/, 2 ** 28],
  [/^(tokens\/.*\.bin|board\/(ballots|ordinates)\.bin)$/, 2 ** 31 - 1],
  [/^tokens\/.*\.note$/, 2 ** 16],
];

/** @param {string} name */
const limitOf = (name) => LIMITS.find(([pattern]) => pattern.test(name))?.[1] ?? 2 ** 20;

/** Whether a file or folder can be read at all. @param {string} file */
function opens(file) {
  try {
    closeSync(openSync(file, "r"));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} file */
function sha256File(file) {
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(1 << 20);
  const fd = openSync(file, "r");
  try {
    for (let n = readSync(fd, buffer); n > 0; n = readSync(fd, buffer)) hash.update(buffer.subarray(0, n));
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}

/** The files of a folder; what is linked or special, or cannot be read, is named alone: it counts as not there. */
export class Folder {
  /** @param {string} root */
  constructor(root) {
    this.root = root;
    /** @type {Map<string, number>} */
    this.files = new Map();
    /** @type {string[]} */
    this.strange = [];
    this.walk("");
  }

  /** @param {string} prefix */
  walk(prefix) {
    for (const name of readdirSync(path(this.root, prefix)).sort()) {
      const full = prefix === "" ? name : `${prefix}/${name}`;
      const stat = lstatSync(path(this.root, full));
      if (!(stat.isDirectory() || stat.isFile()) || !opens(path(this.root, full))) this.strange.push(full);
      else if (stat.isDirectory()) this.walk(full);
      else this.files.set(full, stat.size);
    }
  }

  /** @param {string} name */
  has(name) {
    return this.files.has(name);
  }

  /**
   * @param {string} name
   * @returns {Uint8Array}
   */
  read(name) {
    const size = this.files.get(name);
    if (size === undefined) throw new Error(`${name} is missing`);
    if (size > limitOf(name)) throw new Error(`${name} is too large`);
    return new Uint8Array(readFileSync(path(this.root, name)));
  }

  /**
   * A file of `tally`: there together or not at all, and what is missing A-19 judges alone.
   * @param {string} name
   */
  readTally(name) {
    if (!TALLY.every((each) => this.has(each))) throw new Lacking("lacks the whole tally");
    return this.read(name);
  }

  /** @param {string} name */
  sha256(name) {
    return sha256File(path(this.root, name));
  }
}

/** May be left out (section 18): nobody asks for it. */
export const ORDINATES = "board/ordinates.bin";
export const TALLY = ["tally/aggregate.json", "tally/counts.json", "tally/partials.bin"];
const CONTEST = ["commitments.bin", "entries.json", "opened.json", "panel.json", "result.json"].map(
  (name) => `contest/${name}`,
);

/** @param {number} j */
export const tokenLog = (j) => `tokens/${String(j).padStart(2, "0")}`;

/**
 * The files that the definition asks for, without those of `tally`.
 * @param {{registrars: number, contest: boolean}} shape
 */
function wanted({ registrars, contest }) {
  const names = ["definition.json", "trustees/ceremony.bin", "registrars/ceremony.bin", "endorsements.json"];
  names.push(...["ballots.bin", "checkpoints.jsonl", "checks.bin", "inbox.jsonl"].map((n) => `board/${n}`));
  for (let j = 1; j <= registrars; j++) names.push(`${tokenLog(j)}.bin`, `${tokenLog(j)}.note`);
  if (contest) names.push(...CONTEST);
  return names;
}

/** @typedef {{poll: string, files: {name: string, length: number, sha256: string}[]}} Manifest */

/**
 * The manifest's own form.
 * @param {Uint8Array} bytes
 */
export function readManifest(bytes) {
  const m = members(parse(bytes, limitOf("manifest.json")), ["version", "poll", "files"], "manifest");
  if (m.version !== "dojang-poll-v1/record") throw new Error("version of the manifest");
  bytesMember(m.poll, 32, "poll");
  if (!Array.isArray(m.files)) throw new Error("files is no list");
  m.files.forEach((f, i) => {
    members(f, ["name", "length", "sha256"], "file");
    bytesMember(f.sha256, 32, "sha256");
    intMember(f.length, 0, Number.MAX_SAFE_INTEGER, "length");
    if (typeof f.name !== "string") throw new Error("name is no text");
    if (i > 0 && m.files[i - 1].name >= f.name) throw new Error("names out of order");
  });
  return /** @type {Manifest} */ (/** @type {unknown} */ (m));
}

/**
 * each finding as text.
 * @param {Folder} folder
 * @param {ReturnType<typeof readManifest>|null} manifest
 * @param {{registrars: number, contest: boolean}|null} shape null where the definition cannot be read
 */
export function checkFiles(folder, manifest, shape) {
  const found = folder.strange.map((name) => `${name} is no plain file that can be read`);
  const listed = new Map((manifest?.files ?? []).map((f) => [f.name, f]));
  const asked = new Set(wanted(shape ?? { registrars: 0, contest: false }));
  const known = new Set([ORDINATES, ...TALLY, ...wanted(shape ?? { registrars: 32, contest: true })]);
  for (const name of asked) {
    if (!folder.has(name)) found.push(`${name} is missing`);
  }
  for (const name of folder.files.keys()) {
    if (name === "manifest.json") continue;
    if (!known.has(name)) found.push(`${name} does not belong to a record`);
    if (manifest !== null && !listed.has(name)) found.push(`${name} is not in the manifest`);
  }
  for (const [name, { length, sha256 }] of listed) {
    if (!folder.has(name)) found.push(`${name} is in the manifest only`);
    else if (folder.files.get(name) !== length || folder.sha256(name) !== sha256) {
      found.push(`${name} is not what the manifest says`);
    }
  }
  return found;
}
