"""Noticing a database that was put back, and what follows before its logs go on.

See ``api.store.database_mark``. A database whose mark the outside does not hold is older, or newer,
than what was published or anchored: what was open for somebody to take is withdrawn, every log is
compared, and only then do both get a new mark.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from api.observation.journal import note, warn
from api.operation.continuity import Watch, compare_logs, known_logs
from api.ports.continuity import LogHalt
from api.ports.errors import LogHaltedError
from api.store.database import Database
from api.store.database_mark import COMPARING, MARK_BYTES, OutsideMarks


@dataclass(frozen=True, slots=True)
class Marks:
    """The database's mark and those outside.

    Args:
        storage: the database.
        outside: where the mark stands too.
        rng: makes marks.
    """

    storage: Database
    outside: OutsideMarks
    rng: Callable[[int], bytes] = field(repr=False)

    def agree(self) -> bool:
        """Whether the database is the one that published last.

        Raises:
            OSError: a mark outside cannot be read: nobody knows.
        """
        with self.storage.reading() as reading:
            return self.outside.hold(reading.mark.find())

    def renew(self) -> None:
        """Another mark, before something signed goes out.

        Raises:
            LogHaltedError: the database was put back; nothing may go out.
            OSError: a mark cannot be written; the old one holds.
        """
        mark = self.rng(MARK_BYTES)
        with self.storage.work() as work:
            before = work.mark.find(locked=True)
            if before is None or not self.outside.hold(before):
                raise LogHaltedError("the database was put back, and its logs not compared yet")
            self.outside.write(before, mark)
            work.mark.keep(mark)
        self.outside.settle(before, mark)

    def agree_anew(self) -> None:
        """A mark for both sides, after they were compared; cut short, they are compared again."""
        mark = self.rng(MARK_BYTES)
        with self.storage.work() as work:
            self.outside.write(mark)
            work.mark.keep(mark)


def look_for_put_back(watch: Watch, marks: Marks, at: datetime) -> int:
    """Compare everything if the database was put back; returns 1 where it was.

    Raises:
        LedgerUnavailableError: the chain cannot be asked; nothing goes on until it can.
        OSError: a mark outside cannot be read or written: nothing was withdrawn.
    """
    if marks.agree():
        return 0
    compare_put_back(watch, marks, at)
    return 1


def compare_put_back(watch: Watch, marks: Marks, at: datetime) -> list[LogHalt]:
    """Withdraw what is open, compare every log, and let those that agree go on.

    Returns:
        The logs that are halted.
    """
    marks.outside.check_writable()
    if not _withdraw_open(watch.storage, marks.outside):
        return []
    halts = compare_logs(watch, known_logs(watch), at)
    note("database.compared", count=len(halts))
    for halt in halts:
        warn("log.halted", log=halt.log, code=halt.code)
    marks.agree_anew()
    return halts


def _withdraw_open(storage: Database, outside: OutsideMarks) -> bool:
    """Withdraw what is open for somebody to take, once for each time that a database is put back.

    Returns:
        Whether the logs are to be compared; False where the mark was renewed meanwhile.

    Raises:
        OSError: a mark outside cannot be read.
    """
    with storage.work() as work:
        mark = work.mark.find(locked=True)  # somebody may just have renewed it
        if outside.hold(mark):
            return False
        is_first = mark is None and outside.are_none()
        if mark != COMPARING and not is_first:
            work.issuing.end_open_offers()
            work.issuing.spend_status_lists()
            work.mark.keep(COMPARING)
            warn("database.put_back")
    return True
