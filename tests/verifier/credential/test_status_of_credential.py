"""The status of a credential: each outcome by its own error (stage 8, C-48 to C-53)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.simulators.issuer import SimulatedIssuer
from tests.simulators.world import World
from verifier.credential.standing import Policy
from verifier.credential.trust import TrustMaterial
from verifier.errors import (
    ApplicationStatusError,
    RejectedError,
    RevokedError,
    StatusClaimError,
    StatusDoubt,
    StatusIndexError,
    StatusUndeterminedError,
    SuspendedError,
    UndeterminedError,
    VerifierError,
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("value", "error"),
    [(1, RevokedError), (2, SuspendedError), (3, ApplicationStatusError)],
)
def test_each_status_but_valid_is_refused_by_its_own_error(
    world: World, value: int, error: type[VerifierError]
) -> None:
    credential = world.anchored()
    neighbour = world.anchored()
    world.issuer.set_status(credential, value)
    with pytest.raises(error):
        world.check(credential)
    world.check(neighbour)
    world.issuer.set_status(credential, 0)
    world.check(credential)


def test_an_older_status_list_shown_again_leaves_the_status_open(world: World) -> None:
    credential = world.anchored()
    old = world.issuer.evidence()
    world.chain.wait(timedelta(minutes=1))
    world.issuer.set_status(credential, 1)
    replayed = TrustMaterial.assemble(world.chain.snapshot(), old)
    with pytest.raises(StatusUndeterminedError) as caught:
        world.check(credential, replayed)
    assert caught.value.doubt is StatusDoubt.REPLACED


def test_a_status_that_cannot_be_known_is_neither_valid_nor_revoked(world: World) -> None:
    credential = world.anchored()
    bundle = world.issuer.evidence()
    listed = bundle.status_lists[0]
    other = SimulatedIssuer(world.chain, iss="https://issuer.test/other")
    cases = {
        StatusDoubt.UNAVAILABLE: (),
        StatusDoubt.MALFORMED: (replace(listed, token=listed.token + "."),),
        StatusDoubt.SUBJECT: (replace(listed, token=other.token),),
        StatusDoubt.SIGNATURE: (replace(listed, token=listed.token[:-4] + "AAAA"),),
        StatusDoubt.TOO_OLD: (replace(listed, fetched=world.chain.now - timedelta(hours=12)),),
    }
    for doubt, lists in cases.items():
        trust = TrustMaterial.assemble(world.chain.snapshot(), replace(bundle, status_lists=lists))
        with pytest.raises(StatusUndeterminedError) as caught:
            world.check(credential, trust)
        assert caught.value.doubt is doubt
        assert isinstance(caught.value, UndeterminedError)
        assert not isinstance(caught.value, RejectedError)


def test_a_status_list_that_was_never_anchored_says_nothing(world: World) -> None:
    credential = world.anchored()
    bundle = world.issuer.evidence()
    world.chain.status.clear()
    trust = TrustMaterial.assemble(world.chain.snapshot(), bundle)
    with pytest.raises(StatusUndeterminedError) as caught:
        world.check(credential, trust)
    assert caught.value.doubt is StatusDoubt.NOT_ANCHORED


def test_a_status_list_that_has_expired_says_nothing(world: World) -> None:
    credential = world.anchored()
    world.chain.wait(timedelta(days=7) - timedelta(minutes=2, seconds=1))
    world.check(credential)
    world.chain.wait(timedelta(seconds=1))
    with pytest.raises(StatusUndeterminedError) as caught:
        world.check(credential)
    assert caught.value.doubt is StatusDoubt.EXPIRED


@pytest.mark.parametrize("claimed", [None, timedelta(hours=11)])
def test_ttl_counts_from_the_snapshot_if_nothing_earlier_is_known(
    world: World, claimed: timedelta | None
) -> None:
    credential = world.anchored()
    bundle = world.issuer.evidence()
    fetched = None if claimed is None else world.chain.now + claimed
    lists = (replace(bundle.status_lists[0], fetched=fetched),)
    trust = TrustMaterial.assemble(world.chain.snapshot(), replace(bundle, status_lists=lists))
    world.chain.wait(timedelta(hours=12) - timedelta(seconds=1))
    world.check(credential, trust)
    world.chain.wait(timedelta(seconds=1))
    with pytest.raises(StatusUndeterminedError) as caught:
        world.check(credential, trust)
    assert caught.value.doubt is StatusDoubt.TOO_OLD


def test_an_index_outside_the_list_is_a_rejection(world: World) -> None:
    credential = world.anchored()
    world.issuer.entries = type(world.issuer.entries).empty(4, 2)
    world.issuer.used = 1
    outside = world.anchored()
    world.issuer.publish_status()
    world.check(credential)
    with pytest.raises(StatusIndexError):
        world.check(outside)


def test_a_credential_without_status_needs_a_policy_that_allows_it(world: World) -> None:
    credential = world.anchored(status=False)
    with pytest.raises(StatusClaimError):
        world.check(credential)
    allowed = world.check(credential, policy=Policy(require_status=False))
    assert allowed.credentials[0].status is None
