"""The examples of RFC 9901 and of SD-JWT VC; see ``tests/vectors/ORIGIN.md``."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from verifier.credential.disclosure import parse_disclosure
from verifier.credential.errors import (
    SignatureError,
)
from verifier.credential.key_binding import Challenge
from verifier.credential.keys import PublicKey
from verifier.credential.sdjwt import verify_sd_jwt

VECTORS = Path(__file__).parents[2] / "vectors"
FILES = {
    name: json.loads((VECTORS / name).read_text(encoding="utf-8"))
    for name in ("sd_jwt_rfc9901.json", "sd_jwt_vc_draft18.json")
}
TOKENS = [
    pytest.param(file, index, id=f"{file} {index} {token['section']}")
    for file, content in FILES.items()
    for index, token in enumerate(content["tokens"])
]
DISCLOSURES = [entry for content in FILES.values() for entry in content["disclosures"]]
WITHIN = datetime(2026, 11, 20, tzinfo=UTC)


def test_the_vectors_are_all_there() -> None:
    assert [len(content["tokens"]) for content in FILES.values()] == [9, 5]
    assert [len(content["disclosures"]) for content in FILES.values()] == [87, 37]


def test_every_disclosure_has_its_digest() -> None:
    for entry in DISCLOSURES:
        disclosure = parse_disclosure(entry["b64"])
        assert disclosure.digest == entry["digest"]
        assert disclosure.value == entry["json"][-1]
        assert disclosure.name == (entry["json"][1] if len(entry["json"]) == 3 else None)


def verify(file: str, token: dict[str, Any], text: str) -> dict[str, Any]:
    key = PublicKey.of_jwk(FILES[file]["issuer_jwk"])
    bound = token["kb_payload"]
    if bound is None:
        return verify_sd_jwt(text, key, challenge=None, at=WITHIN).claims
    challenge = Challenge(bound["nonce"], bound["aud"])
    at = datetime.fromtimestamp(bound["iat"], UTC)
    return verify_sd_jwt(text, key, challenge=challenge, at=at).claims


@pytest.mark.parametrize(("file", "index"), TOKENS)
def test_every_token_verifies_and_shows_its_disclosures(file: str, index: int) -> None:
    token = FILES[file]["tokens"][index]
    text = token["compact"] if "~" in token["compact"] else token["compact"] + "~"
    claims = verify(file, token, text)
    plain = {n: v for n, v in token["payload"].items() if n not in {"_sd", "_sd_alg"}}
    assert plain.keys() <= claims.keys()
    members = [
        d["json"] for d in token["disclosures"] if d["digest"] in token["payload"].get("_sd", [])
    ]
    for _, name, _ in members:
        assert name in claims
    assert claims.keys() == plain.keys() | {name for _, name, _ in members}
    assert '"_sd"' not in json.dumps(claims)


@pytest.mark.parametrize(("file", "index"), TOKENS)
def test_no_token_verifies_with_a_changed_signature(file: str, index: int) -> None:
    token = FILES[file]["tokens"][index]
    head, _, rest = (token["compact"] + "~").partition("~")
    body, _, signature = head.rpartition(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    with pytest.raises(SignatureError):
        verify(
            file,
            token,
            f"{body}.{flipped}~{rest.removesuffix('~')}"
            if "~" in token["compact"]
            else f"{body}.{flipped}~",
        )


def test_the_structured_address_of_the_rfc_is_put_together() -> None:
    token = FILES["sd_jwt_rfc9901.json"]["tokens"][3]
    claims = verify("sd_jwt_rfc9901.json", token, token["compact"])
    disclosed = {d["json"][1]: d["json"][2] for d in token["disclosures"]}
    assert claims["address"].items() >= disclosed.items()
