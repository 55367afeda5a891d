"""Inputs to start from: sound ones of every kind, from the vectors and the simulators."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import cbor2

from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from contracts.evidence.encoding import Json, b64u_decode, canonical
from contracts.evidence.merkle import leaf_hash
from contracts.evidence.promise import Promise, sign_promise
from contracts.evidence.receipt import Receipt
from contracts.evidence.snapshot_file import encode_snapshot
from tests.simulators.cwt_forger import ISSUED, ForgedCwt, list_of
from tests.simulators.issuer import Seeded
from tests.simulators.sd_jwt_forger import AT, NONCE, NOW, SALT, sound
from tests.soak.worlds import NOTE_KEY, ORIGIN, issued_document, poll, presented
from verifier.credential.bundle import encode_bundle, encode_presentation
from verifier.credential.file_digest import encode_document
from verifier.credential.keys import SigningKey, public_jwk
from verifier.credential.presentation import HeldCredential
from verifier.credential.request import encode_request
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.decision import decide, propose
from verifier.eligibility.evaluation import Outcome, evaluate
from verifier.services import read_service_file
from voting.contest.poll_counts import PollCounts
from voting.contest.rules import ContestRules
from voting.crypto.ballot import ballot_length, ordinates_of, parse_ballot
from voting.poll import record
from voting.poll.documents import PublishedSum

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> dict[str, Any]:
    """A file of vectors."""
    value: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return value


def seeds() -> dict[str, list[bytes]]:
    """At least one input that is accepted for each target, by its name."""
    return {**_evidence(), **_credentials(), **_statuses(), **_bundles(), **_rules(), **_polls()}


def _evidence() -> dict[str, list[bytes]]:
    checkpoint = Checkpoint(ORIGIN, 1, leaf_hash(b"synthetic"))
    note = sign_checkpoint(checkpoint, NOTE_KEY).encode()
    promise = sign_promise(Promise(ORIGIN, leaf_hash(b""), AT), NOTE_KEY).encode()
    receipt = Receipt(0, (), sign_checkpoint(Checkpoint(ORIGIN, 1, bytes(32)), NOTE_KEY))
    _, snapshot, _ = presented()
    return {
        "json": [b'{"a":[1,-2.5e3,true,null,"\\u00e9\\ud83d\\ude00"],"b":{}}', b"1.0e-7"],
        "canonical json": [b'{"a":[1,true,null,"x"],"b":{}}'],
        "base64url": [b"AQID", b"_-8"],
        "time": [b"2026-11-20T07:02:00Z"],
        "hash": [b"00" * 32],
        "checkpoint": [note],
        "checkpoint text": [note.partition(b"\n\n")[0] + b"\n"],
        "signed checkpoint": [note.partition(b"\n\n")[0] + b"\n"],
        "promise": [promise],
        "signed promise": [promise.partition(b"\n\n")[0] + b"\n"],
        "receipt": [receipt.text().encode()],
        "tile": [b"\0\1\0" + bytes(32), b"\0\3\2" + bytes(96)],
        "snapshot": [encode_snapshot(snapshot)],
    }


def _credentials() -> dict[str, list[bytes]]:
    forged = sound()
    payload = json.dumps({**forged.payload, "_sd": ["@1", "@2"], "list": [{"...": "@3"}]}).encode()
    disclosures = [["s", "a", {"_sd": ["@3"]}], ["s", "b", 1], ["s", "inner", [True]]]
    nested = [json.dumps(one).encode() for one in disclosures]
    flat = b"\n".join([payload.replace(b'"@2"', b'"x"'), *nested[:1]])
    deep = b"\n".join([payload.replace(b', "list": [{"...": "@3"}]', b""), *nested])
    deep = deep.replace(b'{"iss"', b'{"vct":"urn:x","iss"')
    binding = {"iat": NOW, "nonce": NONCE, "aud": "https://verifier.test", "sd_hash": "@"}
    rfc = [one["compact"].encode() for one in vectors("sd_jwt_rfc9901.json")["tokens"]]
    world, _, presentation = presented()
    held = HeldCredential.of(presentation.answers["work"][0].rpartition("~")[0] + "~")
    shown = [b64u_decode(disclosure.text) for disclosure in held.sd_jwt.disclosures]
    plain = canonical(held.sd_jwt.jws.payload)
    assert world.issuer.iss.encode() in plain
    return {
        "sd-jwt": [forged.text().encode(), forged.bound().encode(), *rfc],
        "sd-jwt form": [forged.bound().encode(), *rfc],
        "sd-jwt header": [b'{"alg":"ES256","typ":"test+sd-jwt","kid":"k"}'],
        "signed sd-jwt": [deep, flat],
        "key binding": [json.dumps({**binding, "exp": NOW + 9, "nbf": NOW}).encode()],
        "disclosure": [json.dumps([SALT, "given_name", "John"]).encode(), b'["s",{}]'],
        "public key": [json.dumps(public_jwk(SigningKey.of_secret(7).point)).encode()],
        "answer": [presentation.answers["work"][0].encode()],
        "credential": [b"\n".join([plain, *shown])],
    }


def _statuses() -> dict[str, list[bytes]]:
    value = vectors("status_list.json")
    claims = {"sub": "https://s.test", "iat": ISSUED - 200000, "ttl": 60, "exp": ISSUED + 9}
    jwt = {**claims, "nbf": 1, "status_list": {"bits": 1, "lst": value["short"][0]["lst"]}}
    cwt = ForgedCwt().claims
    sound_cwt = {**cwt, 5: 1, 6: NOW - 60, 65533: list_of(bytes(8), 2)}
    return {
        "status jwt": [value["status_list_jwt"].encode()],
        "status jwt claims": [json.dumps(jwt).encode()],
        "status cwt": [bytes.fromhex(value["status_list_cwt"]), ForgedCwt().token()],
        "status cwt claims": [cbor2.dumps(sound_cwt)],
        "status cwt header": [cbor2.dumps(ForgedCwt().protected)],
        "status list in cbor": [bytes.fromhex(one["cbor_hex"]) for one in value["short"]],
        "cbor": [cbor2.dumps([1, -1, "a", b"b", {"c": [None, True]}, 1 << 40])],
    }


def _bundles() -> dict[str, list[bytes]]:
    world, _, presentation = presented()
    return {
        "request": [encode_request(world.request())],
        "evidence bundle": [encode_bundle(presentation.evidence)],
        "presentation": [encode_presentation(presentation)],
        "document": [encode_document(issued_document())],
    }


def _rules() -> dict[str, list[bytes]]:
    catalogue = load_catalogue()
    policy = catalogue.latest_policy("bulk-issuance", date(2026, 11, 20))
    evaluation = evaluate(policy, [], policy.round.opens.value)
    proposal = propose(policy, evaluation, "case-1")
    decision = decide(
        proposal,
        Outcome.NOT_ELIGIBLE,
        "[시험] 담당자",
        at=AT,
        rng=Seeded(),
        written_reason="synthetic reason",
    )
    median = read_service_file("median-income.yaml")
    types = read_service_file("credential-types.yaml")
    short = types[: types.index(b"  - id: school-record")]
    return {
        "yaml": [b'a: [1, "x", true, 2026-01-02]\nb: { c: null }\n', median],
        "service": [read_service_file("bulk-issuance.yaml")],
        "cases": [read_service_file("bulk-issuance.cases.yaml")],
        "credential types": [short],
        "median income": [median],
        "decision": [decision.canonical()],
    }


def _polls() -> dict[str, list[bytes]]:
    definition, files = poll()
    ballots = files[record.BALLOTS]
    length = ballot_length(definition.shape)
    beside = ordinates_of(parse_ballot(ballots[:length], definition.context()))
    contest = definition.contest
    assert contest is not None
    rules: Json = ContestRules.to_json(contest.rules)
    opened = json.loads(files[record.OPENED])["openings"][0]
    trustees = files[record.TRUSTEE_CEREMONY]
    message = trustees[4 : 4 + int.from_bytes(trustees[:4], "big")]
    checks = files[record.CHECKS]
    counts = PollCounts(3, {"a": 1}).to_json()
    partials = vectors("poll/decryption.json")["partials"]
    groups = vectors("poll/groups.json")
    point = bytes.fromhex(groups["g1"][0]["compressed"])
    posted = canonical({"ballot": ballots[:length].hex(), "refused": "B-06"})
    return {
        "definition": [files[record.DEFINITION]],
        "ballot": [ballots[:length]],
        "ordinates": [ballots[:length] + beside],
        "ceremony": [trustees],
        "ceremony message": [message],
        "opening": [checks[: len(checks) // 3]],
        "partial decryption": [bytes.fromhex(partials[0])],
        "proof of knowledge": [point + bytes(31) + b"\1"],
        "point of G2": [bytes.fromhex(groups["g2"][0]["compressed"])],
        "token log": [files[record.token_names(1)[0]]],
        "board checkpoints": [files[record.CHECKPOINTS]],
        "inbox": [posted],
        "endorsements": [files[record.ENDORSEMENTS]],
        "manifest": [files[record.MANIFEST]],
        "aggregate": [PublishedSum(3, bytes(32), 3, (point, point), AT).to_bytes()],
        "opened sheets": [files[record.OPENED]],
        "sheet": [canonical(opened["sheet"])],
        "sheet opening": [canonical(opened)],
        "contest rules": [canonical(rules)],
        "counts": [canonical(counts)],
        "panel": [files[record.PANEL]],
        "entries": [files[record.ENTRIES]],
    }
