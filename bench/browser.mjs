// What a ballot of 9/3 costs in node, cold and warm: one process, one JSON line. TWIN is the built
// module, POLL its parameters; run by bench/browser.py.

import { pathToFileURL } from "node:url";

const REPEATS = 15;
const asked = JSON.parse(process.env.POLL);
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

function clock() {
  const started = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(started[1]);
    return { elapsed: performance.now() - started[0], cpu: (user + system) / 1000 };
  };
}

const whole = clock();
const loading = clock();
const twin = await import(pathToFileURL(process.env.TWIN).href);
const loaded = loading();

const preparing = clock();
const poll = twin.makePoll({
  ...asked, pollId: bytes(asked.pollId), optionKeys: asked.optionKeys.map(bytes),
  tokenKey: bytes(asked.tokenKey),
});
const prepared = preparing();
const key = twin.ballotKeyOf(BigInt(`0x${asked.secret}`));
const token = bytes(asked.token);
const seed = crypto.getRandomValues(new Uint8Array(32));
const choice = { votes: [1, 1, 1, 0, 0, 0, 0, 0, 0], sequence: 1, attempt: 0 };

function make() {
  const timer = clock();
  const ballot = twin.seal(poll, choice, key.public, seed).cast(key, token);
  return { ...timer(), bytes: ballot.length };
}

const first = make();
const total = whole();
const later = Array.from({ length: REPEATS }, make);
console.log(JSON.stringify({ loaded, prepared, first, total, later }));
