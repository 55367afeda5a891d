"""Several writing transactions of SQLite in one commit: they share the wait for the disk.

SQLite has one writer, and a durable commit waits for the disk. While one thread waits, others queue
up; here those in the queue do their work one after the other in the transaction that is open, each
behind a savepoint, and the last of them commits for all. Nobody is answered before the commit that
holds their work, so nothing is acknowledged that could still be lost. Who fails is taken back
alone; where the database itself fails, all of the group fail.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from api.ports.errors import StorageUnavailableError
from api.store.locks import WriteLock

MAX_MEMBERS: Final = 32
"""Work in one commit; other processes wait for so much at most."""
_HANDOVER_SECONDS: Final = 0.05


@dataclass(slots=True)
class _Group:
    """One open transaction and those who share it."""

    connection: Connection
    held: ExitStack
    members: int = 0
    is_broken: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class GroupCommit:
    """The one writer of a SQLite file, for the threads of this process."""

    def __init__(self, engine: Engine, lock: WriteLock, seconds: float) -> None:
        """Share the engine's one connection.

        Args:
            engine: writes; has one connection.
            lock: keeps other processes away.
            seconds: how long a thread waits for its turn.
        """
        self._engine = engine
        self._lock = lock
        self._seconds = seconds
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._open: _Group | None = None

    @contextmanager
    def work(self) -> Iterator[Connection]:
        """Work in the open transaction, and return when it is committed.

        Raises:
            StorageUnavailableError: the turn did not come in time, or the group's commit failed.
        """
        self._await_turn()
        group = None
        try:
            group = self._join()
            with self._member(group):
                yield group.connection
        finally:
            try:
                if group is not None and self._is_last(group):
                    self._end(group)
            finally:
                self._turn.release()
            if group is not None:
                self._see_ended(group)

    def close(self) -> None:
        """Give the lock's file back."""
        self._lock.close()

    def _await_turn(self) -> None:
        with self._counting:
            self._waiting += 1
        try:
            if not self._turn.acquire(timeout=self._seconds):
                raise StorageUnavailableError("the database was written by others for too long")
        finally:
            with self._counting:
                self._waiting -= 1

    def _join(self) -> _Group:
        """The open transaction, or a new one."""
        if self._open is None:
            with ExitStack() as stack:
                stack.enter_context(self._lock.held())
                connection = stack.enter_context(self._engine.connect())
                connection.begin()
                self._open = _Group(connection, stack.pop_all())
        self._open.members += 1
        return self._open

    @contextmanager
    def _member(self, group: _Group) -> Iterator[None]:
        """One member's work; the first needs no savepoint, nobody's work is before theirs."""
        is_first = group.members == 1
        try:
            if not is_first:
                group.connection.exec_driver_sql("SAVEPOINT member")
            yield
            if not is_first:
                group.connection.exec_driver_sql("RELEASE member")
        except (OperationalError, InterfaceError):
            # SQLite may have taken back everything by itself: nobody's work can be relied on.
            group.is_broken = True
            raise
        except BaseException:
            if is_first:
                group.connection.rollback()
                group.connection.begin()
            else:
                group.connection.exec_driver_sql("ROLLBACK TO member")
            raise

    def _is_last(self, group: _Group) -> bool:
        with self._counting:
            nobody_waits = self._waiting == 0
        return group.is_broken or nobody_waits or group.members >= MAX_MEMBERS

    def _end(self, group: _Group) -> None:
        """Commit for all, or take back for all."""
        self._open = None
        try:
            with group.held:
                if group.is_broken:
                    group.connection.rollback()
                else:
                    group.is_broken = True
                    group.connection.commit()
                    group.is_broken = False
        finally:
            group.ended.set()

    def _see_ended(self, group: _Group) -> None:
        """Wait for the commit; make it, where whoever should have has given up waiting."""
        while not group.ended.wait(_HANDOVER_SECONDS):
            with self._turn:
                if self._open is group:
                    self._end(group)
        if group.is_broken:
            raise StorageUnavailableError("the transaction was taken back as a whole")
