"""A place in a round under many processes, threads and kills: one application has it, or none."""

import multiprocessing
import os
import secrets
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from multiprocessing.synchronize import Event

import pytest

from api.ports.errors import StorageUnavailableError
from api.ports.proposals import Claimed, Keeping, KeptProposal, SpentCopy
from api.store.database import Database
from api.store.proposals import proposals, round_places, spent_copies
from tests.api.databases import START


class UndoneError(Exception):
    """Undoes a transaction."""


def claim(storage: Database, number: str, person: bytes, copy: bytes) -> bool:
    """What joining does: all of it is kept, or nothing."""
    kept = KeptProposal(number, secrets.token_hex(11), b"{}", START)
    claimed = Claimed("service", "2026", (person,), (SpentCopy(copy, START),))
    with suppress(UndoneError), storage.work() as work:
        if work.proposals.keep(kept, claimed) is not Keeping.KEPT:
            raise UndoneError
        return True
    return False


def worker(url: str, numbers: Sequence[str], threads: int, begun: Event) -> None:
    person, copy = b"p" * 32, b"c" * 32
    with closing(Database(url, threads)) as storage, ThreadPoolExecutor(threads) as pool:

        def one(number: str) -> None:
            with suppress(StorageUnavailableError):
                claim(storage, number, person, copy)
            begun.set()

        list(pool.map(one, numbers))


@pytest.mark.parametrize(
    ("threads", "tries"),
    [
        pytest.param(4, 5),
        pytest.param(50, 20, marks=pytest.mark.acceptance),
    ],
)
def test_one_application_has_the_place_whoever_is_killed(
    url: str, threads: int, tries: int
) -> None:
    fork = multiprocessing.get_context("fork")
    held: set[str] = set()
    for turn in range(3):
        numbers = [[f"{turn}-{w}-{n}" for n in range(tries)] for w in range(3)]
        begun = fork.Event()
        workers = [fork.Process(target=worker, args=(url, n, threads, begun)) for n in numbers]
        for process in workers:
            process.start()
        assert begun.wait(60)  # the others are in the middle of it
        os.kill(workers[turn % 3].pid or 0, signal.SIGKILL)
        for process in workers:
            process.join(60)
        with closing(Database(url, 2)) as storage, storage.reading() as reading:
            places = reading.connection.execute(round_places.select()).all()
            kept = reading.connection.execute(proposals.select()).all()
            spent = reading.connection.execute(spent_copies.select()).all()
        assert len(places) == len(kept) == len(spent) <= 1
        held |= {row.application for row in places}
        assert {row.application for row in kept} == {row.application for row in spent} == held
    assert len(held) == 1
