"""Check a demonstration's folder offline, against a trust snapshot and nothing else."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from api.demo.allowance.checking import check_allowance
from api.demo.allowance.play import tell_again
from api.demo.contest.checking import check_contest
from api.demo.contest.play import tell_contest
from api.demo.contest.record import ContestRecord
from api.demo.contest.source import YEARS
from api.demo.folder import MANIFEST, SNAPSHOT, Folder, Manifest, decode_manifest
from api.demo.logs import AnchoredLog
from api.demo.making import MANIFEST_LOG, TRAIL_JSON, trail_files
from api.demo.notary import document_entry, origin_of
from api.demo.report import Report, require
from api.demo.trail import Trail
from contracts.evidence.merkle import Tree, leaf_hash
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import Log, TrustSnapshot
from contracts.evidence.snapshot_file import decode_snapshot, encode_snapshot


def check_folder(root_path: Path, snapshot_data: bytes) -> Report:
    """Run every check and list everything that does not hold.

    Args:
        root_path: the folder.
        snapshot_data: the trust snapshot; what it says of the chain is believed.

    Raises:
        SnapshotError: the snapshot cannot be read; nothing was checked.
        FolderError: the folder has no readable manifest; nothing was checked.
    """
    snapshot, folder, report = decode_snapshot(snapshot_data), Folder(root_path), Report()
    manifest = decode_manifest(folder.read(MANIFEST))
    _check_manifest(report, folder, manifest, snapshot)
    if manifest.kind == "contest":
        _check_contests(report, folder, manifest, snapshot)
        _check_trail(report, folder, lambda: tell_contest(folder))
    else:
        check_allowance(report, folder, manifest.run, snapshot)
        _check_trail(report, folder, lambda: tell_again(folder, manifest.run))
    return report


def _check_manifest(
    report: Report, folder: Folder, manifest: Manifest, snapshot: TrustSnapshot
) -> None:
    _check_anchored_files(
        report, folder, snapshot.log(log_id(origin_of(manifest.run, MANIFEST_LOG)))
    )
    with report.examine("snapshot.same", SNAPSHOT):
        require(
            folder.read(SNAPSHOT) == encode_snapshot(snapshot),
            "the folder holds another snapshot than the one that is believed",
        )
    present = set(folder.paths())
    needed = {parent.as_posix() for path in manifest.files for parent in Path(path).parents}
    for path in sorted(set(folder.folders()) - needed | present - manifest.files.keys()):
        with report.examine("manifest.complete", path):
            require(holds=False, reason="the manifest lists nothing of this name, or inside it")
    for path, digest in sorted(manifest.files.items()):
        with report.examine("manifest.digest", path):
            require(path in present, "the file is missing")
            require(sha256(folder.read(path)).digest() == digest, "the manifest lists another file")


def _check_anchored_files(report: Report, folder: Folder, log: Log | None) -> None:
    """Every file was anchored by itself, in the order of their paths, and the manifest last.

    The first file whose root differs is named; what comes after it cannot be told apart then.
    """
    points = log.checkpoints if log is not None else ()
    tree, paths = Tree(), [*folder.paths(), MANIFEST]
    for place, path in enumerate(paths):
        before = len(report.findings)
        with report.examine("manifest.anchored", path):
            tree.append(leaf_hash(document_entry(path, folder.read(path))))
            require(place < len(points), "more files than were anchored")
            require(
                (points[place].size, points[place].root) == (tree.size, tree.root()),
                "not what was anchored at this place: the file was changed, added, or one that "
                "belongs before it is missing",
            )
        if len(report.findings) > before:
            break
    with report.examine("manifest.count", MANIFEST):
        require(len(points) == len(paths), f"{len(points)} files were anchored, not {len(paths)}")


def _check_contests(
    report: Report, folder: Folder, manifest: Manifest, snapshot: TrustSnapshot
) -> None:
    for year in YEARS:
        log = AnchoredLog(f"contest-{year}", manifest.run, folder, snapshot)
        check_contest(report, ContestRecord(folder, year), log)


def _check_trail(report: Report, folder: Folder, tell: Callable[[], Trail]) -> None:
    expected: dict[str, bytes] = {}
    with report.examine("trail.sources", TRAIL_JSON):
        expected = trail_files(tell())
    for path, data in expected.items():
        with report.examine("trail.text", path):
            require(folder.read(path) == data, "the files give another trail")
