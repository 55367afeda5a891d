"""Keys of requests on both engines: the first stands, also among many at once."""

import threading
from dataclasses import replace
from datetime import timedelta

from api.ports.idempotency import KeptRequest
from api.store.database import Database
from tests.api.databases import START

REQUEST = KeptRequest("scope", b"k" * 32, b"r" * 32, "first", b"s" * 16, START)


def test_a_new_key_is_kept_and_an_old_one_gives_what_it_stands_for(storage: Database) -> None:
    with storage.work() as work:
        assert work.kept_requests.keep(REQUEST) is REQUEST
    with storage.work() as work:
        assert work.kept_requests.keep(replace(REQUEST, resource="second")) == REQUEST
        other = replace(REQUEST, scope="elsewhere", resource="third")
        assert work.kept_requests.keep(other) is other


def test_of_many_at_once_one_wins_and_all_get_it(storage: Database) -> None:
    results: list[str] = []

    def ask(n: int) -> None:
        with storage.work() as work:
            results.append(work.kept_requests.keep(replace(REQUEST, resource=str(n))).resource)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len(set(results)) == 1


def test_keys_are_forgotten_after_their_time_and_not_before(storage: Database) -> None:
    with storage.work() as work:
        work.kept_requests.keep(REQUEST)
        assert work.kept_requests.forget(START, 10) == 0
        assert work.kept_requests.forget(START + timedelta(seconds=1), 10) == 1
        assert work.kept_requests.keep(REQUEST) is REQUEST
