// The verdicts of the twin on hostile bytes: JSON in, JSON out. TWIN is the built module; run by
// test_twin_differential.py. In: a poll, registrars' keys, and questions by kind. Out: for each
// question "good" or the number of the check that refused it; any other error ends the run.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const twin = await import(pathToFileURL(process.env.TWIN).href);
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

const { poll: described, registrars, questions } = JSON.parse(readFileSync(0, "utf8"));
const poll = twin.makePoll({
  ...described, pollId: bytes(described.pollId),
  optionKeys: described.optionKeys.map(bytes), tokenKey: bytes(described.tokenKey),
});
const keys = twin.makeTokenKeys(
  poll.pollId, registrars.threshold, bytes(described.tokenKey), registrars.shares.map(bytes),
);

const asking = {
  ballot: ({ data }) => twin.verifyBallot(poll, bytes(data)),
  opening: ({ data, shown }) => twin.checkOpening(poll, bytes(data), bytes(shown)),
  token: ({ key, data }) => twin.verifyToken(keys, bytes(key), bytes(data)),
  share: ({ registrar, blinded, data }) =>
    twin.checkShare(keys, registrar, bytes(blinded), bytes(data)),
  grant: ({ registrar, identity, blinded, data, commitment, signature }) =>
    twin.checkGrant(keys, bytes(identity), bytes(blinded), {
      registrar, share: bytes(data), commitment: bytes(commitment), signature: bytes(signature),
    }),
  receipt: ({ text, ballot, origin, key }) =>
    twin.checkReceipt(text, bytes(ballot), { origin, public: bytes(key) }),
  promise: ({ text, ballot, origin, key, latest }) =>
    twin.checkPromise(text, bytes(ballot), { origin, public: bytes(key) }, new Date(latest)),
  signature: ({ key, data, message }) => {
    if (!twin.signatureHolds(bytes(key), bytes(data), bytes(message))) {
      throw new twin.Refusal("entry", "no signature");
    }
  },
  nonce: ({ blinded, challenges, expected }) => {
    if (twin.registrationNonce(poll.pollId, bytes(blinded), challenges.map(bytes)) !== expected) {
      throw new twin.Refusal("N-03", "another nonce");
    }
  },
};

function verdict(question) {
  try {
    asking[question.kind](question);
    return "good";
  } catch (error) {
    if (error instanceof twin.Refusal) return error.check;
    throw error;
  }
}

process.stdout.write(JSON.stringify(questions.map(verdict)));
