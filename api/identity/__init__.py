"""How staff are recognised: passkeys (WebAuthn) and an identity provider (OpenID Connect)."""
