"""Any wallet: the OpenID4VCI 1.0 issuer and the OpenID4VP 1.0 verifier."""
