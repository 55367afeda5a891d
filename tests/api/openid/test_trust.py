"""Trust for checks: a snapshot used for a short while, whole tiles and lists, others by mirror."""

from datetime import datetime, timedelta

from contracts.evidence.names import log_id, status_list_id
from tests.api.databases import StillClock
from tests.simulators.openid_trial import SimulatedWallet, Trial
from verifier.credential.bundle import FetchedStatusList
from verifier.credential.inclusion import LeafTile
from verifier.credential.needs import Needs, needs_of

NOTHING = Needs(frozenset(), frozenset())


class CountingMirror:
    """Another service that has nothing, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def tile(self, origin: str, number: int) -> LeafTile | None:
        self.asked.append((origin, number))
        return None

    def status_list(self, uri: str, at: datetime) -> FetchedStatusList | None:  # noqa: ARG002 - the port's
        self.asked.append(uri)
        return None


def test_a_snapshot_is_used_for_a_short_while_only(trial: Trial, clock: StillClock) -> None:
    trust = trial.openid.desk.trust
    moments = [clock() + timedelta(seconds=seconds) for seconds in (0, 4, 6)]
    taken = [trust.material(NOTHING, at).snapshot for at in moments]
    assert taken[0] is taken[1]
    assert taken[2] is not taken[0]


def test_material_is_assembled_once_for_what_is_asked_again(
    trial: Trial, clock: StillClock
) -> None:
    wallet = SimulatedWallet(trial)
    wallet.obtain(copies=2)
    needs = needs_of([wallet.held[0][0]])
    trust = trial.openid.desk.trust
    first = trust.material(needs, clock())
    assert (len(first.tiles), len(first.status_lists)) == (1, 1)
    assert trust.material(needs_of([wallet.held[1][0]]), clock()) is first


def test_on_trial_only_what_is_newer_than_the_snapshot_has_it_taken_anew(
    trial: Trial, clock: StillClock
) -> None:
    wallet, trust = SimulatedWallet(trial), trial.openid.trust
    wallet.obtain(copies=2)
    first = trust.material(needs_of([wallet.held[0][0]]), clock())
    anchor = trust.before
    asked: list[datetime] = []
    assert anchor is not None

    def anchor_and_count(at: datetime) -> bool:
        asked.append(at)
        return anchor(at)

    trust.before = anchor_and_count
    assert trust.material(needs_of([wallet.held[1][0]]), clock()) is first
    assert not asked
    wallet.obtain()
    newer = needs_of([wallet.held[-1][0]])
    grown = trust.material(newer, clock())
    assert asked
    assert grown.snapshot is not first.snapshot
    assert trust.material(newer, clock()) is grown
    assert len(asked) == 1


def test_what_the_chain_knows_is_asked_of_the_mirror_once(trial: Trial, clock: StillClock) -> None:
    mirror = CountingMirror()
    trust = trial.openid.trust
    trust.mirror = mirror
    trial.ground.ledger.open_log(log_id("other.test/log"), bytes(range(32)))
    trial.ground.ledger.publish_status(status_list_id("https://other.test/status/1"), 1, b"1" * 32)
    needs = Needs(frozenset({("other.test/log", 3)}), frozenset({"https://other.test/status/1"}))
    for _ in range(2):
        material = trust.material(needs, clock())
        assert (len(material.tiles), len(material.status_lists)) == (0, 0)
    assert mirror.asked == [("other.test/log", 3), "https://other.test/status/1"]


def test_what_the_chain_does_not_know_is_never_called(trial: Trial, clock: StillClock) -> None:
    mirror = CountingMirror()
    trial.openid.trust.mirror = mirror
    needs = Needs(frozenset({("other.test/log", 3)}), frozenset({"https://other.test/status/1"}))
    trial.openid.trust.material(needs, clock())
    assert not mirror.asked


def test_without_a_mirror_what_is_not_ours_is_left_out(trial: Trial, clock: StillClock) -> None:
    needs = Needs(frozenset({("other.test/log", 3)}), frozenset({"https://other.test/status/1"}))
    assert not trial.openid.desk.trust.material(needs, clock()).tiles
