// What the openid4vc libraries leave to a wallet: keys, signatures, encryption, hashes, randomness.
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { clientAuthenticationAnonymous, setGlobalConfig } from "@openid4vc/oauth2";
import * as jose from "jose";

// Plain http is taken on loopback only: the service under test runs on this machine.
setGlobalConfig({ allowInsecureUrls: true });

export async function newKey() {
  const { privateKey, publicKey } = await jose.generateKeyPair("ES256", { extractable: true });
  return { private: await jose.exportJWK(privateKey), public: await jose.exportJWK(publicKey) };
}

export function callbacksFor(keys) {
  return {
    hash: (data, algorithm) =>
      new Uint8Array(createHash(algorithm.replace("-", "")).update(data).digest()),
    generateRandom: (length) => new Uint8Array(randomBytes(length)),
    clientAuthentication: clientAuthenticationAnonymous(),
    fetch,
    signJwt: async (signer, { header, payload }) => {
      const key = keys.find((one) => one.public.x === signer.publicJwk.x);
      const imported = await jose.importJWK(key.private, "ES256");
      const jwt = await new jose.SignJWT(payload).setProtectedHeader(header).sign(imported);
      return { jwt, signerJwk: key.public };
    },
    verifyJwt: async (signer, { compact }) => {
      if (signer.method !== "x5c") return { verified: false };
      const certificate = new X509Certificate(Buffer.from(signer.x5c[0], "base64"));
      const jwk = await jose.exportJWK(certificate.publicKey);
      try {
        await jose.compactVerify(compact, certificate.publicKey, { algorithms: ["ES256"] });
        return { verified: true, signerJwk: jwk };
      } catch {
        return { verified: false };
      }
    },
    getX509CertificateMetadata: (text) => {
      const names = new X509Certificate(Buffer.from(text, "base64")).subjectAltName ?? "";
      const of = (kind) =>
        names.split(", ").filter((n) => n.startsWith(kind)).map((n) => n.slice(kind.length));
      return { sanDnsNames: of("DNS:"), sanUriNames: of("URI:") };
    },
    encryptJwe: async (encryptor, data) => {
      const key = await jose.importJWK(encryptor.publicJwk, "ECDH-ES");
      const header = { alg: "ECDH-ES", enc: encryptor.enc, kid: encryptor.publicJwk.kid };
      const jwe = await new jose.CompactEncrypt(new TextEncoder().encode(data))
        .setProtectedHeader(header)
        .encrypt(key);
      return { jwe, encryptionJwk: encryptor.publicJwk };
    },
    decryptJwe: async () => ({ decrypted: false }),
  };
}
