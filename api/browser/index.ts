/**
 * The voter's side of the poll in a browser or in node: voting/SPEC.md in TypeScript.
 *
 * Everything named `..ForVectors` takes what must be secret from its caller and exists for test
 * vectors only.
 */

export { type CheckNumber, Refusal } from "./errors.js";
export { makePoll, type Poll, type PollParameters } from "./poll.js";
export {
  type BallotKey, ballotKeyOf, type BlindedKey, blindKey, checkShare, makeBallotKey, makeTokenKeys,
  type TokenKeys, unblind, verifyToken,
} from "./tokens.js";
export { type Choice, seal, type SealedChoice } from "./sealing.js";
export { checkOpening, type Opening } from "./opening.js";
export { type VerifiedBallot, verifyBallot } from "./verification.js";
export { checkGrant, type Grant, registrationNonce } from "./registration.js";
export type { Checkpoint } from "./checkpoint.js";
export type { LogKey } from "./note.js";
export { checkPromise } from "./promise.js";
export { checkReceipt, type Place } from "./receipt.js";
