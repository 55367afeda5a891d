"""Logs go on from what was published, or they stand still.

A database that was restored from a backup may be older than what its logs have signed: tiles and
checkpoints that were handed out, and states that are on chain. Signing from there would fork the
log. So every log is compared with both, and one that is behind or different is halted: it takes
nothing and signs nothing, until it is brought up from the published tiles (``recover_log``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Protocol

from api.actions.anchor_logs import LOG_ANCHOR
from api.actions.append_to_logs import LOG_APPEND, parse_append
from api.operation.publication import PUBLISHED_OTHERWISE
from api.ports.continuity import LogHalt
from api.ports.log_keys import LogKeys
from api.ports.logs import Anchor, LogReader
from api.ports.outbox import Errand
from api.ports.storage import Storage, Work
from api.store.database import Database
from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.encoding import canonical
from contracts.evidence.errors import CheckpointError, ProofError
from contracts.evidence.ledger import Ledger
from contracts.evidence.merkle import EMPTY_ROOT, tree_root
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import AnchoredCheckpoint, ChainIdentity, Log
from contracts.evidence.tiled_tree import TiledTree
from contracts.evidence.tiles import TileReader

UNCOMPARED: Final = "log.uncompared"
"""Restored, and not compared yet with what was published."""
BEHIND: Final = "log.behind"
FORKED: Final = "log.forked"
KEY_MISSING: Final = "log.key_missing"
"""It was published or anchored, and its key is not in the keys folder."""
OTHER_KEY: Final = "log.other_key"
"""On chain under a key that is not ours."""
UNREADABLE: Final = "log.unreadable"
"""What was published of it, or is kept of it, cannot be read."""
_PASSING: Final = frozenset({UNCOMPARED, KEY_MISSING, OTHER_KEY, UNREADABLE, PUBLISHED_OTHERWISE})
"""Halts that end with a comparison that finds nothing."""


class ContinuityError(Exception):
    """What is kept does not go on from what was published; ``code`` says how."""

    code: ClassVar[str] = "continuity"


class OtherChainError(ContinuityError):
    """The chain is another one than this database's logs are anchored on."""

    code = "chain.other"


class NotRecoverableError(ContinuityError):
    """The published tiles do not lead from what is kept to what was published."""

    code = "log.not_recoverable"


class Published(Protocol):
    """What was handed out of logs, kept apart from the database."""

    def names(self) -> frozenset[str]:
        """Logs of which something was published."""

    def checkpoint(self, log: str) -> str | None:
        """The newest signed note; None where nothing was published."""

    def tile(self, log: str, path: str) -> bytes:
        """A tile.

        Raises:
            ProofError: there is none.
        """


@dataclass(frozen=True, slots=True)
class Watch:
    """What logs are compared with; ``expected`` are logs that the service writes, begun or not."""

    storage: Database
    keys: LogKeys
    ledger: Ledger
    published: Published
    expected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """A size and root that the log must go on from."""

    size: int
    root: bytes


_NOTHING: Final = State(0, EMPTY_ROOT)


def agree_on_chain(storage: Storage, found: ChainIdentity) -> None:
    """Keep which chain it is at the first start; later it must be the same.

    Raises:
        OtherChainError: it is another one.
    """
    with storage.work() as work:
        known = work.continuity.chain()
        if known is None:
            work.continuity.keep_chain(found)
        elif known != found:
            raise OtherChainError("the chain is not the one that this database's logs are on")


def known_logs(watch: Watch) -> list[str]:
    """Every log that may have been published or anchored, also those that the database lacks."""
    with watch.storage.reading() as reading:
        names = {*reading.continuity.log_names(), *(h.log for h in reading.continuity.halts())}
    return sorted(names | watch.published.names() | watch.keys.names() | watch.expected)


def compare_logs(watch: Watch, names: Sequence[str], at: datetime) -> list[LogHalt]:
    """Halt every log that does not go on from what was published, and let go on what does.

    What is found of one log changes nothing for another.

    Returns:
        The logs that are halted now.

    Raises:
        LedgerUnavailableError: the chain cannot be asked; halts stay as they are.
    """
    chain = _chain_logs(watch, names)
    for name in names:
        code = _compare(watch, name, chain[name])
        with watch.storage.work() as work:
            if code is not None:
                work.continuity.halt(LogHalt(name, code, at))
            elif any(h.log == name and h.code in _PASSING for h in work.continuity.halts()):
                work.continuity.resume(name)
    with watch.storage.reading() as reading:
        return list(reading.continuity.halts())


def _chain_logs(watch: Watch, names: Sequence[str]) -> Mapping[str, Log | None]:
    snapshot = watch.ledger.snapshot()
    return {name: snapshot.log(log_id(watch.keys.origin(name))) for name in names}


def _chain_points(watch: Watch, name: str) -> Sequence[AnchoredCheckpoint]:
    known = _chain_logs(watch, [name])[name]
    return known.checkpoints if known else ()


