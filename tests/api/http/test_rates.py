"""Rates: so many a minute for each address, counted without keeping it."""

import secrets

import pytest

from api.http import rates as module
from api.http.rates import Rates
from tests.api.databases import StillClock


def made(clock: StillClock, workers: int = 1) -> Rates:
    return Rates(clock, secrets.token_bytes, workers)


def test_one_more_than_allowed_waits_for_the_next_minute(clock: StillClock) -> None:
    rates = made(clock)
    clock.forward(seconds=10)
    assert [rates.wait("write", "192.0.2.1", 3) for _ in range(4)] == [0, 0, 0, 50]
    clock.forward(seconds=49)
    assert rates.wait("write", "192.0.2.1", 3) == 1
    clock.forward(seconds=1)
    assert rates.wait("write", "192.0.2.1", 3) == 0


def test_addresses_and_acts_are_counted_apart(clock: StillClock) -> None:
    rates = made(clock)
    assert rates.wait("write", "192.0.2.1", 1) == 0
    assert rates.wait("write", "192.0.2.2", 1) == 0
    assert rates.wait("read", "192.0.2.1", 1) == 0
    assert rates.wait("write", "192.0.2.1", 1) > 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("not:an:address", "not:an:address", True),
        ("not:an:address", "neither:is:this", False),
    ],
)
def test_a_person_with_many_addresses_counts_once(
    clock: StillClock, one: str, other: str, *, same: bool
) -> None:
    rates = made(clock)
    rates.wait("write", one, 1)
    assert (rates.wait("write", other, 1) > 0) is same


def test_workers_share_the_allowance(clock: StillClock) -> None:
    rates = made(clock, workers=4)
    assert [rates.wait("write", "a", 8) for _ in range(3)] == [0, 0, 60]


def test_no_address_is_kept_and_the_key_changes_every_day(clock: StillClock) -> None:
    rates = made(clock)
    rates.wait("write", "192.0.2.1", 1)
    assert "192.0.2.1" not in repr(rates._counts)
    before = set(rates._counts), rates._key
    clock.forward(days=1)
    rates.wait("write", "192.0.2.1", 1)
    assert rates._key != before[1]
    assert not set(rates._counts) & before[0]
    assert rates._key.hex() not in repr(rates)


def test_memory_is_bounded_and_the_crowd_shares_a_count(
    clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_CLIENTS", 2)
    rates = made(clock)
    assert [rates.wait("write", str(n), 1) for n in range(4)] == [0, 0, 0, 60]
    assert len(rates._counts) == 3
