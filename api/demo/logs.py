"""Checking a run's logs against what the chain holds, and naming what was changed."""

from dataclasses import dataclass

from api.demo.errors import MismatchError
from api.demo.folder import Folder
from api.demo.notary import anchors_json, document_entry, origin_of
from api.demo.report import Report, require
from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.merkle import Tree, leaf_hash
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import Log, TrustSnapshot
from contracts.evidence.tiles import TileReader, read_tile, tile_path, tile_places


@dataclass(frozen=True, slots=True)
class AnchoredLog:
    """A log of the folder beside its state on chain."""

    name: str
    run: str
    folder: Folder
    snapshot: TrustSnapshot

    @property
    def origin(self) -> str:
        """The log's name in its checkpoints."""
        return origin_of(self.run, self.name)

    def on_chain(self) -> Log:
        """What the chain says of the log; raises ``MismatchError`` where it knows none."""
        log = self.snapshot.log(log_id(self.origin))
        if log is None or not log.checkpoints:
            raise MismatchError(f"the chain knows no log {self.origin}")
        return log

    def tiles(self) -> TileReader:
        """The log's tiles in the folder, as large as the chain says."""
        size = self.on_chain().checkpoints[-1].size
        return TileReader(lambda path: self.folder.read(f"logs/{self.name}/{path}"), size)


def check_log(report: Report, log: AnchoredLog) -> bool:
    """The log's tiles and signed checkpoint give the anchored roots; returns whether they do."""
    before = len(report.findings)
    place = f"logs/{log.name}"
    with report.examine("log.checkpoint", f"{place}/checkpoint"):
        chain = log.on_chain()
        note = log.folder.read(f"{place}/checkpoint").decode("utf-8", "replace")
        state = open_checkpoint(note, [chain.log_key(log.origin)])
        last = chain.checkpoints[-1]
        require(
            (state.size, state.root) == (last.size, last.root),
            "the signed checkpoint is not the one that was anchored last",
        )
    with report.examine("log.anchors", f"{place}/anchors.json"):
        told = log.folder.read_json(f"{place}/anchors.json")
        require(
            told == anchors_json(log.on_chain().checkpoints), "the chain tells of other anchors"
        )
    with report.examine("log.tiles", place):
        _check_tiles(log)
    return len(report.findings) == before


def check_documents(report: Report, log: AnchoredLog, paths: list[str]) -> None:
    """Each file is the one whose digest was anchored.

    The expected list is the product's, not the folder's: what was to be anchored is not for the
    folder to say. While the log itself holds, each file is judged by its own leaf. Otherwise the
    leaves are recomputed from the files, and the first anchored root that they do not give names
    the change as closely as the checkpoints stand to each other.
    """
    holds = check_log(report, log)
    with report.examine("log.documents", f"logs/{log.name}"):
        size = log.on_chain().checkpoints[-1].size
        require(size == len(paths), f"{size} documents were anchored, {len(paths)} are expected")
    if holds:
        _judge_leaves(report, log, paths)
    else:
        _judge_roots(report, log, paths)


def _judge_leaves(report: Report, log: AnchoredLog, paths: list[str]) -> None:
    reader = log.tiles()
    for index, path in enumerate(paths):
        with report.examine("document.anchored", path):
            leaf = leaf_hash(document_entry(path, log.folder.read(path)))
            require(index < reader.size and leaf == reader.read(0, index), "not what was anchored")


def _judge_roots(report: Report, log: AnchoredLog, paths: list[str]) -> None:
    known = log.snapshot.log(log_id(log.origin))
    tree, before = Tree(), len(report.findings)
    for point in known.checkpoints if known is not None else ():
        batch = paths[tree.size : point.size]
        with report.examine("document.anchored", ", ".join(batch)):
            for path in batch:
                tree.append(leaf_hash(document_entry(path, log.folder.read(path))))
            require(tree.size == point.size and tree.root() == point.root, "not what was anchored")
        if len(report.findings) > before:
            return


def _check_tiles(log: AnchoredLog) -> None:
    chain, reader, tree = log.on_chain(), log.tiles(), Tree()
    tree.extend(reader.read(0, index) for index in range(reader.size))
    for level, number, width in tile_places(reader.size):
        path = tile_path(level, number, width)
        stored = log.folder.read(f"logs/{log.name}/{path}")
        require(stored == read_tile(tree, level, number, width), f"{path} is not its leaves' tile")
    for point in chain.checkpoints:
        require(
            tree.root(point.size) == point.root,
            f"the first {point.size} leaves do not give the root anchored as number "
            f"{point.sequence}",
        )
