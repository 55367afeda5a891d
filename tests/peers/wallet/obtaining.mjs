// OpenID4VCI 1.0: from an offer and a transaction code to credentials, each bound to its own key.
import { Openid4vciClient } from "@openid4vc/openid4vci";
import { callbacksFor, newKey } from "./callbacks.mjs";

const TRIES = 20;

export async function obtain(offerText, txCode, copies) {
  const keys = await Promise.all(Array.from({ length: copies }, newKey));
  const client = new Openid4vciClient({ callbacks: callbacksFor(keys) });
  const offer = await client.resolveCredentialOffer(offerText);
  const issuerMetadata = await client.resolveIssuerMetadata(offer.credential_issuer);
  const { accessTokenResponse } = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({
    credentialOffer: offer,
    issuerMetadata,
    txCode,
  });
  const taken = [];
  for (const configuration of offer.credential_configuration_ids) {
    const session = { client, issuerMetadata, accessToken: accessTokenResponse.access_token };
    taken.push(...(await take(session, configuration, keys)));
  }
  return { issuer: offer.credential_issuer, taken };
}

async function take(session, configuration, keys) {
  const { client, issuerMetadata, accessToken } = session;
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const proofs = [];
  for (const key of keys) {
    const signer = { method: "jwk", publicJwk: key.public, alg: "ES256" };
    const { jwt } = await client.createCredentialRequestJwtProof({
      issuerMetadata,
      credentialConfigurationId: configuration,
      signer,
      nonce,
      issuedAt: new Date(),
    });
    proofs.push(jwt);
  }
  const answer = await client.retrieveCredentials({
    issuerMetadata,
    accessToken,
    credentialConfigurationId: configuration,
    proofs: { jwt: proofs },
  });
  const { response, deferred } = await settle(session, answer.credentialResponse);
  await client.sendNotification({
    issuerMetadata,
    accessToken,
    notification: { notificationId: response.notification_id, event: "credential_accepted" },
  });
  return response.credentials.map((one, index) => ({
    configuration,
    credential: one.credential,
    key: keys[index].private,
    deferred,
  }));
}

async function settle({ client, issuerMetadata, accessToken }, first) {
  let response = first;
  for (let tries = 0; tries < TRIES && response.transaction_id; tries += 1) {
    await new Promise((done) => setTimeout(done, 50));
    const later = await client.retrieveDeferredCredentials({
      issuerMetadata,
      accessToken,
      transactionId: response.transaction_id,
    });
    response = later.deferredCredentialResponse;
  }
  return { response, deferred: Boolean(first.transaction_id) };
}
