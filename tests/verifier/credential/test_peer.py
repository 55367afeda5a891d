"""The same SD-JWTs, read by an independent implementation (the package ``sd-jwt``), both ways."""

import json
from datetime import UTC, datetime
from typing import Any

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from contracts.evidence.encoding import b64u_encode
from tests.simulators.issuer import Seeded
from verifier.credential.inclusion import LogPlace
from verifier.credential.issuance import Copy, CredentialOrder, Hidden, issue
from verifier.credential.key_binding import Challenge
from verifier.credential.keys import PublicKey, SigningKey, public_jwk
from verifier.credential.presentation import HeldCredential, bind
from verifier.credential.sdjwt import verify_sd_jwt

ISSUER, HOLDER = SigningKey.of_secret(33), SigningKey.of_secret(44)
NONCE, AUDIENCE = "1234567890", "https://verifier.test"


def peer_key(key: SigningKey) -> JWK:
    private = b64u_encode(key.secret.to_bytes(32, "big"))
    return JWK.from_json(json.dumps({**public_jwk(key.point), "d": private}))


def test_what_we_issue_and_present_is_accepted_by_the_peer() -> None:
    order = CredentialOrder(
        issuer="https://issuer.test",
        vct="urn:test",
        claims={
            "address": Hidden({"city": "서울", "street": Hidden("세종대로")}),
            "list": [Hidden("a"), "b"],
        },
        issued=datetime(2026, 11, 20, tzinfo=UTC),
        expires=datetime(2027, 11, 20, tzinfo=UTC),
        decoys=2,
    )
    issued = issue(order, Copy(HOLDER.point, None, LogPlace("log", 0)), ISSUER, Seeded())
    chosen = HeldCredential.of(issued.text).select([("address", "street"), ("list", 0)])
    text = bind(chosen, NONCE, AUDIENCE, order.issued, HOLDER)
    peer = SDJWTVerifier(text, lambda *_: peer_key(ISSUER), AUDIENCE, NONCE)
    ours = verify_sd_jwt(
        text,
        PublicKey.of(ISSUER.point),
        challenge=Challenge(NONCE, AUDIENCE),
        at=order.issued,
    )
    assert peer.get_verified_payload() == ours.claims
    assert ours.claims["address"] == {"city": "서울", "street": "세종대로"}


def test_what_the_peer_issues_and_presents_is_accepted_by_us() -> None:
    claims: dict[Any, Any] = {
        "iss": "https://issuer.test",
        "exp": 1_900_000_000,
        SDObj("name"): "홍길동 (synthetic)",
        SDObj("address"): {SDObj("street"): "x", "city": "y"},
        "list": [SDObj("a"), "b"],
    }
    issued = SDJWTIssuer(claims, peer_key(ISSUER), peer_key(HOLDER), add_decoy_claims=True)
    holder = SDJWTHolder(issued.sd_jwt_issuance)
    disclose = {"name": True, "address": {"street": True}, "list": [False]}
    holder.create_presentation(disclose, NONCE, AUDIENCE, peer_key(HOLDER))
    text = holder.sd_jwt_presentation
    bound_at = json.loads(_payload(text.rpartition("~")[2]))["iat"]
    verified = verify_sd_jwt(
        text,
        PublicKey.of(ISSUER.point),
        challenge=Challenge(NONCE, AUDIENCE),
        at=datetime.fromtimestamp(bound_at, UTC),
    )
    peer = SDJWTVerifier(text, lambda *_: peer_key(ISSUER), AUDIENCE, NONCE)
    assert peer.get_verified_payload() == verified.claims
    assert verified.claims["address"] == {"street": "x", "city": "y"}
    assert verified.claims["list"] == ["b"]


def _payload(token: str) -> bytes:
    from contracts.evidence.encoding import b64u_decode

    return b64u_decode(token.split(".")[1])
