"""A thief of an old key, a withdrawn issuer and a replayed list: none of them moves time.

The thief holds the key of an issuer that has replaced it in order, and keeps the log as well:
leaves can be appended and everything can be anchored, but blocks have their own time.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from contracts.evidence.merkle import Tree
from contracts.evidence.names import credential_type_id
from contracts.evidence.snapshot import Accreditation, Ending, Period
from tests.simulators.issuer import SimulatedIssuer, answer, material
from tests.simulators.world import CLAIMS, PATHS, World
from verifier.credential.bundle import EvidenceBundle, FetchedStatusList
from verifier.credential.inclusion import LogPlace
from verifier.credential.issuance import Copy, CredentialOrder, IssuedCredential, issue
from verifier.credential.keys import SigningKey
from verifier.credential.needs import Needs, needs_of
from verifier.credential.standing import Policy
from verifier.credential.status import StatusReference
from verifier.credential.trust import TrustMaterial
from verifier.credential.verification import verify
from verifier.errors import (
    InclusionUnknownError,
    IssuanceTimeError,
    KeyNotValidError,
    NotAccreditedError,
    NotInLogError,
    StatusDoubt,
    StatusUndeterminedError,
)

DAY = timedelta(days=1)


class Theft:
    """A world in which the first key was replaced in order and has been stolen since."""

    def __init__(self, *, anchored_since: bool = True) -> None:
        self.world = World()
        self.before = self.world.anchored()
        self.then = self.world.chain.now
        self.world.chain.wait(timedelta(minutes=10))
        self.stolen: SigningKey = self.world.issuer.end_key(Ending.ORDERLY)
        if anchored_since:
            self.world.issuer.pad(1)
            self.world.issuer.anchor()
        self.world.issuer.publish_status()
        self.world.chain.wait(timedelta(hours=2))

    def forge(self, index: int | None = None) -> IssuedCredential:
        """A credential under the stolen key that claims to be from before the replacement."""
        issuer = self.world.issuer
        place = LogPlace(issuer.origin, issuer.tree.size if index is None else index)
        order = CredentialOrder(
            issuer=issuer.iss,
            vct=issuer.vct,
            claims=CLAIMS,
            issued=self.then,
            expires=self.then + 180 * DAY,
            decoys=0,
        )
        status = StatusReference(issuer.list_uri, 700)
        copy = Copy(self.world.holder.point, status, place)
        return issue(order, copy, self.stolen, self.world.chain.rng)

    def rewrite(self, index: int, leaf: bytes) -> None:
        """Put another leaf into the log's past and anchor the whole as its next state."""
        issuer = self.world.issuer
        leaves = [issuer.tree.read(0, i) for i in range(issuer.tree.size)]
        leaves[index : index + 1] = [leaf]
        issuer.tree = Tree()
        issuer.tree.extend([*leaves, self.world.chain.rng(32)])
        issuer.anchor()


@pytest.fixture
def theft() -> Theft:
    return Theft()


def test_what_the_replaced_key_signed_in_its_time_stays_good(theft: Theft) -> None:
    theft.world.check(theft.before)


def test_a_stolen_key_signs_nothing_that_is_anchored_now(theft: Theft) -> None:
    forged = theft.forge()
    theft.world.issuer.tree.append(forged.leaf)
    theft.world.issuer.anchor()
    with pytest.raises(KeyNotValidError):
        theft.world.check(forged)


def test_a_stolen_key_cannot_claim_a_place_that_was_anchored_in_its_time(theft: Theft) -> None:
    forged = theft.forge(index=0)
    with pytest.raises(NotInLogError):
        theft.world.check(forged)


def test_a_stolen_key_gains_nothing_by_rewriting_the_log(theft: Theft) -> None:
    forged = theft.forge(index=0)
    theft.rewrite(0, forged.leaf)
    with pytest.raises(InclusionUnknownError):
        theft.world.check(forged)
    receipt = EvidenceBundle(receipts=(theft.world.issuer.receipt(forged),))
    with pytest.raises(InclusionUnknownError):
        theft.world.check(forged, material(theft.world.issuer, extra=receipt))


