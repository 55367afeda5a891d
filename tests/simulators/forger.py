"""Somebody who holds every file and key of a demonstration's folder, except what the chain holds.

After each change everything that can be remade is remade: log leaves, tiles, signed checkpoints,
the list of anchors, the trail and the manifest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.allowance.play import tell_again
from api.demo.allowance.record import AllowanceRecord
from api.demo.allowance.source import read_source as read_allowance
from api.demo.allowance.source import source_bytes as allowance_bytes
from api.demo.contest.checking import anchored_paths
from api.demo.contest.play import tell_contest
from api.demo.contest.source import YEARS, read_source, source_bytes
from api.demo.folder import MANIFEST, Folder, decode_manifest
from api.demo.making import write_trail
from api.demo.notary import document_entry, origin_of
from contracts.evidence.encoding import canonical, parse_json
from contracts.evidence.log import LogWriter
from contracts.evidence.tiles import read_tile, tile_path, tile_places


@dataclass(frozen=True)
class Forger:
    """Changes files of a folder and remakes what depends on them."""

    folder: Folder

    @classmethod
    def of(cls, root: Path) -> "Forger":
        return cls(Folder(root))

    @property
    def run(self) -> str:
        return decode_manifest(self.folder.read(MANIFEST)).run

    def json(self, path: str, change: Callable[[Any], object]) -> None:
        """Change a JSON file in place."""
        value = parse_json(self.folder.read(path), max_bytes=1 << 26)
        change(value)
        self.folder.write(path, canonical(value))

    def text(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Change a file of bytes."""
        self.folder.write(path, change(self.folder.read(path)))

    def document_log(self, name: str, paths: list[str]) -> None:
        """Remake a log of documents from the files as they are now."""
        self.log(name, [document_entry(path, self.folder.read(path)) for path in paths])

    def log(self, name: str, entries: list[bytes]) -> None:
        """Remake a log from entries, with the log's own key and all its anchors."""
        writer = self.writer(name)
        for entry in entries:
            writer.append(entry)
        self.keep(name, writer)

    def writer(self, name: str) -> LogWriter:
        """An empty log under the stolen key."""
        key = parse_json(self.folder.read(f"keys/log-{name}.json"))
        assert isinstance(key, dict)
        secret = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(str(key["ed25519"])))
        return LogWriter(origin_of(self.run, name), secret)

    def keep(self, name: str, writer: LogWriter) -> None:
        """Write a log's tiles, checkpoint and anchors."""
        place = f"logs/{name}"
        for level, number, width in tile_places(writer.tree.size):
            tile = read_tile(writer.tree, level, number, width)
            self.folder.write(f"{place}/{tile_path(level, number, width)}", tile)
        self.folder.write(f"{place}/checkpoint", writer.signed_checkpoint().encode())

        def reroot(anchors: Any) -> None:
            for anchor in anchors:
                anchor["root"] = writer.tree.root(min(anchor["size"], writer.tree.size)).hex()

        self.json(f"{place}/anchors.json", reroot)

    def remake_contest(self) -> None:
        """All logs of documents, the trail and the manifest of a contest folder."""
        for year in YEARS:
            paths = anchored_paths(read_source(source_bytes(year)))
            self.document_log(f"contest-{year}", paths)
        write_trail(self.folder, tell_contest(self.folder))
        self.manifest()

    def remake_allowance(self) -> None:
        """The office's log, the trail and the manifest of an allowance folder."""
        record = AllowanceRecord(self.folder, read_allowance(allowance_bytes()), self.run)
        self.document_log("office", record.anchored_paths())
        write_trail(self.folder, tell_again(self.folder, self.run))
        self.manifest()

    def manifest(self) -> None:
        """The manifest of the files as they are now."""
        old = decode_manifest(self.folder.read(MANIFEST))
        made = self.folder.make_manifest(old.kind, old.run)
        assert made.files != old.files or sha256(made.encode()) != sha256(old.encode())
        self.folder.write(MANIFEST, made.encode())
