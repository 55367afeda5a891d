"""Migrations on both engines: one line of steps, up and down over data, making the tables."""

import threading
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from api.ports.errors import StorageShapeError
from api.store.database import Database
from api.store.engines import open_migrator, parse_url
from api.store.migration import _config, current_revision, migrate, newest_revision
from api.store.schema import metadata
from tests.api.databases import Databases
from tests.api.store.rows import MOMENT, ROWS, fill

STEPS = [
    step.revision
    for step in reversed(list(ScriptDirectory.from_config(_config()).walk_revisions()))
]


def test_steps_stand_in_one_line_and_are_numbered() -> None:
    assert [f"{number:04d}" for number in range(1, len(STEPS) + 1)] == STEPS


def test_migrations_make_exactly_the_tables_of_the_stores(url: str) -> None:
    engine = open_migrator(parse_url(url))
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_step_goes_up_and_down_over_data(databases: Databases, engine: str) -> None:
    url = databases.empty(engine)
    for step in STEPS:
        migrate(url, step)
        insert_rows(url, step)
    for step in [*reversed(STEPS[:-1]), "base"]:
        migrate(url, step, down=True)
    assert tables_of(url) == {"alembic_version"}
    migrate(url)
    with closing(Database(url)) as storage:
        assert storage.revision() == newest_revision()


def test_data_outlives_a_step_back_and_forth(databases: Databases, engine: str) -> None:
    url = databases.empty(engine)
    migrate(url, STEPS[0])
    insert_rows(url, STEPS[0])
    migrate(url)
    if len(STEPS) > 1:
        migrate(url, STEPS[0], down=True)
    database = open_migrator(parse_url(url))
    with database.connect() as connection:
        for name, row in ROWS[STEPS[0]]:
            table = metadata.tables[name]
            columns = [table.c[column] for column in row]
            assert len(connection.execute(select(*columns)).all()) == 1
    database.dispose()


_DEAD_ERRAND = text(
    "INSERT INTO outbox (id, kind, key, payload, state, due, attempts, problem) VALUES"
    " (:id, 'log.anchor', CAST(:id AS text), :payload, 'dead', '2026-11-20 07:00:00', 20, :problem)"
)


def test_dead_errands_come_back_unless_they_are_malformed(
    databases: Databases, engine: str
) -> None:
    url = databases.empty(engine)
    migrate(url, "0006")
    database = open_migrator(parse_url(url))
    problems = ["ledger.unavailable", "ledger.refused", "outbox.lost", "log.malformed", None]
    with database.begin() as connection:
        for number, problem in enumerate(problems):
            row = {"id": number, "problem": problem, "payload": b"{}"}
            connection.execute(_DEAD_ERRAND, row)
    migrate(url)
    with database.connect() as connection:
        rows = connection.execute(text("SELECT state, attempts FROM outbox ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [
        *(("waiting", 0),) * 3,
        ("dead", 20),
        ("waiting", 0),
    ]
    database.dispose()


def test_copies_of_before_keep_their_place_in_the_status_list(
    databases: Databases, engine: str
) -> None:
    url = databases.empty(engine)
    for step in STEPS[: STEPS.index("0010")]:
        migrate(url, step)
        insert_rows(url, step)
    migrate(url)
    with closing(Database(url)) as storage, storage.work() as work:
        [one] = work.issuing.status_lists("district")
        assert (one.number, one.drawn, one.left) == (1, 1, (1 << 17) - 1)
        assert one.ends == MOMENT
        assert work.issuing.copies_in("batch")[0].status_list == 1
        drawn = work.issuing.draw_places(one, one.left, MOMENT)
        assert sorted(drawn) == [place for place in range(1 << 17) if place != 7]
        release = work.issuing.anchored_release("https://issuer.test/status/1")
        assert release is not None


def test_starts_at_once_migrate_once(databases: Databases, engine: str) -> None:
    url = databases.empty(engine)
    failures: list[Exception] = []

    def start() -> None:
        try:
            migrate(url)
        except Exception as error:  # noqa: BLE001 # whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_newer_database_is_refused(databases: Databases, engine: str) -> None:
    url = databases.migrated(engine)
    database = open_migrator(parse_url(url))
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageShapeError, match="9999"):
        migrate(url)
    with database.connect() as connection:
        assert current_revision(connection) == "9999"
    database.dispose()


def insert_rows(url: str, step: str) -> None:
    database = open_migrator(parse_url(url))
    with database.begin() as connection:
        fill(connection, step)
    database.dispose()


def tables_of(url: str) -> set[str]:
    database = open_migrator(parse_url(url))
    names = set(inspect(database).get_table_names())
    database.dispose()
    return names


def test_old_requests_belong_to_what_they_were_joined_with(
    databases: Databases, engine: str
) -> None:
    """A request that was open when the step was made is told to nobody."""
    url = databases.empty(engine)
    for step in STEPS[: STEPS.index("0008")]:
        migrate(url, step)
        insert_rows(url, step)
    database = open_migrator(parse_url(url))
    copy = (
        "INSERT INTO presentation_request SELECT 'waiting', request, service, round, form, mode, "
        "device, response_uri, application_date, consent_text, session_hash, randomness, "
        "decryption, expires FROM presentation_request"
    )
    with database.begin() as connection:
        connection.execute(text(copy))
    migrate(url)
    query = text("SELECT id, application, reader FROM presentation_request ORDER BY id")
    with database.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    database.dispose()
    assert rows == [
        ("request", "AAAA-BBBB-CCCC-DDDD", "officer"),
        ("waiting", None, "nobody"),
    ]