def _compare(watch: Watch, name: str, on_chain: Log | None) -> str | None:
    """Why a log does not go on from what was published and anchored; None where it does."""
    try:
        if name not in watch.keys.names():  # asking for a key would make one
            signed_before = on_chain is not None or watch.published.checkpoint(name) is not None
            return KEY_MISSING if signed_before else None
        signed = _published_state(watch, name)
        points = on_chain.checkpoints if on_chain else ()
        if on_chain is not None and on_chain.key != watch.keys.key(name).public:
            return OTHER_KEY
        # What was signed is read before the log is: a log that grows meanwhile holds it.
        with watch.storage.reading() as reading:
            return _difference(reading.logs, name, [signed, *map(_state, points[-1:])])
    except (CheckpointError, ProofError, OSError):
        return UNREADABLE


def _state(point: AnchoredCheckpoint | Checkpoint) -> State:
    return State(point.size, point.root)


def _published_state(watch: Watch, name: str) -> State:
    """What was published last, under our own signature.

    Raises:
        CheckpointError: the published checkpoint is not this log's.
    """
    text = watch.published.checkpoint(name)
    return _NOTHING if text is None else _state(open_checkpoint(text, [watch.keys.key(name)]))


def _difference(logs: LogReader, name: str, states: Sequence[State]) -> str | None:
    """Why a log does not go on from these states; None where it does."""
    size = logs.size(name)
    reader = TileReader(lambda path: _kept_tile(logs, name, path), size)
    for state in states:
        if state.size > size:
            return BEHIND
        if tree_root(reader, state.size) != state.root:
            return FORKED
    return None


def _kept_tile(logs: LogReader, name: str, path: str) -> bytes:
    tile = logs.tile(name, path)
    if tile is None:
        raise ProofError(f"the log has no tile {path}")
    return tile


def recover_log(watch: Watch, name: str, at: datetime) -> int:
    """Take from the published tiles what a restored log lacks, and let it go on.

    What was on its way into the log when the backup was taken, and had arrived before the loss, is
    found by its leaf and not entered again.

    Returns:
        How many leaves were taken.

    Raises:
        NotRecoverableError: the tiles do not lead to what was published or anchored.
        LedgerUnavailableError: the chain cannot be asked.
    """
    points = _chain_points(watch, name)
    goal = max([_published_state(watch, name), *map(_state, points)], key=lambda s: s.size)
    tiles = TileReader(lambda path: watch.published.tile(name, path), goal.size)
    with watch.storage.work() as work:
        work.continuity.resume(name)
        tree = work.logs.open(name)
        begun = tree.size
        taken = _missing(tree, tiles)
        _enter_places(work, name, {leaf: begun + n for n, leaf in enumerate(taken)})
        for leaf in taken:
            tree.append(leaf)
        _check_states(tree, [goal, *map(_state, points)])
        work.logs.keep(name, tree)
        _enter_anchors(watch, work, name, points, at)
    return len(taken)


def _missing(tree: TiledTree, tiles: TileReader) -> list[bytes]:
    """The leaves that the published tree has after those that are kept."""
    try:
        if tree.size <= tiles.size and tree_root(tiles, tree.size) != tree.root():
            raise NotRecoverableError("the log did not begin as the published one does")
        return [tiles.read(0, index) for index in range(tree.size, tiles.size)]
    except ProofError as error:
        raise NotRecoverableError(f"the published tiles are not whole: {error}") from error


def _check_states(tree: TiledTree, states: Sequence[State]) -> None:
    """The leaves, as they were taken, lead to every state that was signed.

    Upper tiles say what is under them; only leaves that were hashed again are believed.
    """
    if any(tree.root(state.size) != state.root for state in states):
        raise NotRecoverableError("the published tiles lead to another state than was signed")


def _enter_places(work: Work, name: str, found: Mapping[bytes, int]) -> None:
    """Let errands whose leaf is in the log already find their place."""
    for key, payload in work.outbox.waiting(LOG_APPEND, f"{name}/"):
        _, leaf = parse_append(payload)
        entry = key.removeprefix(f"{name}/")
        if leaf in found and work.logs.place(name, entry) is None:
            work.logs.enter(name, entry, found[leaf])


def _enter_anchors(
    watch: Watch, work: Work, name: str, points: Sequence[AnchoredCheckpoint], at: datetime
) -> None:
    """Keep the states on chain, and the one that was published and had not arrived there."""
    known = {anchor.sequence: anchor for anchor in work.logs.anchors(name)}
    for point in points:
        anchor = _anchor(watch, name, point.sequence, _state(point))
        here = known.get(point.sequence)
        if here is None:
            work.logs.add_anchor(anchor)
        elif (here.size, here.root) != (point.size, point.root):
            raise NotRecoverableError("another state was signed than the one on chain")
        if point.sequence not in known or known[point.sequence].block is None:
            placed = Anchor(
                name, point.sequence, point.size, point.root, anchor.note, point.block, point.time
            )
            work.logs.confirm_anchor(placed)
    last = work.logs.last_anchor(name)
    signed = _published_state(watch, name)
    if signed.size > (last.size if last else 0):
        sequence = last.sequence + 1 if last else 0
        work.logs.add_anchor(_anchor(watch, name, sequence, signed))
        payload = canonical({"log": name, "sequence": sequence})
        work.outbox.put(Errand(LOG_ANCHOR, f"{name}/{sequence}", payload, at))


def _anchor(watch: Watch, name: str, sequence: int, state: State) -> Anchor:
    """An anchor with its note: signing the same state again makes the same note."""
    note = watch.keys.sign(name, Checkpoint(watch.keys.origin(name), state.size, state.root))
    return Anchor(name, sequence, state.size, state.root, note)
