"""The database: transactions that write, transactions that read, locks of one process."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, text

from api.ports.errors import KeysMissingError, StorageOccupiedError, StorageUnavailableError
from api.ports.protection import Protection
from api.store.database_mark import OutsideMarks
from api.store.engines import WAIT_SECONDS, open_reader, open_writer, parse_url, sqlite_path
from api.store.group_commit import GroupCommit
from api.store.known_keys import KnownKey
from api.store.locks import WriteLock, sole_file
from api.store.migration import current_revision
from api.store.replaying import catch_up
from api.store.translation import translated
from api.store.work import SqlWork
from api.waiting.silence import Silence

DEFAULT_THREADS: Final = 16
REST_SECONDS: Final = 2.0
"""For which a database that did not answer in time is left alone."""
_MOST_LOOKS: Final = 5
"""In each another process may just write to the ledger; whoever meets that five times gives up."""
_EVEN: Final = "dojang.even"
"""Of a connection whose database was found to be where the ledger is."""


class Database:
    """``api.ports.Storage`` on SQLite or PostgreSQL. Opened once by each process, after a fork."""

    def __init__(
        self,
        url: str,
        threads: int = DEFAULT_THREADS,
        seconds: float = WAIT_SECONDS,
        *,
        protection: Protection | None = None,
        outside: OutsideMarks | None = None,
    ) -> None:
        """Open it; nothing is asked of the database yet.

        Args:
            url: as in DATABASE_URL.
            threads: how many transactions may run at once.
            seconds: how long somebody waits for a turn, a connection or an answer.
            protection: the ledger of acts that protect. A database behind it was put back: what
                it lacks is done again whenever a connection is new, before anything else.
            outside: where the database's mark stands too; while it is another one, no log takes
                anything.
        """
        self._url = parse_url(url)
        self._seconds = seconds
        self._writer = open_writer(self._url, threads, seconds)
        self._reader = open_reader(self._url, threads, self._writer, seconds)
        path = sqlite_path(self._url)
        self._path = path
        self._group = path and _group(path, self._writer, seconds)
        # On SQLite views go on while writing hangs; PostgreSQL hangs as a whole.
        self._writing = Silence(REST_SECONDS)
        self._viewing = self._writing if path is None else Silence(REST_SECONDS)
        self._unnamed: dict[str, KnownKey] = {}
        self._protection = protection
        self._outside = outside
        self._following = Lock()
        self.again: Counter[str] = Counter()
        """What this process did again in a database that was put back, by kind."""

    @contextmanager
    def work(self) -> Iterator[SqlWork]:
        """One transaction: all of it is kept at the end, or none of it.

        Raises:
            StorageUnavailableError: it is not known whether it was kept.
        """
        with self._even(self._transaction) as work:
            yield work
            named = self._keep_names(work)
            self._protect(work)
        for name in named:
            self._unnamed.pop(name, None)

    def name_key(self, key: KnownKey) -> None:
        """Keep a secret's name with the next transaction that is kept."""
        self._unnamed[key.name] = key

    def _keep_names(self, work: SqlWork) -> Sequence[str]:
        """Names of secrets that were found or made since; of two that make one, one is kept.

        In the order of names: two that keep the same ones would wait for each other for ever.

        Raises:
            KeysMissingError: another secret got the name meanwhile; nothing is kept then.
        """
        unnamed = dict(sorted(self._unnamed.items()))
        others = [name for name, key in unnamed.items() if not work.known_keys.keep_new(key)]
        if others:
            raise KeysMissingError([], others)
        return list(unnamed)

    @contextmanager
    def _transaction(self) -> Iterator[SqlWork]:
        with self._heard(self._writing):
            transaction = self._group.work() if self._group else self._writer.begin()
            with translated(), transaction as connection:
                yield SqlWork(connection, outside=self._outside)

    def _protect(self, work: SqlWork) -> None:
        """What protects is in the ledger before the transaction is kept."""
        if self._protection is None or not work.protective:
            return
        work.protection.position(locked=True)  # before the ledger: its lines are kept in order
        try:
            begin, end = self._protection.record(work.protective)
        except OSError as error:
            raise StorageUnavailableError("the ledger could not be written") from error
        work.protection.advance(begin, end)

    def follow(self) -> Mapping[str, int]:
        """Do what the ledger has and this database lacks; how much, by kind.

        While one thread does, the others wait: what was taken away is not there for any of them.

        Raises:
            DestructionLedgerError: the ledger is damaged, older than the database, or its key is
                another one: nothing is read or written then.
            StorageUnavailableError: it takes too long.
        """
        if self._protection is None:
            return {}
        if not self._following.acquire(timeout=self._seconds):
            raise StorageUnavailableError("the database is being brought up to the ledger")
        try:
            return self._do_again(self._protection)
        finally:
            self._following.release()

    @contextmanager
    def _even(self, begin: Callable[[], AbstractContextManager[SqlWork]]) -> Iterator[SqlWork]:
        """A transaction in a database that lacks nothing of what the ledger has.

        A connection that is new may lead to a database that was put back behind our back: it is
        looked at in the very transaction that uses it first, before anything else.

        Raises:
            DestructionLedgerError: as ``follow``.
            StorageUnavailableError: the database stays behind, however often it is brought up.
        """
        for _ in range(_MOST_LOOKS):
            with begin() as work:
                if self._is_even(work):
                    yield work
                    return
            self.follow()
        raise StorageUnavailableError("the database stays behind the ledger")

    def _is_even(self, work: SqlWork) -> bool:
        """Whether this connection's database was found to be where the ledger is."""
        known = work.connection.info
        if self._protection is None or _EVEN in known:
            return True
        try:
            is_even = work.protection.position() == self._protection.position()
        except OSError as error:
            raise StorageUnavailableError("the ledger cannot be read") from error
        if is_even:
            known[_EVEN] = True
        return is_even

    def _do_again(self, protection: Protection) -> Mapping[str, int]:
        try:
            with self._view() as reading:
                known = reading.protection.position()
            if known == protection.position():
                return {}
            with self._transaction() as work:
                done = catch_up(work, protection)
        except OSError as error:
            raise StorageUnavailableError("the ledger cannot be read") from error
        self.again.update(done)
        return done

    @contextmanager
    def reading(self) -> Iterator[SqlWork]:
        """One consistent view; the database refuses to write in it.

        Raises:
            StorageUnavailableError: the database cannot be read now.
        """
        with self._even(self._view) as reading:
            yield reading

    @contextmanager
    def _view(self) -> Iterator[SqlWork]:
        with (
            self._heard(self._viewing),
            translated(),
            self._reader.connect() as connection,
            connection.begin(),
        ):
            yield SqlWork(connection, outside=self._outside)

    @contextmanager
    def _heard(self, silence: Silence) -> Iterator[None]:
        """Ask, unless the last who asked had no answer in time: then one at a time tries.

        Raises:
            StorageUnavailableError: others found just now that there is no answer.
        """
        if not silence.may_ask():
            raise StorageUnavailableError("the database does not answer now")
        begun = time.monotonic()
        try:
            yield
        except StorageUnavailableError:
            if time.monotonic() - begun >= self._seconds / 2:
                silence.unheard()
            else:
                silence.heard()
            raise
        except BaseException:
            silence.heard()
            raise
        silence.heard()

    @contextmanager
    def sole(self, name: str) -> Iterator[Callable[[], None]]:
        """Be the only process that holds this name; freed when the process ends, however it ends.

        On PostgreSQL it is also freed when the connection breaks, which the holder learns only when
        it asks by what is yielded: what is done under it must be harmless to do twice.

        Raises:
            StorageOccupiedError: another process holds it.
            StorageUnavailableError: the database cannot be asked.
        """
        if self._path is not None:
            with sole_file(self._path.with_name(f"{self._path.name}.{name}-lock")):
                yield _held
            return
        number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
        with translated(), self._writer.connect() as connection:
            free = _advisory(connection, "pg_try_advisory_lock", number)
            if not free:
                raise StorageOccupiedError(f"another process holds the lock {name}")
            try:
                yield lambda: _check_held(connection)
            finally:
                _advisory(connection, "pg_advisory_unlock", number)

    def revision(self) -> str | None:
        """The shape of the database, as its migrations name it; None where it has none.

        Raises:
            StorageUnavailableError: the database cannot be asked.
        """
        with self._view() as reading:
            return current_revision(reading.connection)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()
        if self._group:
            self._group.close()


def _group(path: Path, writer: Engine, seconds: float) -> GroupCommit:
    lock = WriteLock(path.with_name(path.name + ".write-lock"), seconds)
    return GroupCommit(writer, lock, seconds)


def _held() -> None:
    """A file's lock is held until it is given back."""


def _check_held(connection: Connection) -> None:
    """The lock is the session's: whoever can still ask by this connection holds it."""
    with translated():
        connection.execute(text("SELECT 1"))
        connection.commit()


def _advisory(connection: Connection, function: str, number: int) -> bool:
    """Ask for a session's lock, and leave no transaction open while it is held."""
    answer = connection.scalar(text(f"SELECT {function}(:number)"), {"number": number})
    connection.commit()
    return bool(answer)
