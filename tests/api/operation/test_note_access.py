"""Who read what is kept, and reading too much in an hour raises one alarm."""

from datetime import timedelta

import pytest

from api.actions.note_access import note_access
from api.ports.access_log import PersonalAccess
from api.store.database import Database
from tests.api.databases import StillClock

SALT = b"s" * 16
LIMIT = 3


def read(storage: Database, clock: StillClock, subject: str, actor: str = "officer-1") -> bool:
    access = PersonalAccess(actor, "application", subject, "case.read", clock())
    with storage.work() as work:
        return note_access(work, access, LIMIT, SALT)


def test_the_person_concerned_sees_who_looked(storage: Database, clock: StillClock) -> None:
    read(storage, clock, "A")
    clock.forward(minutes=1)
    read(storage, clock, "A", "officer-2")
    read(storage, clock, "B")
    with storage.reading() as reading:
        seen = reading.access_log.of_subject("application", "A", 10)
    assert [(access.actor, access.purpose) for access in seen] == [
        ("officer-2", "case.read"),
        ("officer-1", "case.read"),
    ]


def test_an_alarm_is_raised_once_a_person_and_hour(storage: Database, clock: StillClock) -> None:
    assert [read(storage, clock, f"A{n}") for n in range(6)] == [False] * 3 + [True] + [False] * 2
    with storage.reading() as reading:
        (alarm,) = reading.access_log.alarms(10)
        (errand,) = reading.outbox.waiting("log.append", "administration/")
    assert (alarm.actor, alarm.count) == ("officer-1", 4)
    assert errand[0].startswith("administration/alarm-officer-1-")


def test_reading_one_record_often_or_slowly_is_no_export(
    storage: Database, clock: StillClock
) -> None:
    assert not any(read(storage, clock, "A") for _ in range(8))
    for number in range(8):
        clock.forward(minutes=21)
        assert not read(storage, clock, f"B{number}")
    with storage.reading() as reading:
        assert reading.access_log.alarm_count() == 0


def test_others_reads_do_not_count(storage: Database, clock: StillClock) -> None:
    for number in range(LIMIT):
        read(storage, clock, f"A{number}", "officer-2")
    assert not read(storage, clock, "B")


@pytest.mark.parametrize("over", [0, 1])
def test_looks_are_forgotten_when_their_time_is_over(
    storage: Database, clock: StillClock, over: int
) -> None:
    read(storage, clock, "A")
    with storage.work() as work:
        count = work.access_log.forget(clock() + timedelta(seconds=over), 10)
    assert count == over
