"""Copies of signed logs in a folder: tiles and checkpoint as any web server can hand them out.

They are written before a state goes to the chain. Kept on another disk than the database, they are
what a log is brought up from after a restore.

    <log>/tile/...     C2SP tlog-tiles
    <log>/checkpoint   the newest signed note

What was handed out stays: a tile is written once, and a checkpoint gives way only to one that
extends it. Where a database leads to another state than was published, nothing is written.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from errno import EBUSY
from pathlib import Path
from typing import Final

from api.actions.anchor_logs import AnchorLogs
from api.actions.deliver_outbox import Failure
from api.observation.journal import warn
from api.ports.continuity import LogHalt
from api.ports.errors import LogHaltedError
from api.ports.logs import Anchor, LogReader
from api.ports.outbox import LeasedErrand
from api.ports.storage import Storage
from api.store.locks import lock_in_time
from api.store.tile_files import TileFiles
from contracts.evidence.checkpoint import parse_checkpoint_text
from contracts.evidence.errors import CheckpointError, ForkError, ProofError
from contracts.evidence.merkle import tree_root
from contracts.evidence.tiles import TileReader, tile_path, tile_places

CHECKPOINT: Final = "checkpoint"
LOCK_SECONDS: Final = 10.0
"""How long a log waits for another process that publishes it."""
MAX_NOTE_BYTES: Final = 4096
PUBLISHED_OTHERWISE: Final = "log.published_otherwise"
"""Why a log is halted whose signed state does not extend what was handed out."""
_FOLDER_MODE: Final = 0o755
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Publication:
    """``api.operation.continuity.Published`` in a folder."""

    folder: Path

    def names(self) -> frozenset[str]:
        """Logs of which something was published."""
        try:
            found = list(self.folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return frozenset()
        return frozenset(p.name for p in found if _NAME.fullmatch(p.name) and p.is_dir())

    def checkpoint(self, log: str) -> str | None:
        """The newest signed note."""
        try:
            with (self.folder / log / CHECKPOINT).open("rb") as file:
                return file.read(MAX_NOTE_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            return None

    def tile(self, log: str, path: str) -> bytes:
        """A tile.

        Raises:
            ProofError: there is none.
        """
        try:
            return TileFiles(self.folder / log).read(path)
        except FileNotFoundError:
            raise ProofError(f"no tile {path} was published") from None

    def publish(self, logs: LogReader, anchor: Anchor) -> None:
        """Write the tiles of a signed state, then its note; nothing if a newer one is there.

        Raises:
            OSError: the disk refuses; the note is not there then.
            ForkError: another state was published than the log leads to; nothing was overwritten.
            CheckpointError: what was published before cannot be read; nothing was overwritten.
            ProofError: the log lacks a tile.
        """
        place = self.folder / anchor.log
        place.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        with _alone(place):
            size, root = self._newest(anchor.log)
            if _root(logs, anchor.log, size) != root:
                raise ForkError("the log does not lead to the state that was published")
            if _root(logs, anchor.log, anchor.size) != anchor.root:
                raise ForkError("the log does not lead to the state that was signed")
            if anchor.size > size or self.checkpoint(anchor.log) is None:
                self._write(logs, anchor, size)

    def _write(self, logs: LogReader, anchor: Anchor, since: int) -> None:
        files = TileFiles(self.folder / anchor.log)
        for level, number, width in tile_places(anchor.size, since):
            path = tile_path(level, number, width)
            if not files.write_once(path, _tile(logs, anchor.log, path)):
                raise ForkError(f"another tile was published as {path}")
        files.write(CHECKPOINT, anchor.note.encode("utf-8"))

    def _newest(self, log: str) -> tuple[int, bytes]:
        """Size and root of what was published last."""
        note = self.checkpoint(log)
        if note is None:
            return 0, tree_root(TileReader(lambda _: b"", 0), 0)
        found = parse_checkpoint_text(note.partition("\n\n")[0] + "\n")
        return found.size, found.root


def _root(logs: LogReader, log: str, size: int) -> bytes:
    """The root that a log had at a size.

    Raises:
        ForkError: it does not go so far.
    """
    reached = logs.size(log)
    if size > reached:
        raise ForkError("the log is behind what was published")
    return tree_root(TileReader(lambda path: _tile(logs, log, path), reached), size)


def _tile(logs: LogReader, log: str, path: str) -> bytes:
    tile = logs.tile(log, path)
    if tile is None:
        raise ProofError(f"the log has no tile {path}")
    return tile


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from publishing the same log.

    Raises:
        OSError: another one publishes it for too long.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not lock_in_time(descriptor, LOCK_SECONDS):
            raise OSError(EBUSY, os.strerror(EBUSY))
        yield
    finally:
        os.close(descriptor)


def _nothing() -> None:
    """Where nobody looks whether the database was put back."""


@dataclass(frozen=True, slots=True)
class PublishAndAnchor:
    """The handler of ``log.anchor`` that publishes a state before the chain gets it.

    A log whose state does not extend what was handed out is halted; the others go on.

    Args:
        storage: the logs.
        publication: where they are handed out.
        anchoring: sends them to the chain.
        clock: whole seconds, UTC.
        renew: called before anything goes out: another mark, by which a database that is put back
            from here on is noticed.
    """

    storage: Storage
    publication: Publication
    anchoring: AnchorLogs
    clock: Callable[[], datetime]
    renew: Callable[[], None] = _nothing

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """Publish, then anchor what could be published."""
        try:
            self.renew()
        except OSError:
            return {errand.id: Failure("log.unpublished") for errand in errands}
        except LogHaltedError as error:
            return {errand.id: Failure(error.code) for errand in errands}
        failures = {}
        for errand in errands:
            try:
                self._publish(errand.key)
            except OSError:
                failures[errand.id] = Failure("log.unpublished")
            except LogHaltedError as error:
                failures[errand.id] = Failure(error.code)
            except (ForkError, CheckpointError, ProofError):
                self._halt(errand.key.rpartition("/")[0])
                failures[errand.id] = Failure(LogHaltedError.code)
        left = [errand for errand in errands if errand.id not in failures]
        return {**failures, **self.anchoring.deliver(left)}

    def _publish(self, key: str) -> None:
        log, _, sequence = key.rpartition("/")
        if not sequence.isdecimal():
            return  # the anchoring says that it is malformed
        with self.storage.reading() as reading:
            if any(halt.log == log for halt in reading.continuity.halts()):
                raise LogHaltedError(f"the log {log} is halted")
            anchor = reading.logs.anchor(log, int(sequence))
            if anchor is not None:
                self.publication.publish(reading.logs, anchor)

    def _halt(self, log: str) -> None:
        warn("log.halted", log=log, code=PUBLISHED_OTHERWISE)
        with self.storage.work() as work:
            work.continuity.halt(LogHalt(log, PUBLISHED_OTHERWISE, self.clock()))
