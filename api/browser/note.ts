/**
 * Signed notes (C2SP signed-note), Ed25519 only.
 *
 * Signatures by unknown keys are ignored, as the format demands.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { join, same, utf8 } from "./encoding.js";
import { refuseUnless } from "./errors.js";
import { signatureHolds } from "./signature.js";

const MAX_NOTE_CHARACTERS = 65536;
const MAX_SIGNATURES = 16;
const KEY_ID_BYTES = 4;
const ED25519 = 1;
/** No plus and no white space; spelled out, as `\s` is not the same set in every language. */
const ORIGIN = new RegExp(
  "^[^+\\u0009-\\u000d\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a" +
  "\\u2028\\u2029\\u202f\\u205f\\u3000]{1,255}$", "u",
);

/** The public key that a log signs with, under the log's origin as its name. */
export interface LogKey {
  readonly origin: string;
  /** 32 bytes. */
  readonly public: Uint8Array;
}

/** Which refusal a malformed text ends in. */
export type TextCheck = "checkpoint" | "promise" | "proof";

/**
 * Verify a signed note under the log's key.
 *
 * @param note the whole note, final newline included; hostile.
 * @param originOf finds the origin in the text, or refuses it.
 * @returns the text, final newline included.
 * @throws Refusal `checkpoint`.
 */
export function openNote(note: string, key: LogKey, originOf: (text: string) => string): string {
  const [text, lines] = splitNote(note);
  demand(originOf(text) === key.origin, "the note is another log's");
  const id = keyId(key);
  const ours = lines.map(parseSignature).filter((line) =>
    line.name === key.origin && same(line.keyId, id));
  demand(ours.length > 0, "the note is not signed by its log");
  const signed = utf8(text);
  const good = ours.every((line) => signatureHolds(key.public, line.signature, signed));
  demand(good, "a signature by the log's key does not verify");
  return text;
}

/** Whether a text can name a log: 1 to 255 characters, no space and no plus. */
export const isOrigin = (name: string): boolean => ORIGIN.test(name);

/**
 * Standard base64 in its one spelling.
 *
 * @throws Refusal with the number given.
 */
export function decodeBase64(text: string, check: TextCheck): Uint8Array {
  refuseUnless(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, check, "not base64");
  const binary = atob(text);
  refuseUnless(btoa(binary) === text, check, "base64 text is not canonical");
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

interface SignatureLine {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

function demand(condition: boolean, message: string): asserts condition {
  refuseUnless(condition, "checkpoint", message);
}

function splitNote(note: string): [string, string[]] {
  demand(note.length <= MAX_NOTE_CHARACTERS, "a note is too long");
  demand(!/[\u0000-\u0009\u000b-\u001f]/.test(note), "a note holds no control characters");
  const at = note.lastIndexOf("\n\n");
  demand(at >= 0 && at + 2 < note.length && note.endsWith("\n"), "a note has signature lines");
  const lines = note.slice(at + 2, -1).split("\n");
  demand(lines.length <= MAX_SIGNATURES, "a note has too many signatures");
  return [note.slice(0, at + 1), lines];
}

function parseSignature(line: string): SignatureLine {
  const [dash, name = "", encoded = "", ...more] = line.split(" ");
  const blob = decodeBase64(encoded, "checkpoint");
  const form = dash === "—" && isOrigin(name) && more.length === 0;
  demand(form && blob.length > KEY_ID_BYTES, "malformed signature line");
  return { name, keyId: blob.slice(0, KEY_ID_BYTES), signature: blob.slice(KEY_ID_BYTES) };
}

/** First four bytes of `SHA-256(name | 0x0A | 0x01 | public key)` (C2SP signed-note). */
function keyId(key: LogKey): Uint8Array {
  const hashed = sha256(join(utf8(`${key.origin}\n`), Uint8Array.of(ED25519), key.public));
  return hashed.slice(0, KEY_ID_BYTES);
}