@pytest.mark.parametrize("anchored_since", [True, False])
def test_a_stolen_key_gains_nothing_where_pending_credentials_are_taken(
    *, anchored_since: bool
) -> None:
    theft = Theft(anchored_since=anchored_since)
    policy = Policy(accept_pending_anchor=True)
    theft.world.check(theft.before, policy=policy)
    with pytest.raises(KeyNotValidError):
        theft.world.check(theft.forge(), policy=policy)


def test_an_honest_new_key_cannot_back_date_either(theft: Theft) -> None:
    theft.world.chain.wait(2 * DAY)
    credential = theft.world.issue(issued=theft.then)
    theft.world.issuer.anchor()
    theft.world.issuer.publish_status()
    with pytest.raises(IssuanceTimeError):
        theft.world.check(credential)


def test_an_accreditation_for_another_type_is_none() -> None:
    world = World()
    credential = world.anchored()
    world.check(credential)
    other = Accreditation(credential_type_id(world.issuer.vct + "/other"), Period(world.chain.now))
    world.issuer.change(accreditations=(other,))
    with pytest.raises(NotAccreditedError):
        world.check(credential)


def test_credentials_of_a_gap_between_two_accreditations_are_not_believed() -> None:
    world = World()
    early = world.anchored()
    world.chain.wait(timedelta(minutes=1))
    world.issuer.withdraw(Ending.ORDERLY)
    world.chain.wait(timedelta(minutes=1))
    in_gap = world.anchored()
    world.chain.wait(timedelta(minutes=1))
    again = Accreditation(credential_type_id(world.issuer.vct), Period(world.chain.now))
    world.issuer.change(accreditations=(*world.issuer.record.accreditations, again))
    late = world.anchored()
    world.check(early)
    world.check(late)
    with pytest.raises(NotAccreditedError):
        world.check(in_gap)


def test_no_older_version_of_a_list_is_taken_however_many_there_are() -> None:
    world = World()
    credential = world.anchored()
    tokens = [world.issuer.token]
    for value in (2, 0, 1):
        world.chain.wait(timedelta(minutes=10))
        world.issuer.set_status(credential, value)
        tokens.append(world.issuer.token)
    for token in tokens[:-1]:
        lists = (FetchedStatusList(world.issuer.list_uri, token, world.chain.now),)
        replayed = EvidenceBundle(world.issuer.tiles(), (), lists)
        trust = TrustMaterial.assemble(world.chain.snapshot(), replayed)
        with pytest.raises(StatusUndeterminedError) as caught:
            world.check(credential, trust)
        assert caught.value.doubt is StatusDoubt.REPLACED


class Listening:
    """An issuer that keeps its own log and lists, and writes down every request for them."""

    def __init__(self, issuer: SimulatedIssuer) -> None:
        self.issuer = issuer
        self.heard: list[tuple[str, object]] = []

    def serve(self, needs: Needs) -> EvidenceBundle:
        tiles = self.issuer.tiles()
        for origin, number in sorted(needs.tiles):
            self.heard.append((origin, number))
        for uri in sorted(needs.status_lists):
            self.heard.append(("list", uri))
        wanted = [tiles[number] for _, number in sorted(needs.tiles)]
        lists = [FetchedStatusList(uri, self.issuer.token, None) for uri in needs.status_lists]
        return EvidenceBundle(tuple(wanted), (), tuple(lists))


def credentials_of_a_tile(world: World) -> Iterator[tuple[IssuedCredential, SigningKey]]:
    for number in (1, 2, 3):
        holder = SigningKey.of_secret(number)
        yield world.issuer.issue(CLAIMS, holder), holder
        world.issuer.pad(60)


def test_an_issuer_hears_the_same_whichever_credential_is_checked() -> None:
    world = World()
    issued = list(credentials_of_a_tile(world))
    world.issuer.anchor()
    heard = []
    for credential, holder in issued:
        listening, request = Listening(world.issuer), world.request()
        text = answer(credential, holder, request, PATHS, world.chain.now)
        evidence = listening.serve(needs_of([text]))
        trust = TrustMaterial.assemble(world.chain.snapshot(), evidence)
        verify({"work": [text]}, request, trust, world.chain.now, Policy())
        heard.append(listening.heard)
    assert heard[0] == heard[1] == heard[2]
    assert heard[0] == [(world.issuer.origin, 0), ("list", world.issuer.list_uri)]
