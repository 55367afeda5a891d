"""Opening what is kept: the database with the ledger beside it, its keys and its mark."""

import secrets
from contextlib import closing
from pathlib import Path

from api.operation.destruction_ledger import DESTRUCTION_KEY, DestructionLedger, LedgerKeyError
from api.ports.errors import KeysMissingError, StorageShapeError
from api.settings import Settings
from api.store.database import Database
from api.store.database_mark import OutsideMarks
from api.store.engines import WAIT_SECONDS
from api.store.key_register import check_keys, missing_keys
from api.store.migration import check_begun, migrate, newest_revision
from api.store.secret_files import SecretFiles


def open_destructions(settings: Settings) -> DestructionLedger:
    """The ledger of what must hold after a restore, with the key of its digests.

    Raises:
        LedgerKeyError: there are lines, and no key: a new one would know nothing again.
    """
    files = SecretFiles(settings.keys, secrets.token_bytes)
    ledger = settings.destructions
    if not (settings.keys / DESTRUCTION_KEY).exists() and _is_begun(ledger):
        raise LedgerKeyError(f"the ledger {ledger.name} is there without its key {DESTRUCTION_KEY}")
    return DestructionLedger(ledger, files.secret(DESTRUCTION_KEY), secrets.token_bytes)


def _is_begun(ledger: Path) -> bool:
    return ledger.exists() and ledger.stat().st_size > 0


def outside_marks(settings: Settings) -> OutsideMarks:
    """Where the database's mark stands too: beside what was published, and beside the chain."""
    return OutsideMarks((settings.published, settings.chain))


def forget_key(settings: Settings, name: str) -> None:
    """Know nothing of a key any more that an operator removed on purpose.

    Raises:
        KeysMissingError: it is there.
        StorageError: the database does not answer.
    """
    if (settings.keys / name).exists():
        raise KeysMissingError([], [name])
    check_begun(settings.database.reveal())
    protection = open_destructions(settings).protection()
    storage = Database(settings.database.reveal(), 1, protection=protection)
    with closing(storage), storage.work() as work:
        work.known_keys.forget(name)


def open_database(
    settings: Settings, seconds: float = WAIT_SECONDS, *, begun: bool = False
) -> Database:
    """The database in the shape that this program works with, not behind the ledger.

    Args:
        settings: of the process.
        seconds: how long somebody waits for a turn, a connection or an answer.
        begun: whether there must be one already; it is neither made nor brought to a new shape.

    Raises:
        StorageUnavailableError: there is none, as in a wrong folder.
        DestructionLedgerError: the ledger is damaged, older than the database, or without its key.
        KeysMissingError: keys that the database knows are not there, or others.
        StorageShapeError: it has another shape, and DOJANG_MIGRATE is 0.
        StorageUnavailableError: it cannot be reached.
    """
    url = settings.database.reveal()
    if begun:
        check_begun(url)
    elif settings.migrate:
        migrate(url)
    with closing(Database(url, 1, seconds)) as plain:
        if plain.revision() != newest_revision():
            raise StorageShapeError(
                "the database has another shape: start once with DOJANG_MIGRATE=1"
            )
        missing = missing_keys(plain, settings.keys)
    if DESTRUCTION_KEY in missing:
        raise KeysMissingError(missing, [])  # opening the ledger would make it anew
    protection = open_destructions(settings).protection()
    database = Database(
        url,
        settings.threads,
        seconds,
        protection=protection,
        outside=outside_marks(settings),
    )
    try:
        database.follow()
        check_keys(database, settings.keys)
    except BaseException:  # whatever it is, Ctrl-C too: it is raised again, and nothing stays open
        database.close()
        raise
    return database
