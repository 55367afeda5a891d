"""``dojang outbox``: what failed is listed, and what was set aside is tried again."""

from contextlib import closing
from pathlib import Path

import pytest

from api.actions.deliver_outbox import Courier, Failure
from api.cli import main
from api.ports.outbox import Errand
from api.store.database import Database
from tests.api.actions.test_deliver_outbox import KIND, Doer
from tests.api.databases import START, Databases, StillClock


@pytest.fixture
def address(databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    url = databases.migrated("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DOJANG_CHAIN", str(tmp_path / "chain"))
    return url


def test_what_was_set_aside_is_listed_and_tried_again(
    address: str, clock: StillClock, capsys: pytest.CaptureFixture[str]
) -> None:
    fails = {"bad": Failure("log.malformed", lasting=True), "slow": Failure("ledger.unavailable")}
    with closing(Database(address)) as storage:
        with storage.work() as work:
            for key in ("bad", "slow", "good"):
                work.outbox.put(Errand(KIND, key, b"{}", START))
        Courier(storage, clock, "a", {KIND: Doer(fails)}).deliver_outbox()
    assert main(["outbox", "list"]) == 0
    bad, slow = capsys.readouterr().out.splitlines()
    assert bad.startswith("1 test bad dead since=2026-11-20T07:00:00Z attempts=1 ")
    assert bad.endswith(" problem=log.malformed")
    assert slow.startswith("2 test slow waiting ")
    assert main(["outbox", "revive", "2"]) == 1  # it waits by itself
    assert main(["outbox", "revive"]) == 0
    assert "1 waiting again" in capsys.readouterr().out
    with closing(Database(address)) as storage:
        clock.now = START.replace(year=2100)
        assert Courier(storage, clock, "a", {KIND: Doer()}).deliver_outbox().done == 2
