// Signed notes with a checkpoint (C2SP signed-note and tlog-checkpoint; SPEC section 16).
import { ascii, compare, u8 } from "./bytes.mjs";
import { verify } from "./ed25519.mjs";
import { sha256 } from "./transcript.mjs";

/**
 * The four bytes that name a key in a signature line.
 * @param {string} name
 * @param {Uint8Array} key
 */
export const keyId = (name, key) => sha256(ascii(`${name}\n`), u8(1), key).subarray(0, 4);

/** @param {string} text */
function base64(text) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new Error("not canonical base64");
  return new Uint8Array(bytes);
}

/** @param {string} line */
function signatureLine(line) {
  const parts = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
  if (parts === null) throw new Error("not a signature line");
  const bytes = base64(parts[2]);
  if (bytes.length < 5) throw new Error("signature too short");
  return { name: parts[1], id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

/**
 * The parts of a note: exactly three lines, an empty line, 1 to 16 signature lines.
 * @param {string} text
 */
function dissect(text) {
  if (typeof text !== "string" || text.length > 2 ** 16) throw new Error("a note is text of at most 2^16 characters");
  // eslint-disable-next-line no-control-regex
  if (/(?!\n)\p{Cc}/u.test(text) || !text.isWellFormed()) throw new Error("control characters");
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length < 5 || lines.length > 20 || lines[3] !== "") {
    throw new Error("not a signed checkpoint");
  }
  const [origin, size, hash] = lines;
  if (!/^(?:0|[1-9]\d{0,14})$/.test(size) || Number(size) >= 2 ** 48) throw new Error("size of a checkpoint");
  const root = base64(hash);
  if (root.length !== 32) throw new Error("root of a checkpoint");
  const signatures = lines.slice(4).map(signatureLine);
  return { origin, size: Number(size), root, body: `${origin}\n${size}\n${hash}\n`, signatures };
}

/**
 * Size and root of a checkpoint that the log's key signed. Signatures under another name or
 * id are ignored; every one under the log's own must hold, and there is at least one.
 * @param {string} text
 * @param {string} origin
 * @param {Uint8Array} key
 */
export function openCheckpoint(text, origin, key) {
  const note = dissect(text);
  if (note.origin !== origin) throw new Error("another origin");
  const id = keyId(origin, key);
  const own = note.signatures.filter((s) => s.name === origin && compare(s.id, id) === 0);
  if (own.length === 0) throw new Error("not signed by the log's key");
  const body = ascii(note.body);
  if (!own.every((s) => verify(key, body, s.signature))) throw new Error("signature does not hold");
  return { size: note.size, root: note.root };
}
