/** Bytes, integers and text (SPEC section 3): big-endian, fixed lengths. */

/** `value` in `length` bytes; the caller knows that it fits. */
export function integer(value: number | bigint, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let rest = BigInt(value);
  for (let at = length - 1; at >= 0; at--) {
    out[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

/** The non-negative integer that big-endian bytes stand for; 0 for no bytes. */
export function toInteger(data: Uint8Array): bigint {
  return data.length === 0 ? 0n : BigInt(`0x${toHex(data)}`);
}

/** Two bytes. */
export const u16 = (value: number): Uint8Array => integer(value, 2);

/** Four bytes. */
export const u32 = (value: number): Uint8Array => integer(value, 4);

/** All parts, one behind the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether public bytes are the same; the time tells where they differ. */
export function same(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** Lowercase hexadecimal. */
export function toHex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of ASCII or other text, as UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
