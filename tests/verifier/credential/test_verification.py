"""Requests, answers, and several credentials of one person (stages 1, 9 and 10)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.evidence.encoding import Json
from tests.simulators.issuer import VCT, Chain, Seeded, SimulatedIssuer, answer, ask, material
from tests.simulators.world import CLAIMS, PATHS, World
from verifier.credential.errors import (
    AudienceError,
    ExpiredError,
    KeyBindingMissingError,
    KeyBindingTimeError,
    MissingClaimError,
    NonceError,
)
from verifier.credential.issuance import Hidden
from verifier.credential.jws import sign_jws
from verifier.credential.keys import SigningKey
from verifier.credential.presentation import HeldCredential, bind
from verifier.credential.report import report_on
from verifier.credential.standing import PersonProof, Policy
from verifier.credential.verification import BurntNonces, VerifiedPresentation, verify
from verifier.errors import (
    CredentialTypeError,
    EvidenceClaimError,
    NotOnePersonError,
    PendingAnchorError,
    ReplayedError,
    RequestedClaimError,
    RequestTimeError,
    UnansweredError,
    UndeterminedError,
)


@pytest.fixture
def world() -> World:
    return World()


def test_the_request_is_answered_while_it_is_open(world: World) -> None:
    credential = world.anchored()
    request = world.request()
    trust = material(world.issuer)
    last = request.expires - timedelta(seconds=1)
    text = answer(credential, world.holder, request, PATHS, last)
    verify({"work": [text]}, request, trust, last, Policy())
    for moment in (request.expires, request.issued - timedelta(seconds=1)):
        with pytest.raises(RequestTimeError):
            verify({"work": [text]}, request, trust, moment, Policy())


def test_every_query_has_exactly_one_answer(world: World) -> None:
    credential = world.anchored()
    request = world.request()
    text = answer(credential, world.holder, request, PATHS, world.chain.now)
    for answers in ({}, {"work": []}, {"work": [text, text]}, {"work": [text], "more": [text]}):
        with pytest.raises(UnansweredError):
            verify(answers, request, material(world.issuer), world.chain.now, Policy())


def test_type_and_claims_are_those_that_were_asked_for(world: World) -> None:
    credential = world.anchored()
    request = ask(world.chain, [("work", VCT + "/other", PATHS)])
    trust = material(world.issuer)
    text = answer(credential, world.holder, request, PATHS, world.chain.now)
    with pytest.raises(CredentialTypeError):
        verify({"work": [text]}, request, trust, world.chain.now, Policy())
    request = ask(world.chain, [("work", VCT, [("hours",)])])
    with pytest.raises(RequestedClaimError):
        verify({"work": [text]}, request, trust, world.chain.now, Policy())


def test_an_answer_to_another_request_or_verifier_is_refused(world: World) -> None:
    credential = world.anchored()
    request, trust, now = world.request(), material(world.issuer), world.chain.now
    for changed, error in (
        (replace(request, nonce="another"), NonceError),
        (replace(request, audience="https://other.test"), AudienceError),
    ):
        text = answer(credential, world.holder, changed, PATHS, now)
        with pytest.raises(error):
            verify({"work": [text]}, request, trust, now, Policy())
    unbound = HeldCredential.of(credential.text).select(PATHS)
    with pytest.raises(KeyBindingMissingError):
        verify({"work": [unbound]}, request, trust, now, Policy())
    stale = answer(credential, world.holder, request, PATHS, now - timedelta(seconds=301))
    with pytest.raises(KeyBindingTimeError):
        verify({"work": [stale]}, request, trust, now, Policy())


def test_a_replay_key_burns_once(world: World) -> None:
    verified = world.check(world.anchored())
    burnt = BurntNonces().burn(verified.replay_key)
    with pytest.raises(ReplayedError):
        burnt.burn(verified.replay_key)
    burnt.burn(bytes(32))


def test_an_expired_credential_is_refused(world: World) -> None:
    credential = world.anchored()
    world.chain.wait(timedelta(days=180) - timedelta(minutes=1, seconds=1))
    world.issuer.publish_status()
    world.check(credential)
    world.chain.wait(timedelta(seconds=1))
    with pytest.raises(ExpiredError):
        world.check(credential)


def two_credentials(
    persons: tuple[str | None, str | None], policy: Policy, *, same_key: bool
) -> VerifiedPresentation:
    chain = Chain()
    issuers = [SimulatedIssuer(chain), SimulatedIssuer(chain, iss="https://issuer.test/school")]
    first = SigningKey.generate(Seeded(b"first"))
    second = first if same_key else SigningKey.generate(Seeded(b"second"))
    credentials = []
    for issuer, key, person in zip(issuers, (first, second), persons, strict=True):
        claims = {**CLAIMS, **({} if person is None else {"person": Hidden(person)})}
        credentials.append(issuer.issue(claims, key))
        issuer.anchor()
    paths = [[("insured",), *([] if p is None else [("person",)])] for p in persons]
    request = ask(chain, [("a", VCT, paths[0]), ("b", VCT, paths[1])])
    answers = {
        name: [answer(credential, key, request, path, chain.now)]
        for name, credential, key, path in zip(
            "ab", credentials, (first, second), paths, strict=True
        )
    }
    return verify(answers, request, material(*issuers), chain.now, policy)


ALICE, BOB = "A" * 43, "E" * 43


def test_two_credentials_under_one_key_are_about_one_person() -> None:
    assert (
        two_credentials((None, None), Policy(), same_key=True).person_proof is PersonProof.SAME_KEY
    )
    with pytest.raises(NotOnePersonError):
        two_credentials((None, None), Policy(), same_key=False)


def test_two_credentials_with_one_person_value_are_about_one_person() -> None:
    proof = two_credentials((ALICE, ALICE), Policy(), same_key=False).person_proof
    assert proof is PersonProof.PERSON_CLAIM
    for persons in ((ALICE, BOB), (ALICE, None), ("short", "short")):
        with pytest.raises(NotOnePersonError) as caught:
            two_credentials(persons, Policy(), same_key=False)
        assert isinstance(caught.value, UndeterminedError)


def test_one_key_does_not_make_two_named_persons_one() -> None:
    for persons in ((ALICE, ALICE), (ALICE, None)):
        proof = two_credentials(persons, Policy(), same_key=True).person_proof
        assert proof is PersonProof.SAME_KEY
    with pytest.raises(NotOnePersonError):
        two_credentials((ALICE, BOB), Policy(), same_key=True)


def test_a_policy_chooses_the_proofs_of_one_person() -> None:
    only_claim = Policy(person_proofs=frozenset({PersonProof.PERSON_CLAIM}))
    with pytest.raises(NotOnePersonError):
        two_credentials((None, None), only_claim, same_key=True)
    with pytest.raises(NotOnePersonError):
        two_credentials((ALICE, ALICE), Policy(person_proofs=frozenset()), same_key=True)


def resigned(world: World, changes: dict[str, Json], dropped: str) -> str:
    """The issuer's own signature over a changed payload, anchored and bound to the request."""
    held = HeldCredential.of(world.issue().text)
    payload = {n: v for n, v in held.sd_jwt.jws.payload.items() if n != dropped} | changes
    bare = sign_jws(dict(held.sd_jwt.jws.header), payload, world.issuer.key)
    text = "~".join([bare, *(d.text for d in held.sd_jwt.disclosures), ""])
    request = world.request()
    return bind(text, request.nonce, request.audience, world.chain.now, world.holder)


