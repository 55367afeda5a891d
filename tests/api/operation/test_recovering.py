"""A week-old database over later anchors: nothing forked, nobody stopped, and one command mends.

With published files and without them, on both engines, the database exchanged without a word.
"""

import secrets
import shutil
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from api.actions.anchor_logs import seal_log
from api.cli import main
from api.openid.assembly import Ground
from api.openid.request_object import VerifierIdentity, certify
from api.operation.put_back import look_for_put_back
from api.operation.recovering import Finding, Recovery, recover
from api.ports.accounts import Role
from api.store.credential_tables import copies
from contracts.evidence.merkle import check_consistency, prove_consistency
from contracts.evidence.names import log_id, status_list_id
from contracts.evidence.snapshot import AnchoredCheckpoint
from tests.api.databases import START, Databases
from tests.api.operation.protective_acts import (
    ONE,
    Ids,
    account,
    holds,
    is_revoked,
    paper,
    with_passkey,
)
from tests.api.operation.test_forks import LATER, enter, files
from tests.api.operation.test_protection import copy_of
from tests.api.operation.world import LOG, Marked
from tests.simulators.issuer_keys import MemoryKeys
from tests.simulators.openid_trial import AGENCY, ORIGIN, SimulatedWallet, Trial
from verifier.credential.keys import SigningKey
from verifier.eligibility.catalogue import load_catalogue

ISSUER_LOG = f"issuer-{AGENCY}"
OTHER_LOG = "administration"
QUIET = "destructions"
"""Did not grow after the database was put aside."""
MARK = ".database-mark"


@dataclass
class City:
    """A service with an agency over a database that can be exchanged."""

    world: Marked
    issuer_keys: MemoryKeys
    secrets: tuple[bytes, bytes]

    @property
    def trial(self) -> Trial:
        key = SigningKey.generate(secrets.token_bytes)
        return Trial.of(
            Ground(
                origin=ORIGIN,
                storage=self.world.storage,
                ledger=self.world.ledger,
                log_keys=self.world.watch.keys,
                issuer_keys=self.issuer_keys,
                catalogue=load_catalogue(),
                clock=self.world.clock,
                rng=secrets.token_bytes,
                verifier=VerifierIdentity(key, certify(key, "test", "localhost", START)),
                secrets=self.secrets,
            )
        )

    def work(self, *logs: str) -> None:
        """What the job worker does, again and again."""
        world, trial = self.world, self.trial
        look_for_put_back(world.watch, world.marks, world.now)
        for _ in range(3):
            world.clock.forward(hours=1)
            trial.openid.tend(world.clock())
            world.deliver()
            for log in logs:
                seal_log(world.storage, world.watch.keys, log, world.now)
            world.deliver()

    def recover(self) -> list[Finding]:
        world = self.world
        again = dict(world.storage.follow() or world.storage.again)
        parts = Recovery(world.watch, world.marks, self.trial.openid, again)
        return list(recover(parts, world.now))

    def points(self, log: str) -> tuple[AnchoredCheckpoint, ...]:
        known = self.world.ledger.snapshot().log(log_id(self.world.watch.keys.origin(log)))
        return known.checkpoints if known else ()

    def versions(self) -> list[int]:
        agency = self.trial.openid.console.office.agencies[AGENCY]
        uri = agency.status_uri(1)
        history = self.world.ledger.snapshot().status_list(status_list_id(uri))
        return [one.version for one in history.versions] if history else []


@pytest.fixture
def city(marked: Marked) -> City:
    return City(marked, MemoryKeys(), (secrets.token_bytes(32), secrets.token_bytes(32)))


def older(city: City, databases: Databases, engine: str) -> None:
    """Much happens that is published and anchored; then the database from before stands there."""
    world = city.world
    wallet = SimulatedWallet(city.trial)
    with world.storage.work() as work:
        with_passkey(work, ONE)
        work.accounts.add(replace(account(Ids(7)), roles=frozenset({Role.ADMINISTRATOR})))
        work.papers.add(paper(ONE))
    assert wallet.obtain(copies=2).status_code == 200
    enter(world, 5)
    enter(world, 2, QUIET)
    city.work(LOG, QUIET)
    put_aside = copy_of(world, databases, engine)
    wallet = SimulatedWallet(city.trial)
    assert wallet.obtain(copies=3).status_code == 200
    enter(world, 300, prefix="later")
    enter(world, 4, LATER)
    with world.storage.work() as work:
        work.accounts.remove(ONE.account)
        work.papers.revoke(ONE.name, START)
        work.issuing.mark(AGENCY, [*work.connection.scalars(select(copies.c.index))], 1)
    city.work(LOG, LATER)
    world.exchange(put_aside)


def check_protected(city: City) -> None:
    with city.world.storage.reading() as reading:
        assert not holds(reading, ONE, Role.OFFICER)
        assert is_revoked(reading, ONE)
        assert len(reading.issuing.marked(AGENCY, 1)) == 5  # also the three that were lost


