"""Bringing a database to a shape, and looking which it has."""

import sys
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from api.ports.errors import StorageShapeError, StorageUnavailableError
from api.store.engines import open_migrator, open_writer, parse_url, sqlite_path
from api.store.translation import translated

HEAD: Final = "head"
_SCRIPTS: Final = Path(__file__).parents[1] / "migrations"
_LOCK: Final = 0x646F6A616E67
"""The advisory lock of migrations: "dojang" as a number."""


def newest_revision() -> str:
    """The revision that this program works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise StorageShapeError("this program came without its migrations")
    return head


def migrate(url: str, revision: str = HEAD, *, down: bool = False) -> None:
    """Bring a database to a revision, in one transaction; others wait for it.

    Raises:
        StorageShapeError: a copied table broke a reference (SQLite), or the revision is unknown.
        StorageUnavailableError: the database cannot be reached.
    """
    address = parse_url(url)
    if sqlite_path(address) is not None:
        open_writer(address, 1).dispose()  # makes the file, readable by its owner only
    engine = open_migrator(address)
    try:
        with translated(), engine.begin() as connection:
            _run(connection, revision, down=down)
    finally:
        engine.dispose()


def check_begun(url: str) -> None:
    """There is a database: nothing is made where a command only reads.

    Raises:
        StorageUnavailableError: there is no such file (SQLite).
    """
    path = sqlite_path(parse_url(url))
    if path is not None and not path.is_file():
        raise StorageUnavailableError(f"there is no database {path.name} here: see DATABASE_URL")


def migrate_within(connection: Connection, revision: str = HEAD) -> None:
    """Bring a database up to a revision inside a transaction that somebody else ends.

    Raises:
        StorageShapeError: the revision is unknown.
    """
    known = {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision not in known | {HEAD}:
        raise StorageShapeError(f"the revision {revision} is unknown: of a newer program")
    _run(connection, revision, down=False)


def current_revision(connection: Connection) -> str | None:
    """Which revision a database has; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def _run(connection: Connection, revision: str, *, down: bool) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = current_revision(connection)
    script = ScriptDirectory.from_config(_config())
    if found is not None and found not in {step.revision for step in script.walk_revisions()}:
        raise StorageShapeError(f"the database has the unknown revision {found}: a newer program")
    config = _config()
    config.attributes["connection"] = connection
    (command.downgrade if down else command.upgrade)(config, revision)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise StorageShapeError(f"{len(broken)} rows lost what they refer to")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("file_template", "m%%(rev)s_%%(slug)s")
    return config


def write_revision(message: str) -> None:
    """Write the next step's file from what the tables have and the migrations lack."""
    number = f"{int(newest_revision()) + 1:04d}"
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
        command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    write_revision(sys.argv[1])
