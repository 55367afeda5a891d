// OpenID4VP 1.0: read a request, choose credentials by its DCQL query, answer it once.
import { Openid4vpClient } from "@openid4vc/openid4vp";
import { digest, ES256, generateSalt } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import * as jose from "jose";
import { callbacksFor } from "./callbacks.mjs";

export async function present(requestText, held, { deny = false } = {}) {
  const client = new Openid4vpClient({ callbacks: callbacksFor([]) });
  const parsed = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: requestText });
  const { authorizationRequestPayload, client: verifier, dcql } =
    await client.resolveOpenId4vpAuthorizationRequest({
      authorizationRequestPayload: parsed.params,
    });
  const asked = {
    audience: verifier.effective,
    prefix: verifier.prefix,
    mode: authorizationRequestPayload.response_mode,
    query: dcql?.query,
  };
  if (deny) return { asked, ...(await refuse(authorizationRequestPayload)) };
  const vpToken = {};
  for (const query of dcql.query.credentials) {
    const chosen = await choose(query, held);
    vpToken[query.id] = [await show(chosen, query, authorizationRequestPayload.nonce, asked.audience)];
  }
  const made = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload,
    authorizationResponsePayload: { vp_token: vpToken },
    clientMetadata: authorizationRequestPayload.client_metadata,
    ...(asked.mode === "direct_post.jwt" ? { jarm: encryption(authorizationRequestPayload) } : {}),
  });
  const { response } = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload,
    authorizationResponsePayload: made.authorizationResponsePayload,
    jarm: made.jarm,
  });
  return { asked, status: response.status, body: await response.json() };
}

function encryption(payload) {
  return {
    encryption: { nonce: payload.nonce },
    serverMetadata: {
      authorization_signing_alg_values_supported: [],
      authorization_encryption_alg_values_supported: ["ECDH-ES"],
      authorization_encryption_enc_values_supported: ["A128GCM", "A256GCM"],
    },
  };
}

async function refuse(payload) {
  const body = new URLSearchParams({ error: "access_denied", state: payload.state });
  const response = await fetch(payload.response_uri, { method: "POST", body });
  return { status: response.status, body: await response.json() };
}

async function choose(query, held) {
  for (const one of held) {
    if (one.used) continue;
    const claims = await new SDJwtVcInstance({ hasher: digest }).getClaims(one.credential);
    if (query.meta.vct_values.includes(claims.vct) && query.claims.every((c) => fits(c, claims))) {
      one.used = true;
      return one;
    }
  }
  throw new Error(`the wallet holds nothing for ${query.id}`);
}

function fits(asked, claims) {
  const value = asked.path.reduce((inside, step) => inside?.[step], claims);
  return value !== undefined && (!asked.values || asked.values.includes(value));
}

async function show(chosen, query, nonce, audience) {
  const instance = new SDJwtVcInstance({
    hasher: digest,
    hashAlg: "sha-256",
    saltGenerator: generateSalt,
    kbSigner: await ES256.getSigner(chosen.key),
    kbSignAlg: "ES256",
  });
  const claims = jose.decodeJwt(chosen.credential.split("~")[0]);
  const frame = {};
  for (const { path } of query.claims) if (!(path[0] in claims)) frame[path[0]] = true;
  const payload = { iat: Math.floor(Date.now() / 1000), nonce, aud: audience };
  return instance.present(chosen.credential, frame, { kb: { payload } });
}
