/**
 * Signed checkpoints: C2SP tlog-checkpoint inside a C2SP signed note, Ed25519 only.
 *
 * Extension lines are refused, as nobody audits them; signatures by unknown keys are ignored, as
 * the format demands.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { join, same, utf8 } from "./encoding.js";
import { Refusal, refuseUnless } from "./errors.js";

const MAX_NOTE_CHARACTERS = 65536;
const MAX_SIGNATURES = 16;
const MAX_TREE_SIZE = 2 ** 48;
const KEY_ID_BYTES = 4;
const HASH_BYTES = 32;
const ED25519 = 1;
const ORIGIN = /^[^\s+]{1,255}$/u;
const SIZE = /^(?:0|[1-9][0-9]{0,14})$/;

/** The public key that a log signs with, under the log's origin as its name. */
export interface LogKey {
  readonly origin: string;
  /** 32 bytes. */
  readonly public: Uint8Array;
}

/** A log's state. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Verify a signed note under the log's key.
 *
 * Not checked: that the checkpoint was anchored.
 *
 * @param note the whole note, final newline included; hostile.
 * @throws Refusal `checkpoint`.
 */
export function openCheckpoint(note: string, key: LogKey): Checkpoint {
  const [text, lines] = splitNote(note);
  const checkpoint = parseText(text);
  demand(checkpoint.origin === key.origin, "the checkpoint is another log's");
  const id = keyId(key);
  const ours = lines.map(parseSignature).filter((line) =>
    line.name === key.origin && same(line.keyId, id));
  demand(ours.length > 0, "the checkpoint is not signed by its log");
  for (const line of ours) demand(verifies(key, line.signature, text), "bad signature");
  return checkpoint;
}

/**
 * Standard base64 in its one spelling.
 *
 * @throws Refusal with the number given.
 */
export function decodeBase64(text: string, check: "checkpoint" | "proof"): Uint8Array {
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

function parseText(text: string): Checkpoint {
  const [origin = "", size = "", root = "", rest, ...more] = text.split("\n");
  demand(rest === "" && more.length === 0, "a checkpoint has three lines");
  demand(ORIGIN.test(origin), "an origin has 1 to 255 characters, no space and no plus");
  demand(SIZE.test(size) && Number(size) < MAX_TREE_SIZE, "the size is no plain decimal");
  const digest = decodeBase64(root, "checkpoint");
  demand(digest.length === HASH_BYTES, "a root has 32 bytes");
  return { origin, size: Number(size), root: digest };
}

function parseSignature(line: string): SignatureLine {
  const [dash, name = "", encoded = "", ...more] = line.split(" ");
  const blob = decodeBase64(encoded, "checkpoint");
  const form = dash === "—" && ORIGIN.test(name) && more.length === 0;
  demand(form && blob.length > KEY_ID_BYTES, "malformed signature line");
  return { name, keyId: blob.slice(0, KEY_ID_BYTES), signature: blob.slice(KEY_ID_BYTES) };
}

/** First four bytes of `SHA-256(name | 0x0A | 0x01 | public key)` (C2SP signed-note). */
function keyId(key: LogKey): Uint8Array {
  const hashed = sha256(join(utf8(`${key.origin}\n`), Uint8Array.of(ED25519), key.public));
  return hashed.slice(0, KEY_ID_BYTES);
}

/** RFC 8032 without the laxer rules of ZIP 215; malformed keys and signatures are refused. */
function verifies(key: LogKey, signature: Uint8Array, text: string): boolean {
  if (key.public.length !== 32 || signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, utf8(text), key.public, { zip215: false });
  } catch (error) {
    throw new Refusal("checkpoint", `the signature cannot be checked: ${String(error)}`);
  }
}
