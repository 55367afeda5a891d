"""Looking for errands in vain takes no right to write from anybody."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from api.actions.deliver_outbox import LONGEST_WAIT, Courier, Delivery, Failure
from api.ports.outbox import Errand, Lease, LeasedErrand
from api.store.database import Database
from api.store.outbox import FURTHEST
from tests.api.databases import StillClock


class Failing:
    """Does nothing, for a passing reason."""

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        return {errand.id: Failure("again") for errand in errands}


def test_an_idle_worker_writes_nothing(
    storage: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> AbstractContextManager[object]:
        raise AssertionError("somebody wrote")

    courier = Courier(storage, clock, "w", {"kind": Failing()})
    monkeypatch.setattr(storage, "work", work)
    assert courier.deliver_outbox() == Delivery()


@pytest.mark.parametrize("hours", [2, 24])
def test_a_clock_that_was_set_back_puts_nothing_off(
    storage: Database, clock: StillClock, hours: int
) -> None:
    with storage.work() as work:
        work.outbox.put(Errand("kind", "key", b"{}", clock()))
    courier = Courier(storage, clock, "w", {"kind": Failing()})
    assert courier.deliver_outbox().again == 1
    assert courier.deliver_outbox().again == 0  # it waits its time
    clock.forward(hours=-hours)
    assert courier.deliver_outbox().again == 1
    with storage.work() as work:  # and a lease of the time before is none
        lease = Lease(
            "dead", clock() + timedelta(hours=hours), clock() + timedelta(hours=2 * hours)
        )
        assert work.outbox.lease("kind", lease, 10)
    clock.forward(hours=-hours)
    assert courier.deliver_outbox().again == 1
    assert LONGEST_WAIT < FURTHEST
