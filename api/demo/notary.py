"""The logs of a demonstration: entries are appended, anchored, and kept in the folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.folder import Folder
from contracts.evidence.encoding import Json, canonical, format_time
from contracts.evidence.ledger import Ledger
from contracts.evidence.log import LogWriter
from contracts.evidence.snapshot import AnchoredCheckpoint
from contracts.evidence.tiles import read_tile, tile_path, tile_places


def document_entry(path: str, data: bytes) -> bytes:
    """The log entry that stands for a file of the folder: its path and SHA-256."""
    return canonical({"document": path, "sha256": sha256(data).hexdigest()})


@dataclass(slots=True)
class Notary:
    """One log of a run, opened on the ledger; what it anchors is written to ``logs/<name>``."""

    name: str
    run: str
    ledger: Ledger
    folder: Folder
    log: LogWriter = field(init=False)
    anchored: list[AnchoredCheckpoint] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.log = LogWriter(origin_of(self.run, self.name), Ed25519PrivateKey.generate())
        self.ledger.open_log(self.log.log_id, self.log.public_key.public)

    def append_document(self, path: str) -> None:
        """Enter a file of the folder as it stands now."""
        self.log.append(document_entry(path, self.folder.read(path)))

    def append_leaf(self, leaf: bytes) -> int:
        """Enter a leaf hash made elsewhere; returns its index."""
        return self.log.tree.append(leaf)

    def anchor(self) -> AnchoredCheckpoint:
        """Anchor everything that was appended; returns the checkpoint with its block time."""
        state = self.log.checkpoint()
        sequence = len(self.anchored)
        point = self.ledger.anchor(self.log.log_id, sequence, state.size, state.root)
        self.anchored.append(point)
        return point

    def seal(self, *paths: str) -> AnchoredCheckpoint:
        """Enter files and anchor them at once."""
        for path in paths:
            self.append_document(path)
        return self.anchor()

    def write(self) -> None:
        """Write the log's tiles, its signed checkpoint and its test key."""
        place = f"logs/{self.name}"
        for level, number, width in tile_places(self.log.tree.size):
            tile = read_tile(self.log.tree, level, number, width)
            self.folder.write(f"{place}/{tile_path(level, number, width)}", tile)
        self.folder.write(f"{place}/checkpoint", self.log.signed_checkpoint().encode())
        self.folder.write_json(f"{place}/anchors.json", anchors_json(self.anchored))
        secret = self.log.key.private_bytes_raw().hex()
        self.folder.write_json(f"keys/log-{self.name}.json", {"test_only": True, "ed25519": secret})


def anchors_json(points: Sequence[AnchoredCheckpoint]) -> Json:
    """Where and when a log was anchored, as the folder tells it."""
    return [
        {
            "sequence": point.sequence,
            "size": point.size,
            "root": point.root.hex(),
            "block": point.block,
            "time": format_time(point.time),
        }
        for point in points
    ]


def origin_of(run: str, name: str) -> str:
    """The origin line of a run's log."""
    return f"demo.dojang.example/{run}/{name}"
