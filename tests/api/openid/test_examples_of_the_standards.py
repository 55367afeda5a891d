"""The example messages of OpenID4VCI 1.0 and OpenID4VP 1.0: accepted or refused as they say."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.openid.credential_request import parse_credential_request
from api.openid.dcql import DcqlQuery, parse_dcql
from api.openid.errors import InvalidCredentialRequestError, OfferFormError, QueryFormError
from api.openid.offering import parse_offer
from api.openid.token_request import parse_details
from verifier.credential.presentation import HeldCredential

VCI = Path(__file__).parents[2] / "vectors" / "openid4vci"
VP = Path(__file__).parents[2] / "vectors" / "openid4vp"
QUERIES = sorted((VP / "query_lang").glob("*.json"))


def body_of(name: str) -> bytes:
    """A message's body: the examples carry HTTP headers where the file is a text."""
    data = (VCI / name).read_bytes()
    return data.split(b"\n\n", 1)[1] if name.endswith(".txt") else data


@pytest.mark.parametrize(
    ("name", "configurations", "code", "tx_code"),
    [
        ("credential_offer_authz_code.txt", 1, None, False),
        ("credential_offer_by_reference.json", 1, "adhjhdjajkdkhjhdj", True),
        ("credential_offer_multiple_credentials.json", 2, "oaKazRN8I0IbtZ0C7JuMn5", True),
        ("credential_offer_pre-authz_code.json", 1, "adhjhdjajkdkhjhdj", True),
    ],
)
def test_offers_of_the_standard_are_read(
    name: str, configurations: int, code: str | None, *, tx_code: bool
) -> None:
    offer = parse_offer(body_of(name))
    assert len(offer.configurations) == configurations
    assert (offer.code, offer.tx_code) == (code, tx_code)


@pytest.mark.parametrize(
    "change",
    [
        {"credential_issuer": "http://credential-issuer.example.com"},
        {"credential_issuer": None},
        {"credential_configuration_ids": []},
        {"credential_configuration_ids": ["a", "a"]},
        {"credential_configuration_ids": [7]},
        {"grants": []},
        {"grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {}}},
    ],
)
def test_an_offer_that_breaks_one_rule_is_refused(change: dict[str, Any]) -> None:
    document = json.loads(body_of("credential_offer_pre-authz_code.json"))
    with pytest.raises(OfferFormError):
        parse_offer(json.dumps({**document, **change}).encode())


@pytest.mark.parametrize(
    "tx_code", [[], {"input_mode": "voice"}, {"length": 0}, {"description": "x" * 301}]
)
def test_an_offer_with_an_impossible_transaction_code_is_refused(tx_code: object) -> None:
    document = json.loads(body_of("credential_offer_pre-authz_code.json"))
    next(iter(document["grants"].values()))["tx_code"] = tx_code
    with pytest.raises(OfferFormError):
        parse_offer(json.dumps(document).encode())


def test_the_request_of_an_older_draft_is_refused() -> None:
    """The file names a format instead of a configuration, which 1.0 has no more."""
    with pytest.raises(InvalidCredentialRequestError):
        parse_credential_request(body_of("credential_request_iso_mdl.json"), batch=1)


@pytest.mark.parametrize(
    "path", sorted(VCI.glob("authorization_details*.json")), ids=lambda p: p.stem
)
def test_authorization_details_of_the_standard_are_read(path: Path) -> None:
    value = json.loads(path.read_text())
    names = parse_details(path.read_text())
    assert names == tuple(entry["credential_configuration_id"] for entry in value)


def test_the_credential_of_the_standard_is_held() -> None:
    text = body_of("credential_response_sd_jwt_vc.txt").decode()
    joined = "".join(line.strip() for line in text.splitlines())
    credential = json.loads(joined)["credentials"][0]["credential"]
    assert len(HeldCredential.of(credential).held) == 9


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_queries_of_the_standard_are_read(path: Path) -> None:
    document = json.loads(path.read_text())
    query = parse_dcql(document)
    assert [one.id for one in query.credentials] == [c["id"] for c in document["credentials"]]
    assert len(query.sets) == len(document.get("credential_sets", []))


@pytest.mark.parametrize("name", ["dcql_jwt_vc", "dcql_ldp_vc"])
def test_queries_for_other_formats_are_read(name: str) -> None:
    document = json.loads((VP / "request" / f"{name}.json").read_text())
    assert isinstance(parse_dcql(document), DcqlQuery)


def sound() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (VP / "query_lang" / "claims_alternatives.json").read_text()
    )
    return document


def test_the_query_that_is_broken_below_is_sound() -> None:
    assert parse_dcql(sound()).credentials[0].claim_sets == (("a", "c", "d", "e"), ("a", "b", "e"))


def break_id(query: dict[str, Any]) -> None:
    query["credentials"][0]["id"] = "p i d"


def break_types(query: dict[str, Any]) -> None:
    query["credentials"][0]["meta"] = {"vct_values": []}


def break_meta(query: dict[str, Any]) -> None:
    del query["credentials"][0]["meta"]


def break_sets(query: dict[str, Any]) -> None:
    query["credentials"][0]["claim_sets"] = [["a", "z"]]


def break_claim_id(query: dict[str, Any]) -> None:
    del query["credentials"][0]["claims"][0]["id"]


def double_claim_id(query: dict[str, Any]) -> None:
    query["credentials"][0]["claims"][0]["id"] = "b"


def double_credential(query: dict[str, Any]) -> None:
    query["credentials"] *= 2


def empty_claims(query: dict[str, Any]) -> None:
    query["credentials"][0]["claims"] = []


def negative_index(query: dict[str, Any]) -> None:
    query["credentials"][0]["claims"][0]["path"] = ["a", -1]


def truth_as_step(query: dict[str, Any]) -> None:
    query["credentials"][0]["claims"][0]["path"] = [True]


def empty_values(query: dict[str, Any]) -> None:
    query["credentials"][0]["claims"][0]["values"] = []


def unknown_credential(query: dict[str, Any]) -> None:
    query["credential_sets"] = [{"options": [["other"]]}]


def no_credentials(query: dict[str, Any]) -> None:
    query["credentials"] = []


@pytest.mark.parametrize(
    "spoil",
    [
        break_id,
        break_types,
        break_meta,
        break_sets,
        break_claim_id,
        double_claim_id,
        double_credential,
        empty_claims,
        negative_index,
        truth_as_step,
        empty_values,
        unknown_credential,
        no_credentials,
    ],
)
def test_a_query_that_breaks_one_rule_is_refused(spoil: Any) -> None:
    query = sound()
    spoil(query)
    with pytest.raises(QueryFormError):
        parse_dcql(query)
