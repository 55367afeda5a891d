"""Issuer, key and leave at the time of issuance (C-36, C-37, C-43 to C-47)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.evidence.snapshot import Ending, Period
from tests.simulators.issuer import Chain, SimulatedIssuer, material
from tests.simulators.world import World
from verifier.credential.bundle import EvidenceBundle
from verifier.credential.standing import MAX_SNAPSHOT_AGE, Policy
from verifier.credential.trust import TrustMaterial
from verifier.errors import (
    IssuanceTimeError,
    IssuerSuspendedError,
    KeyCompromisedError,
    KeyNotValidError,
    NotAccreditedError,
    SnapshotTooOldError,
    StatusUndeterminedError,
    UnknownIssuerError,
    UnknownKeyError,
    UnknownLogError,
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("offset", "believed"),
    [
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
        (-timedelta(days=1), True),
        (-timedelta(days=1, seconds=1), False),
    ],
)
def test_iat_lies_near_the_time_of_anchoring(
    world: World, offset: timedelta, *, believed: bool
) -> None:
    credential = world.issue(issued=world.chain.now + offset)
    world.issuer.anchor()
    if believed:
        world.check(credential)
        return
    world.chain.wait(timedelta(minutes=2))
    with pytest.raises(IssuanceTimeError):
        world.check(credential)


def test_a_key_replaced_in_order_is_good_until_the_next_checkpoint(world: World) -> None:
    signed_before = world.issue()
    old = world.issuer.end_key(Ending.ORDERLY)
    world.issuer.publish_status()
    world.chain.wait(timedelta(minutes=1))
    world.issuer.anchor()
    world.check(signed_before)
    backdated = world.issue(key=old, issued=world.chain.now - timedelta(minutes=2))
    world.chain.wait(timedelta(minutes=1))
    world.issuer.anchor()
    with pytest.raises(KeyNotValidError):
        world.check(backdated)


def test_a_replaced_key_does_not_sign_what_says_it_came_later(world: World) -> None:
    world.anchored()
    old = world.issuer.end_key(Ending.ORDERLY)
    world.issuer.publish_status()
    world.chain.wait(timedelta(minutes=5))
    credential = world.issue(key=old)
    world.issuer.anchor()
    with pytest.raises(KeyNotValidError):
        world.check(credential)


def test_a_compromised_key_is_never_believed_even_for_earlier_credentials(world: World) -> None:
    credential = world.anchored()
    world.chain.wait(timedelta(days=1))
    world.issuer.publish_status()
    world.check(credential)
    world.issuer.end_key(Ending.COMPROMISED)
    world.issuer.publish_status()
    with pytest.raises(KeyCompromisedError):
        world.check(credential)


def test_a_key_added_after_the_issuance_is_not_good(world: World) -> None:
    credential = world.anchored()
    keys = [
        replace(k, period=Period(world.chain.now + timedelta(seconds=1)))
        for k in world.issuer.record.keys
    ]
    world.issuer.change(keys=tuple(keys))
    with pytest.raises((KeyNotValidError, StatusUndeterminedError)):
        world.check(credential)


def test_a_withdrawn_issuer_is_judged_as_the_registry_says(world: World) -> None:
    credential = world.anchored()
    world.chain.wait(timedelta(minutes=1))
    before = world.issuer.record
    world.issuer.withdraw(Ending.ORDERLY)
    world.check(credential)
    late = world.anchored()
    with pytest.raises(NotAccreditedError):
        world.check(late)
    world.issuer.change(accreditations=before.accreditations)
    world.issuer.withdraw(Ending.COMPROMISED)
    with pytest.raises(NotAccreditedError):
        world.check(credential)


def test_what_is_issued_during_a_suspension_is_not_believed(world: World) -> None:
    credential = world.anchored()
    during = Period(world.chain.now, world.chain.now + timedelta(minutes=1), Ending.ORDERLY)
    world.issuer.change(suspensions=(during,))
    with pytest.raises(IssuerSuspendedError):
        world.check(credential)
    after = Period(world.chain.now + timedelta(seconds=1))
    world.issuer.change(suspensions=(after,))
    world.check(credential)


def test_an_issuer_or_log_that_the_registry_does_not_know(world: World) -> None:
    credential = world.anchored()
    trust = material(world.issuer)
    strange = Chain()
    empty = TrustMaterial.assemble(strange.snapshot(), EvidenceBundle())
    with pytest.raises(UnknownIssuerError):
        world.check(credential, empty)
    with pytest.raises(UnknownLogError):
        world.check(credential, replace(trust, logs={}))


def test_a_key_of_another_issuer_does_not_sign_for_this_one(world: World) -> None:
    other = SimulatedIssuer(world.chain, iss="https://issuer.test/other")
    credential = world.issue(key=other.key)
    world.issuer.anchor()
    with pytest.raises(UnknownKeyError):
        world.check(credential, material(world.issuer, other))


def test_a_snapshot_older_than_the_policy_takes_leaves_everything_open(world: World) -> None:
    credential = world.anchored(status=False)
    trust = material(world.issuer)
    plain = Policy(require_status=False)
    world.chain.wait(MAX_SNAPSHOT_AGE)
    world.check(credential, trust, plain)
    world.chain.wait(timedelta(seconds=1))
    with pytest.raises(SnapshotTooOldError):
        world.check(credential, trust, plain)
    world.check(credential, trust, replace(plain, max_snapshot_age=None))
    world.check(credential, material(world.issuer), plain)


def test_what_an_old_snapshot_speaks_against_stays_rejected(world: World) -> None:
    credential = world.anchored(status=False)
    world.issuer.end_key(Ending.COMPROMISED)
    trust = material(world.issuer)
    world.chain.wait(timedelta(days=150))
    with pytest.raises(KeyCompromisedError):
        world.check(credential, trust, Policy(require_status=False))
