// One exchange with Python: JSON in, JSON out. TWIN is the built module; run by test_twin.py.
//
// In: poll, and for it ballots to check, choices to cast, choices to open (made with a random
// source that gives zeros, so that both sides must arrive at the same bytes), receipts to check.
// Out: for each ballot its code or the number of the check that refused it; the ballots and codes
// that were cast; openings and codes; for each receipt its place or refusal.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const twin = await import(pathToFileURL(process.env.TWIN).href);
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (data) => Buffer.from(data).toString("hex");

function outcome(act) {
  try {
    return act();
  } catch (error) {
    if (error instanceof twin.Refusal) return { refused: error.check };
    throw error;
  }
}

function cast(poll, { secret, token, votes, sequence }) {
  const key = twin.ballotKeyOf(BigInt(`0x${secret}`));
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const sealed = twin.seal(poll, { votes, sequence, attempt: 0 }, key.public, seed);
  return { code: hex(sealed.code), ballot: hex(sealed.cast(key, bytes(token))) };
}

function opening(poll, { votes, key }) {
  const choice = { votes, sequence: 1, attempt: 1 };
  const [seed, zeros] = [new Uint8Array(32).fill(7), (count) => new Uint8Array(count)];
  const sealed = twin.sealWithGivenRandomForVectors(poll, choice, bytes(key), seed, zeros);
  return { code: hex(sealed.code), opening: hex(sealed.open()) };
}

function place({ receipt, ballot, origin, key }) {
  const found = twin.checkReceipt(receipt, bytes(ballot), { origin, public: bytes(key) });
  return { index: found.index, size: found.checkpoint.size, root: hex(found.checkpoint.root) };
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const { pollId, optionKeys, tokenKey, ...numbers } = asked.poll;
const poll = twin.makePoll({
  ...numbers, pollId: bytes(pollId), optionKeys: optionKeys.map(bytes), tokenKey: bytes(tokenKey),
});
const answer = {
  checked: asked.ballots.map((ballot) =>
    outcome(() => ({ code: hex(twin.verifyBallot(poll, bytes(ballot)).code) }))),
  cast: asked.choices.map((choice) => cast(poll, choice)),
  openings: asked.openings.map((choice) => opening(poll, choice)),
  places: asked.receipts.map((receipt) => outcome(() => place(receipt))),
};
process.stdout.write(JSON.stringify(answer));