def published(city: City) -> dict[str, bytes]:
    return {name: data for name, data in files(city.world).items() if MARK not in name}


def files_of(city: City, log: str) -> dict[str, bytes]:
    return {name: data for name, data in published(city).items() if name.startswith(f"{log}/")}


def test_with_the_published_files_everything_goes_on(
    city: City, databases: Databases, engine: str
) -> None:
    older(city, databases, engine)
    world = city.world
    before, versions = published(city), city.versions()
    points = {log: city.points(log) for log in (LOG, LATER, ISSUER_LOG)}
    found = city.recover()
    assert not [one for one in found if one.is_open], found
    check_protected(city)
    assert [one.text.en for one in found if "298" in one.text.en or "300 leaves" in one.text.en]
    for log in (LOG, LATER, OTHER_LOG):
        enter(world, 3, log, prefix="after")
    assert SimulatedWallet(city.trial).obtain(copies=2).status_code in {200, 503}
    city.work(LOG, LATER, OTHER_LOG)
    assert SimulatedWallet(city.trial).obtain(copies=2).status_code == 200
    city.work(LOG, LATER, OTHER_LOG)
    for log, earlier in points.items():
        now = city.points(log)
        assert now[: len(earlier)] == earlier
        assert len(now) > len(earlier)
        with world.storage.work() as work:
            tree = work.logs.open(log)
            for first, second in pairwise(now):
                path = prove_consistency(tree, first.size, second.size)
                check_consistency(first.size, second.size, path, first.root, second.root)
    after = published(city)
    assert all(after[name] == data for name, data in before.items() if "checkpoint" not in name)
    assert city.versions()[: len(versions)] == versions
    assert len(city.versions()) > len(versions)
    assert not [one for one in city.recover() if one.is_open]


def test_without_the_published_files_nothing_is_forked_and_the_others_go_on(
    city: City, databases: Databases, engine: str
) -> None:
    older(city, databases, engine)
    world = city.world
    quiet = files_of(city, QUIET)
    shutil.rmtree(world.folder / "published")
    versions = city.versions()
    points = {log: city.points(log) for log in (LOG, LATER, ISSUER_LOG)}
    for _ in range(2):  # and once more
        found = city.recover()
        assert len([one for one in found if one.is_open]) == 3, found
    check_protected(city)
    for log in (LOG, LATER, OTHER_LOG):
        enter(world, 3, log, prefix="after")
    assert SimulatedWallet(city.trial).obtain(copies=2).status_code == 503
    for _ in range(2):
        world.clock.forward(hours=2)
        world.deliver()
    look_for_put_back(world.watch, world.marks, world.now)
    city.trial.openid.tend(world.now)
    seal_log(world.storage, world.watch.keys, OTHER_LOG, world.now)
    world.deliver()
    for log, earlier in points.items():
        assert city.points(log) == earlier
    assert [point.size for point in city.points(OTHER_LOG)] == [3]
    assert len(city.versions()) > len(versions)  # what was revoked is told all the same
    assert {name.split("/")[0] for name in published(city)} == {OTHER_LOG, QUIET}
    assert files_of(city, QUIET) == quiet  # written again, as they were


@pytest.mark.parametrize("engine", ["sqlite"])
def test_published_files_that_are_brought_back_mend_it_later(
    city: City, databases: Databases, engine: str
) -> None:
    older(city, databases, engine)
    folder = city.world.folder / "published"
    shutil.move(folder, city.world.folder / "copy")
    assert [one for one in city.recover() if one.is_open]
    for log in (LOG, LATER, ISSUER_LOG):
        shutil.copytree(city.world.folder / "copy" / log, folder / log)
    assert not [one for one in city.recover() if one.is_open]
    enter(city.world, 2, LATER, prefix="after")
    city.work(LATER)
    assert city.points(LATER)[-1].size == 6


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_recovery_that_was_cut_short_is_finished(
    city: City, databases: Databases, engine: str
) -> None:
    """Ended after each of its steps, as a kill ends it: every step is a transaction."""
    older(city, databases, engine)
    world = city.world
    parts = Recovery(world.watch, world.marks, city.trial.openid, {})
    for count in range(1, 8):
        steps = recover(parts, world.now)
        for _ in range(count):
            next(steps)
        steps.close()  # type: ignore[attr-defined] # of a generator
    assert not [one for one in city.recover() if one.is_open]


@pytest.mark.parametrize("command", [["backup", "--to", "b"], ["recover-logs"]])
def test_a_command_in_a_wrong_folder_makes_no_database(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.sqlite")
    assert main(command) != 0
    assert "there is no database elsewhere.sqlite here" in capsys.readouterr().err
    assert not [*tmp_path.rglob("*.sqlite"), *tmp_path.rglob("*.key")]
