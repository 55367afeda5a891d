"""Requests, evidence bundles and presentation files, and what a verifier asks others for."""

import hashlib
import json
from dataclasses import replace

import pytest

from contracts.evidence.encoding import Json
from tests.simulators.issuer import VCT, ask
from tests.simulators.world import World
from verifier.credential.bundle import (
    EvidenceBundle,
    PresentationFile,
    decode_bundle,
    decode_presentation,
    encode_bundle,
    encode_presentation,
)
from verifier.credential.needs import needs_of
from verifier.credential.request import (
    consent_nonce,
    decode_request,
    encode_request,
    find_claim,
    fresh_nonce,
    prove_consent,
)
from verifier.errors import (
    BundleFormError,
    EvidenceClaimError,
    RequestFormError,
)


@pytest.fixture
def world() -> World:
    return World()


def test_a_request_is_read_back(world: World) -> None:
    request = ask(world.chain, [("work", VCT, [("a",), ("b", None, "c"), ("d", 0)])])
    for changed in (request, replace(request, state="s", consent=None)):
        assert decode_request(encode_request(changed)) == changed


@pytest.mark.parametrize(
    "change",
    [
        {"version": "dojang-request-v2"},
        {"id": ""},
        {"nonce": 1},
        {"audience": None},
        {"credentials": []},
        {"credentials": [{"id": "a", "vct": "v", "claims": []}] * 2},
        {"credentials": [{"id": "a", "vct": "v", "claims": [[]]}]},
        {"credentials": [{"id": "a", "vct": "v", "claims": [[-1]]}]},
        {"credentials": [{"id": "a", "vct": "v", "claims": [[True]]}]},
        {"credentials": [{"id": "a", "vct": "v", "claims": ["a"]}]},
        {"credentials": [{"id": "a", "vct": "v", "claims": [], "more": 1}]},
        {"expires": "2026-11-20T07:00:00Z"},
        {"issued": "2026-11-20 07:00"},
        {"consent": "AAAA"},
        {"more": 1},
    ],
)
def test_a_malformed_request_is_refused(world: World, change: dict[str, Json]) -> None:
    value = json.loads(encode_request(world.request()))
    decode_request(json.dumps(value).encode())
    with pytest.raises(RequestFormError):
        decode_request(json.dumps({**value, **change}).encode())


def test_a_nonce_proves_the_consent_it_was_made_for(world: World) -> None:
    request, randomness = world.request(), bytes(32)
    prove_consent(request, randomness)
    other = hashlib.sha256(b"another text").digest()
    for changed in (
        replace(request, consent=other),
        replace(request, id="request-2"),
        replace(request, nonce=fresh_nonce(bytes)),
        replace(request, consent=None),
    ):
        with pytest.raises(RequestFormError):
            prove_consent(changed, randomness)
    with pytest.raises(RequestFormError):
        prove_consent(request, bytes(31) + b"\x01")
    with pytest.raises(RequestFormError):
        consent_nonce("request-1", other, bytes(16))


def test_replay_keys_differ_by_request_and_by_nonce(world: World) -> None:
    request = world.request()
    keys = {
        request.replay_key(),
        replace(request, id="request-2").replay_key(),
        replace(request, nonce="another").replay_key(),
    }
    assert len(keys) == 3


def test_a_path_finds_members_elements_and_all_elements() -> None:
    claims: Json = {"a": {"b": [1, {"c": 2}, {"c": None}]}}
    assert find_claim(claims, ("a", "b", 0)) == [1]
    assert find_claim(claims, ("a", "b", None, "c")) == [2, None]
    for path in (("x",), ("a", 0), ("a", "b", 3), ("a", "b", "c"), ("a", None)):
        assert find_claim(claims, path) == []


def test_a_bundle_and_a_presentation_file_are_read_back(world: World) -> None:
    credential = world.anchored()
    bundle = world.issuer.evidence()
    full = EvidenceBundle(bundle.tiles, (world.issuer.receipt(credential),), bundle.status_lists)
    assert decode_bundle(encode_bundle(full)) == full
    presentation = PresentationFile({"work": (credential.text,)}, full)
    assert decode_presentation(encode_presentation(presentation)) == presentation


@pytest.mark.parametrize(
    "change",
    [
        {"version": "x"},
        {"tiles": [{}]},
        {"tiles": [{"log": "00", "index": 0, "leaves": "", "paths": []}]},
        {"receipts": [1]},
        {"receipts": ["no receipt"]},
        {"status_lists": [{"uri": "u"}]},
        {"status_lists": [{"uri": "u", "token": "t", "fetched": "now"}]},
        {"more": 1},
    ],
)
def test_a_malformed_bundle_is_refused(world: World, change: dict[str, Json]) -> None:
    world.anchored()
    value = json.loads(encode_bundle(world.issuer.evidence()))
    decode_bundle(json.dumps(value).encode())
    broken = json.dumps({**value, **change}).encode()
    with pytest.raises(BundleFormError):
        decode_bundle(broken)


@pytest.mark.parametrize("answers", [{}, {"a": []}, {"a": "x"}, {"a": [1]}, []])
def test_a_presentation_file_without_answers_is_refused(answers: Json) -> None:
    presentation = PresentationFile({"a": ("x",)}, EvidenceBundle())
    value = json.loads(encode_presentation(presentation))
    with pytest.raises(BundleFormError):
        decode_presentation(json.dumps({**value, "answers": answers}).encode())


def test_what_is_fetched_names_no_credential(world: World) -> None:
    first, second = world.issue(), world.issue()
    assert first.evidence != second.evidence
    assert needs_of([first.text]) == needs_of([second.text])
    needs = needs_of([first.text])
    assert needs.tiles == {(world.issuer.origin, 0)}
    assert needs.status_lists == {world.issuer.list_uri}


def test_only_the_tile_tells_two_credentials_apart(world: World) -> None:
    first = world.issue()
    world.issuer.pad(255)
    second = world.issue()
    assert second.evidence.index == 256
    assert needs_of([first.text, second.text]).tiles == {
        (world.issuer.origin, 0),
        (world.issuer.origin, 1),
    }


def test_needs_of_something_else_are_not_guessed() -> None:
    from tests.simulators.sd_jwt_forger import sound

    with pytest.raises(EvidenceClaimError):
        needs_of([sound().text()])
