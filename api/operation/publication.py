"""Copies of signed logs in a folder: tiles and checkpoint as any web server can hand them out.

They are written before a state goes to the chain. Kept on another disk than the database, they are
what a log is brought up from after a restore.

    <log>/tile/...     C2SP tlog-tiles
    <log>/checkpoint   the newest signed note
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.actions.anchor_logs import AnchorLogs
from api.actions.deliver_outbox import Failure
from api.ports.logs import Anchor, LogReader
from api.ports.outbox import LeasedErrand
from api.ports.storage import Storage
from api.store.tile_files import TileFiles
from contracts.evidence.checkpoint import parse_checkpoint_text
from contracts.evidence.errors import EvidenceError, ProofError
from contracts.evidence.tiles import tile_path, tile_places

CHECKPOINT: Final = "checkpoint"
MAX_NOTE_BYTES: Final = 4096
_FOLDER_MODE: Final = 0o755


@dataclass(frozen=True, slots=True)
class Publication:
    """``api.operation.continuity.Published`` in a folder."""

    folder: Path

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
        """
        place = self.folder / anchor.log
        place.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        since = self._size(anchor.log)
        if since >= anchor.size:
            return
        files = TileFiles(place)
        for level, number, width in tile_places(anchor.size, since):
            path = tile_path(level, number, width)
            tile = logs.tile(anchor.log, path)
            if tile is None:
                raise ProofError(f"the log has no tile {path}")
            files.write(path, tile)
        files.write(CHECKPOINT, anchor.note.encode("utf-8"))

    def _size(self, log: str) -> int:
        note = self.checkpoint(log)
        return 0 if note is None else parse_checkpoint_text(note.partition("\n\n")[0] + "\n").size


@dataclass(frozen=True, slots=True)
class PublishAndAnchor:
    """The handler of ``log.anchor`` that publishes a state before the chain gets it."""

    storage: Storage
    publication: Publication
    anchoring: AnchorLogs

    def deliver(self, errands: Sequence[LeasedErrand]) -> Mapping[int, Failure]:
        """Publish, then anchor what was published; one log's failure stops no other."""
        failures = {}
        for errand in errands:
            try:
                self._publish(errand.key)
            except OSError:
                failures[errand.id] = Failure("log.unpublished")
            except EvidenceError as error:
                failures[errand.id] = Failure(error.code)
        published = [errand for errand in errands if errand.id not in failures]
        return {**failures, **self.anchoring.deliver(published)}

    def _publish(self, key: str) -> None:
        log, _, sequence = key.rpartition("/")
        if not sequence.isdecimal():
            return  # the anchoring says that it is malformed
        with self.storage.reading() as reading:
            anchor = reading.logs.anchor(log, int(sequence))
            if anchor is not None:
                self.publication.publish(reading.logs, anchor)