def test_a_credential_without_exp_is_refused_though_it_ends_otherwise(world: World) -> None:
    w3c: dict[str, Json] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "validUntil": "2030-01-01T00:00:00Z",
    }
    text = resigned(world, w3c, "exp")
    request, trust = world.request(), material(world.issuer)
    with pytest.raises(MissingClaimError):
        verify({"work": [text]}, request, trust, world.chain.now, Policy())
    report = report_on({"work": [text]}, request, trust, world.chain.now, Policy())
    assert [finding.check for finding in report.findings] == ["", "C-21"]
    # With exp the same text goes on to what was anchored: another token stands there.
    text = resigned(world, w3c, "")
    with pytest.raises(PendingAnchorError):
        verify({"work": [text]}, request, trust, world.chain.now, Policy())


def test_a_credential_that_does_not_say_where_it_stands_is_refused(world: World) -> None:
    credential = world.anchored()
    held = HeldCredential.of(credential.text)
    payload = {n: v for n, v in held.sd_jwt.jws.payload.items() if n != "evidence"}
    bare = sign_jws(dict(held.sd_jwt.jws.header), payload, world.issuer.key)
    text = "~".join([bare, *(d.text for d in held.sd_jwt.disclosures), ""])
    request = world.request()
    bound = bind(text, request.nonce, request.audience, world.chain.now, world.holder)
    with pytest.raises(EvidenceClaimError):
        verify({"work": [bound]}, request, material(world.issuer), world.chain.now, Policy())
