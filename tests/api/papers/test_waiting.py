"""Whoever checks a paper at an awkward moment is told what is right, or to wait: nothing else."""

from datetime import timedelta

import pytest

from api.actions.issue_paper import PAPERS_LOG
from contracts.evidence.snapshot import TrustSnapshot
from tests.api.databases import StillClock
from tests.api.papers.site import Opened, Site, outcome

VALID = ("valid", "genuine")
WAIT = ("wait", "not_anchored")
LOGS = (PAPERS_LOG,)


@pytest.fixture
def opened(site: Site) -> Opened:
    return site.open()


@pytest.fixture
def file(site: Site, opened: Opened) -> bytes:
    """A receipt, as its applicant gets it: nothing of it is anchored."""
    return site.receipt(opened).content


def both(site: Site, opened: Opened, file: bytes) -> set[tuple[str, str]]:
    """What file and QR are answered."""
    return {outcome(site.show(file)), outcome(site.ask(site.code(opened)))}


def test_while_the_worker_stands_still_the_answer_is_to_wait(
    site: Site, opened: Opened, file: bytes
) -> None:
    for _ in range(3):
        assert both(site, opened, file) == {WAIT}
        site.clock.forward(hours=1)
    told = site.show(file)
    assert told["issuer"] is not None
    assert told["anchored"] is None
    assert outcome(site.show(file + b" ")) == ("not_valid", "altered")


def test_a_worker_that_died_before_it_sent_has_to_be_waited_for(
    site: Site, opened: Opened, file: bytes
) -> None:
    site.work(LOGS, site.clock, dies=True)
    assert both(site, opened, file) == {WAIT}
    site.work(LOGS, site.clock)
    assert both(site, opened, file) == {VALID}


def test_who_asks_before_and_after_the_anchoring_is_told_both(
    site: Site, opened: Opened, file: bytes
) -> None:
    """What was kept of the chain is not older than what our own rows say of it."""
    assert both(site, opened, file) == {WAIT}
    site.work(LOGS, site.clock)
    assert both(site, opened, file) == {VALID}


@pytest.mark.parametrize("behind", [timedelta(seconds=1), timedelta(days=1)])
def test_a_worker_whose_clock_is_behind_anchors_all_the_same(
    site: Site, opened: Opened, file: bytes, behind: timedelta
) -> None:
    """The service's clock had just reached the next second: that was S25."""
    site.work(LOGS, StillClock(site.clock() - behind))
    assert both(site, opened, file) == {VALID}


def test_a_chain_that_lost_the_block_is_asked_for_it_once(
    site: Site, opened: Opened, file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old copy of the chain was put back; its anchors are on their way again."""
    before = site.proofs.ledger.snapshot()
    site.work(LOGS, site.clock)
    asked = []

    def rolled_back(_: object) -> TrustSnapshot:
        asked.append(1)
        return before

    monkeypatch.setattr(type(site.proofs.ledger), "snapshot", rolled_back)
    for _ in range(5):
        assert both(site, opened, file) == {WAIT}
    assert len(asked) <= 2
