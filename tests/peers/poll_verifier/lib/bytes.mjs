// Bytes, integers and comparison (SPEC section 3, the table of encodings).

/** A refusal that carries the number of the check that made it. */
export class Refused extends Error {
  /**
   * @param {string} check
   * @param {string} message
   * @param {number} [culprit]
   */
  constructor(check, message, culprit = 0) {
    super(`${check}: ${message}`);
    this.check = check;
    this.culprit = culprit;
  }
}

/** @param {Uint8Array} b */
export const hex = (b) => Buffer.from(b.buffer, b.byteOffset, b.length).toString("hex");

/** @param {string} s */
export function unhex(s) {
  if (typeof s !== "string" || !/^(?:[0-9a-f]{2})*$/.test(s)) {
    throw new Error("not lowercase hexadecimal");
  }
  return new Uint8Array(Buffer.from(s, "hex"));
}

/** @param {...Uint8Array} parts */
export const join = (...parts) => new Uint8Array(Buffer.concat(parts));

/** @param {string} text */
export const ascii = (text) => new Uint8Array(Buffer.from(text, "utf8"));

/**
 * Big-endian integer of `length` bytes.
 * @param {number|bigint} value
 * @param {number} length
 */
export function uint(value, length) {
  const v = BigInt(value);
  if (v < 0n || v >= 1n << BigInt(8 * length)) throw new Error("integer out of range");
  return unhex(v.toString(16).padStart(2 * length, "0"));
}
export const u8 = (/** @type {number|bigint} */ v) => uint(v, 1);
export const u16 = (/** @type {number|bigint} */ v) => uint(v, 2);
export const u32 = (/** @type {number|bigint} */ v) => uint(v, 4);
export const u64 = (/** @type {number|bigint} */ v) => uint(v, 8);
export const u256 = (/** @type {number|bigint} */ v) => uint(v, 32);

/** @param {Uint8Array} b */
export const toInt = (b) => (b.length === 0 ? 0n : BigInt(`0x${hex(b)}`));

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export const compare = (a, b) => Buffer.compare(a, b);

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export const equal = (a, b) => a.length === b.length && compare(a, b) === 0;

/**
 * The items of a file of fixed-length items; null if the length does not divide.
 * @param {Uint8Array} bytes
 * @param {number} size
 */
export function items(bytes, size) {
  if (bytes.length % size !== 0) return null;
  const out = [];
  for (let at = 0; at < bytes.length; at += size) out.push(bytes.subarray(at, at + size));
  return out;
}

/** Reads bytes front to back; every shortage is an Error. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** @param {number} n */
  take(n) {
    if (this.at + n > this.bytes.length) throw new Error("bytes end too early");
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  /** @param {number} n */
  int(n) {
    return Number(toInt(this.take(n)));
  }

  get left() {
    return this.bytes.length - this.at;
  }
}

/** A scalar as the vectors write it. @param {bigint} v */
export const scalarHex = (v) => hex(uint(v, 32));
