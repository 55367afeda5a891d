/** What the test vectors reach: the public functions, and the inner ones that SPEC.md describes. */

export * from "./index.js";
export { add, double, fromPoint, negate, NEUTRAL, toPoint } from "./addition.js";
export { trackingCode } from "./ballot.js";
export { FixedBase } from "./fixed_base.js";
export {
  decodeG1, decodeG1Evm, decodeG2, decodeScalar, encodeG1, encodeG1Evm, G1, G2, hashToG1,
  SECOND_GENERATOR,
} from "./group.js";
export { Hedge } from "./randomness.js";
export { sealWithGivenRandomForVectors, sealWithGivenSecretsForVectors } from "./sealing.js";
export { signatureHolds } from "./signature.js";
export { slackKeys, slackWeights, splitSlack } from "./slack.js";
export { blindWithGivenBlindForVectors, tokenPoint } from "./tokens.js";
export { challenge, transcriptHash } from "./transcript.js";
