"""Make a demonstration's folder: whole, or not at all."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from api.demo.clock import SetClock
from api.demo.errors import FolderError, OccupiedError
from api.demo.folder import CHAIN, MANIFEST, SNAPSHOT, Folder, decode_manifest
from api.demo.notary import Notary
from api.demo.trail import LANGUAGES, Trail
from contracts.evidence.errors import EvidenceError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot_file import decode_snapshot, encode_snapshot

MANIFEST_LOG: Final = "manifest"
TRAIL_JSON: Final = "trail.json"
GENESIS: Final = datetime(2019, 1, 1, tzinfo=UTC)
"""The simulated time at which a demonstration's chain begins."""
_RUN_BYTES: Final = 8

Tell = Callable[[str, str], None]
"""Tells a person how far the work has come, in Korean and English."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a demonstration is made with."""

    run: str
    folder: Folder
    ledger: Ledger
    clock: SetClock
    tell: Tell


def make(kind: str, out: Path, tell: Tell, play: Callable[[Stage], Trail]) -> None:
    """Make a folder of a kind: play, tell, close with the anchored manifest and the snapshot.

    The work happens beside ``out`` and takes its place when it is done. The chain is thrown away
    then: nobody could tell it from another one, and what it said stands in the snapshot.

    Raises:
        OccupiedError: ``out`` holds something that is not a demonstration.
        FolderError: the disk refuses.
    """
    from contracts.chain.embedded import EmbeddedLedger  # noqa: PLC0415 - seconds, and pages import this

    _refuse_foreign(out)
    with _beside(out) as (partial, chain):
        clock = SetClock()
        clock.set(GENESIS)
        folder = Folder(partial)
        with EmbeddedLedger(chain, clock, demonstration=True) as ledger:
            stage = Stage(secrets.token_hex(_RUN_BYTES), folder, ledger, clock, tell)
            write_trail(folder, play(stage))
            tell("목록과 체인 기록을 봉합니다", "sealing the manifest and the chain snapshot")
            _close(kind, stage)


def write_trail(folder: Folder, trail: Trail) -> None:
    """Write the trail for people and for pages."""
    for path, data in trail_files(trail).items():
        folder.write(path, data)


def trail_files(trail: Trail) -> dict[str, bytes]:
    """The files that a trail becomes, by path."""
    texts = {f"trail.{language}.txt": trail.text(language).encode() for language in LANGUAGES}
    return {**texts, TRAIL_JSON: trail.encode()}


def _close(kind: str, stage: Stage) -> None:
    """Anchor every file by itself, so that a change can be named, and the manifest last."""
    notary = Notary(MANIFEST_LOG, stage.run, stage.ledger, stage.folder)
    for path in stage.folder.paths():
        notary.seal(path)
    manifest = stage.folder.make_manifest(kind, stage.run)
    stage.folder.write(MANIFEST, manifest.encode())
    notary.seal(MANIFEST)
    stage.folder.write(SNAPSHOT, encode_snapshot(stage.ledger.snapshot()))


def _refuse_foreign(out: Path) -> None:
    """Only a folder that is empty or a demonstration of ours may be replaced."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise OccupiedError(f"{out} is no folder")
    if out.is_dir() and any(out.iterdir()):
        folder = Folder(out)
        try:
            if (out / MANIFEST).exists() or not (out / CHAIN).is_dir():
                decode_manifest(folder.read(MANIFEST))
            else:
                # Older set-ups took the manifest away when they were interrupted.
                decode_snapshot(folder.read(SNAPSHOT))
        except (FolderError, EvidenceError) as error:
            raise OccupiedError(
                f"{out} holds something that is not a demonstration; it is left alone"
            ) from error


def _exchange(out: Path, partial: Path) -> None:
    """Put the new folder in the place of the old one, which is removed last."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    partial.rename(out)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _beside(out: Path) -> Iterator[tuple[Path, Path]]:
    """A new folder that takes the place of ``out`` if all goes well, and one for its chain."""
    partial, chain = out.with_name(f".{out.name}.partial"), out.with_name(f".{out.name}.chain")
    try:
        for folder in (partial, chain):
            shutil.rmtree(folder, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial, chain
        _exchange(out, partial)
    except OSError as error:
        raise FolderError(f"{out} could not be written: {error.strerror}") from error
    finally:
        for folder in (partial, chain):
            shutil.rmtree(folder, ignore_errors=True)
