// Canonical JSON (RFC 8785) without floats (SPEC sections 14 and 18).
import { ascii, compare } from "./bytes.mjs";

const MAX_DEPTH = 64;

/**
 * The canonical text of a value; refuses what the format has no place for.
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {string}
 */
export function canonical(value, depth = 0) {
  if (depth > MAX_DEPTH) throw new Error("nested too deeply");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Error("a number that is no integer below 2^53");
    return String(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new Error("text that is not Unicode");
    if (value.normalize("NFC") !== value) throw new Error("text that is not in NFC");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((v) => canonical(v, depth + 1)).join(",")}]`;
  const o = /** @type {Record<string, unknown>} */ (value);
  const members = Object.keys(o).sort();
  return `{${members.map((k) => `${canonical(k, depth + 1)}:${canonical(o[k], depth + 1)}`).join(",")}}`;
}

/** @param {unknown} value */
export const canonicalBytes = (value) => ascii(canonical(value));

/**
 * The value of a document; anything but its one canonical spelling is an Error.
 * A repeated key or another spelling of a number cannot survive the comparison.
 * @param {Uint8Array} bytes
 * @param {number} [limit]
 * @returns {any}
 */
export function parse(bytes, limit = 2 ** 23) {
  if (bytes.length > limit) throw new Error("document too large");
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const value = JSON.parse(text);
  if (compare(canonicalBytes(value), bytes) !== 0) throw new Error("not canonical JSON");
  return value;
}

/**
 * The lines of a file, each with the line feed that ends it; the last one may lack it.
 * @param {Uint8Array} bytes
 */
export function splitLines(bytes) {
  const out = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at) + 1 || bytes.length;
    out.push(bytes.subarray(at, end));
    at = end;
  }
  return out;
}

/** The document of one line. @param {Uint8Array} line */
export function parseLine(line) {
  if (line[line.length - 1] !== 10) throw new Error("the last line has no line feed");
  return parse(line.subarray(0, -1));
}

/**
 * Documents, each ended by one line feed.
 * @param {Uint8Array} bytes
 * @returns {any[]}
 */
export const parseLines = (bytes) => splitLines(bytes).map(parseLine);

/**
 * An object with exactly these members.
 * @param {unknown} value
 * @param {string[]} names
 * @param {string} where
 * @returns {Record<string, any>}
 */
export function members(value, names, where) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error(`${where} is no object`);
  const have = Object.keys(value).sort().join(" ");
  if (have !== [...names].sort().join(" ")) throw new Error(`${where} has other members: ${have.slice(0, 120)}`);
  return /** @type {Record<string, any>} */ (value);
}

/**
 * Lowercase hexadecimal of `length` bytes.
 * @param {unknown} value
 * @param {number} length
 * @param {string} where
 */
export function bytesMember(value, length, where) {
  if (typeof value !== "string" || !/^(?:[0-9a-f]{2})*$/.test(value) || value.length !== 2 * length) {
    throw new Error(`${where} is not ${length} bytes in hexadecimal`);
  }
  return new Uint8Array(Buffer.from(value, "hex"));
}

/**
 * @param {unknown} value
 * @param {number} low
 * @param {number} high
 * @param {string} where
 */
export function intMember(value, low, high, where) {
  if (!Number.isSafeInteger(value) || Number(value) < low || Number(value) > high) {
    throw new Error(`${where} is no integer of ${low}..${high}`);
  }
  return Number(value);
}

/**
 * UTC with whole seconds, in seconds since 1970.
 * @param {unknown} value
 * @param {string} where
 */
export function timeMember(value, where) {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) {
    throw new Error(`${where} is no time`);
  }
  const ms = Date.parse(value);
  const again = Number.isNaN(ms) ? "" : `${new Date(ms).toISOString().slice(0, 19)}Z`;
  if (again !== value) throw new Error(`${where} is no time of the calendar`);
  return ms / 1000;
}
