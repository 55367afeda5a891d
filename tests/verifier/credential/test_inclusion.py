"""A credential's place in its log (stage 7, C-38 to C-42)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from contracts.evidence.encoding import Json
from contracts.evidence.merkle import leaf_hash, prove_inclusion
from contracts.evidence.receipt import Receipt
from contracts.evidence.snapshot import Ending
from tests.simulators.issuer import answer, material
from tests.simulators.world import PATHS, World
from verifier.credential.bundle import EvidenceBundle
from verifier.credential.inclusion import MAX_LOG_CHARS, LogPlace, parse_evidence_claim
from verifier.credential.issuance import IssuedCredential
from verifier.credential.standing import Policy
from verifier.credential.status import Status
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import verify
from verifier.errors import (
    EvidenceClaimError,
    InclusionUnknownError,
    KeyNotValidError,
    NotInLogError,
    PendingAnchorError,
)

LENIENT = Policy(key_binding_window=timedelta(hours=1))


@pytest.fixture
def world() -> World:
    return World()


def test_an_anchored_credential_is_believed_as_far_as_it_was_disclosed(world: World) -> None:
    credential = world.anchored()
    verified = world.check(credential)
    entry = verified.credential("work")
    assert dict(entry.claims) == {"insured": False, "region": "[시험] 서울"}
    assert entry.issuer == world.issuer.iss
    assert entry.status is Status.VALID
    assert entry.issued == world.chain.now
    assert entry.holder == world.holder.point
    assert verified.person_proof is None


def test_the_time_of_issuance_is_that_of_the_first_covering_checkpoint(world: World) -> None:
    credential = world.anchored()
    first = world.chain.now
    for _ in range(3):
        world.chain.wait(timedelta(minutes=2))
        world.issuer.pad(200)
        world.issuer.anchor()
    assert world.check(credential).credential("work").issued == first


@pytest.mark.parametrize("count", [0, 1, 254, 255, 256, 511, 700])
def test_a_credential_is_found_wherever_it_stands_in_a_tile(world: World, count: int) -> None:
    world.issuer.pad(count)
    credential = world.anchored()
    world.issuer.pad(3)
    world.issuer.anchor()
    assert world.check(credential).credential("work").place.index == count


def test_a_receipt_does_instead_of_a_tile(world: World) -> None:
    credential = world.anchored()
    receipt = EvidenceBundle((), (world.issuer.receipt(credential),), ())
    lists = EvidenceBundle((), (), world.issuer.evidence().status_lists)
    held = EvidenceBundle((), receipt.receipts, lists.status_lists)
    snapshot = world.chain.snapshot()
    world.check(credential, TrustMaterial.assemble(snapshot, held))
    with pytest.raises(InclusionUnknownError):
        world.check(credential, TrustMaterial.assemble(snapshot, lists))


def test_a_receipt_of_a_neighbour_does_not(world: World) -> None:
    other = world.issue()
    credential = world.anchored()
    receipt = replace(world.issuer.receipt(other), index=credential.evidence.index)
    held = EvidenceBundle((), (receipt,), world.issuer.evidence().status_lists)
    with pytest.raises(InclusionUnknownError):
        world.check(credential, TrustMaterial.assemble(world.chain.snapshot(), held))


def test_a_credential_not_anchored_yet_is_pending_unless_the_policy_takes_it(world: World) -> None:
    world.anchored()
    credential = world.issue()
    with pytest.raises(PendingAnchorError):
        world.check(credential)
    accepted = world.check(credential, policy=Policy(accept_pending_anchor=True))
    assert accepted.credentials[0].issuance.checkpoint is None


def test_a_pending_credential_is_judged_by_today_and_not_by_what_it_says(world: World) -> None:
    world.anchored()
    old = world.issuer.end_key(Ending.ORDERLY)
    world.chain.wait(timedelta(minutes=5))
    credential = world.issue(key=old, issued=world.chain.now - timedelta(minutes=6))
    with pytest.raises(KeyNotValidError):
        world.check(credential, policy=Policy(accept_pending_anchor=True))


def test_a_checkpoint_anchored_after_the_moment_of_checking_does_not_count(world: World) -> None:
    credential = world.issue()
    request = replace(world.request(), expires=world.chain.now + timedelta(hours=1))
    world.chain.wait(timedelta(minutes=20))
    world.issuer.anchor()
    trust = material(world.issuer)
    for minutes, error in ((14, PendingAnchorError), (16, None)):
        moment = request.issued + timedelta(minutes=minutes)
        text = answer(credential, world.holder, request, PATHS, moment)
        if error is None:
            verify({"work": [text]}, request, trust, world.chain.now, LENIENT)
        else:
            with pytest.raises(error):
                verify({"work": [text]}, request, trust, moment, Policy())


def test_a_tile_that_shows_another_leaf_refutes_the_credential(world: World) -> None:
    world.anchored()
    before = world.issuer.tree
    shown = type(before)()
    shown.extend(before.read(0, at) for at in range(before.size))
    credential = world.issue()
    shown.append(leaf_hash(b"another credential"))
    world.issuer.tree = shown
    world.issuer.anchor()
    with pytest.raises(NotInLogError):
        world.check(credential)


def test_a_tile_with_a_flipped_bit_proves_nothing(world: World) -> None:
    credential = world.anchored()
    bundle = world.issuer.evidence()
    tile = bundle.tiles[0]
    bent = replace(tile, leaves=bytes([tile.leaves[0] ^ 1]) + tile.leaves[1:])
    trust = TrustMaterial.assemble(world.chain.snapshot(), replace(bundle, tiles=(bent,)))
    with pytest.raises(InclusionUnknownError):
        world.check(credential, trust)


def rewritten_at(world: World, index: int) -> IssuedCredential:
    """A credential put where another leaf stood when that place was first anchored."""
    world.anchored()
    world.issuer.pad(5)
    world.issuer.anchor()
    world.chain.wait(timedelta(minutes=10))
    honest = world.issuer.tree
    forged_tree = type(honest)()
    forged_tree.extend(honest.read(0, at) for at in range(index))
    world.issuer.tree = forged_tree
    forged = world.issue()
    forged_tree.extend(honest.read(0, at) for at in range(index + 1, honest.size))
    world.issuer.pad(1)
    world.issuer.anchor()
    assert forged.evidence.index == index
    return forged


def test_a_history_rewritten_later_does_not_give_an_older_time(world: World) -> None:
    forged = rewritten_at(world, 2)
    with pytest.raises(InclusionUnknownError):
        world.check(forged)


def test_a_receipt_under_a_later_checkpoint_does_not_give_an_older_time(world: World) -> None:
    forged = rewritten_at(world, 2)
    issuer = world.issuer
    later = Checkpoint(issuer.origin, issuer.tree.size, issuer.tree.root())
    note = sign_checkpoint(later, issuer.log_key)
    receipt = Receipt(2, prove_inclusion(issuer.tree, 2, later.size), note)
    held = EvidenceBundle((), (receipt,), issuer.evidence().status_lists)
    trust = TrustMaterial.assemble(world.chain.snapshot(), held)
    with pytest.raises(InclusionUnknownError, match="another place or checkpoint"):
        world.check(forged, trust)


@pytest.mark.parametrize(
    "claim",
    [
        None,
        [],
        {"index": 0},
        {"log": "", "index": 0},
        {"log": 1, "index": 0},
        {"log": "a" * (MAX_LOG_CHARS + 1), "index": 0},
        {"log": "a"},
        {"log": "a", "index": -1},
        {"log": "a", "index": True},
        {"log": "a", "index": 1.0},
        {"log": "a", "index": 1 << 48},
    ],
)
def test_an_evidence_claim_names_a_log_and_an_index(claim: Json) -> None:
    place = LogPlace("a" * MAX_LOG_CHARS, (1 << 48) - 1)
    assert parse_evidence_claim(place.claim()) == place
    with pytest.raises(EvidenceClaimError):
        parse_evidence_claim(claim)
