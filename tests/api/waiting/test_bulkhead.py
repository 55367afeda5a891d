"""A neighbour that hangs takes its own slots and nobody else's, and is left alone for a while."""

import threading

import pytest

from api.waiting.bulkhead import Bulkhead, NeighbourBusyError, NeighbourSilentError
from api.waiting.turn import Turn
from tests.api.waiting.hanging import PATIENCE


@pytest.fixture
def free() -> threading.Event:
    """Lets go whatever hangs."""
    return threading.Event()


def hang(free: threading.Event) -> int:
    assert free.wait(PATIENCE)
    return 1


def bulkhead(**more: float) -> Bulkhead:
    ticks = more.pop("ticks", 0.0)
    made = Bulkhead("neighbour", seconds=more.pop("seconds", PATIENCE), slots=2, rest=5.0)
    made.silence.ticks = lambda: ticks
    return made


def test_what_was_called_is_answered_and_raises_as_it_does() -> None:
    way = bulkhead()
    assert way.ask(lambda: 7) == 7

    def fail() -> int:
        raise KeyError("its own")

    with pytest.raises(KeyError):
        way.ask(fail)
    assert way.ask(lambda: 8) == 8


def test_no_more_calls_are_on_their_way_than_there_are_slots(free: threading.Event) -> None:
    way, other = bulkhead(), bulkhead()
    calls = [way.begin(lambda: hang(free)) for _ in range(2)]
    with pytest.raises(NeighbourBusyError):
        way.ask(lambda: 1)
    assert other.ask(lambda: 2) == 2  # another neighbour's slots are its own
    free.set()
    assert [way.answer(call, PATIENCE) for call in calls] == [1, 1]
    assert way.ask(lambda: 3) == 3


def test_a_call_that_nobody_waits_for_any_more_keeps_its_slot(free: threading.Event) -> None:
    way = bulkhead(seconds=0.0)
    for _ in range(2):
        way.silence.heard()
        with pytest.raises(NeighbourSilentError):
            way.ask(lambda: hang(free))
    way.silence.heard()
    with pytest.raises(NeighbourBusyError):
        way.begin(lambda: 1)
    free.set()


def test_one_that_was_silent_is_not_asked_for_a_while_and_then_by_one(
    free: threading.Event,
) -> None:
    way, asked = bulkhead(), []
    way.silence.unheard()
    with pytest.raises(NeighbourSilentError):
        way.ask(lambda: asked.append(1))
    assert asked == []
    way.silence.ticks = lambda: 5.0
    first = way.begin(lambda: hang(free))
    with pytest.raises(NeighbourSilentError):
        way.begin(lambda: 1)
    free.set()
    assert way.answer(first, PATIENCE) == 1
    assert way.ask(lambda: 2) == 2


def test_a_slow_failure_is_silence_and_a_quick_one_is_none() -> None:
    moments = iter([0.0, 4.0, 4.0, 4.1])
    way = Bulkhead("neighbour", seconds=6.0, slots=2, ticks=lambda: next(moments))
    way.silence.ticks = lambda: 0.0

    def fail() -> None:
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        way.ask(fail)
    assert way.silence.is_known
    way.silence.heard()
    with pytest.raises(ConnectionRefusedError):
        way.ask(fail)
    assert not way.silence.is_known


def test_few_wait_for_a_turn_and_only_for_a_while() -> None:
    turn = Turn(seconds=0.0, waiters=1)
    assert turn.begin(wait=True)
    assert not turn.begin(wait=False)
    assert not turn.begin(wait=True)
    turn.end()
    assert turn.begin(wait=True)


def test_who_finds_all_places_taken_is_turned_away_at_once() -> None:
    turn = Turn(seconds=PATIENCE, waiters=1)
    assert turn.begin(wait=True)
    waits = threading.Thread(target=turn.begin, kwargs={"wait": True})
    waits.start()
    while turn._places.acquire(blocking=False):  # until it waits
        turn._places.release()
    assert not turn.begin(wait=True)
    turn.end()
    waits.join()
