"""Trust for checking presentations: the chain's snapshot, this service's own tiles and lists.

Whole tiles and whole lists only. A snapshot is used for a short while and then taken anew; what was
fetched under it is assembled once and used for every presentation until then.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol, TypeVar

from api.openid.ports import OpenIdStorage
from api.ports.logs import LogReader
from api.waiting.turn import Turn
from contracts.evidence.errors import LedgerUnavailableError, ProofError
from contracts.evidence.ledger import Ledger
from contracts.evidence.names import issuer_id, log_id, status_list_id
from contracts.evidence.snapshot import IssuerKey, TrustSnapshot
from contracts.evidence.tiles import TileReader
from verifier.credential.bundle import EvidenceBundle, FetchedStatusList
from verifier.credential.inclusion import LeafTile, make_tile
from verifier.credential.needs import Needs
from verifier.credential.trust import TrustMaterial

REFRESH: Final = timedelta(seconds=5)
LONGEST_USE: Final = timedelta(seconds=15)
"""How old a snapshot may be that is used while a newer one is on its way."""
FETCHERS: Final = 4
FETCH_SECONDS: Final = 5.0
"""For everything that one presentation needs of others, together."""
MAX_FETCHES: Final = 32
T = TypeVar("T")
MAX_KEPT_TILES: Final = 512
MAX_KEPT_LISTS: Final = 256


class Mirror(Protocol):
    """Where tiles and lists of other services are had; every failure is None."""

    def tile(self, origin: str, number: int) -> LeafTile | None:
        """A whole tile."""

    def status_list(self, uri: str, at: datetime) -> FetchedStatusList | None:
        """A whole status list."""


@dataclass(frozen=True, slots=True)
class OwnEvidence:
    """What this service holds itself: logs by origin, what our lists' addresses begin with."""

    storage: OpenIdStorage
    logs: Mapping[str, str]
    list_bases: frozenset[str]

    def tile(self, snapshot: TrustSnapshot, origin: str, number: int) -> LeafTile | None:
        """A tile of one of our logs as far as it is anchored; None otherwise."""
        known = snapshot.log(log_id(origin)) if origin in self.logs else None
        if known is None or not known.checkpoints:
            return None
        size = known.checkpoints[-1].size
        with self.storage.reading() as reading:
            logs, name = reading.logs, self.logs[origin]
            if logs.size(name) < size:
                return None
            try:
                return make_tile(
                    TileReader(lambda path: _read(logs, name, path), size), known, number
                )
            except ProofError:
                return None

    def lists(self, uri: str) -> bool:
        """Whether an address is one of ours; whether there is a list is not looked at."""
        return uri.rpartition("/")[0] + "/" in self.list_bases

    def status_list(
        self, snapshot: TrustSnapshot, uri: str, at: datetime
    ) -> FetchedStatusList | None:
        """The version of one of our lists that is the newest in the snapshot; None without one."""
        known = snapshot.status_list(status_list_id(uri))
        if known is None or not known.versions:
            return None
        with self.storage.reading() as reading:
            release = reading.issuing.release(uri, known.versions[-1].version)
        return None if release is None else FetchedStatusList(uri, release.token, at)


@dataclass(slots=True)
class Trust:
    """``api.openid.ports.TrustSource`` over our own evidence and a mirror of others'.

    ``before`` is called before a snapshot is taken, and where a presentation reaches beyond what
    the one in use knows: the demonstration anchors there, and says whether anything changed.
    """

    ledger: Ledger
    own: OwnEvidence
    mirror: Mirror | None = None
    before: Callable[[datetime], bool] | None = None
    refresh: timedelta = REFRESH
    _turn: Turn = field(default_factory=Turn, repr=False)
    _growing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _kept: "_Kept | None" = field(default=None, repr=False)

    def material(self, needs: Needs, at: datetime, *, fresh: bool = False) -> TrustMaterial:
        """What is needed to check some presentations; what cannot be had is left out."""
        kept = self._renew(at) if fresh else self._current(at, needs.reach)
        if kept.holds(needs):
            return kept.material
        tiles, uris = needs.tiles - kept.asked_tiles, needs.status_lists - kept.asked_lists
        snapshot = kept.snapshot
        found = EvidenceBundle(
            tiles=_together([partial(self._tile, snapshot, *place) for place in sorted(tiles)]),
            status_lists=_together([partial(self._list, snapshot, u, at) for u in sorted(uris)]),
        )
        with self._growing:
            base = self._kept if self._kept is not None and self._kept.taken == kept.taken else kept
            self._kept = grown = base.with_evidence(needs, found)
        return grown.material

    def own_tile(self, origin: str, number: int, at: datetime) -> LeafTile | None:
        """A whole tile of one of our logs, for other services; None where there is none."""
        return self.own.tile(self._current(at).snapshot, origin, number)

    def issuer_keys(self, uri: str, at: datetime) -> tuple[IssuerKey, ...]:
        """The keys that the registry ever knew of an issuer; none where it does not know it."""
        issuer = self._current(at).snapshot.issuer(issuer_id(uri))
        return () if issuer is None else issuer.keys

    def _current(self, at: datetime, reach: Mapping[str, int] | None = None) -> "_Kept":
        """What is known now; without ``reach`` as new as can be.

        One thread at a time asks the chain. Meanwhile the others use what was known before, unless
        it is too old; then few of them wait, and not for long.

        Raises:
            LedgerUnavailableError: the chain does not answer, or others wait for it already.
        """
        kept = self._kept
        if kept is not None and self._is_enough(kept, at, reach):
            return kept
        is_usable = (
            kept is not None
            and kept.taken <= at < kept.taken + LONGEST_USE
            and (reach is None or kept.reaches(reach))
        )
        if not self._turn.begin(wait=not is_usable):
            if kept is None or not is_usable:
                raise LedgerUnavailableError("others wait for the chain")
            return kept
        try:
            return self._take(at, reach)
        finally:
            self._turn.end()

    def _is_enough(self, kept: "_Kept", at: datetime, reach: Mapping[str, int] | None) -> bool:
        """Whether it is new enough, without asking anybody."""
        is_new = kept.taken <= at < kept.taken + self.refresh
        return is_new and (self.before is None or (reach is not None and kept.reaches(reach)))

    def _take(self, at: datetime, reach: Mapping[str, int] | None) -> "_Kept":
        """Ask the chain, unless another did meanwhile or nothing is newer."""
        kept = self._kept
        if kept is not None and self._is_enough(kept, at, reach):
            return kept
        is_new = kept is not None and kept.taken <= at < kept.taken + self.refresh
        is_grown = self.before is not None and self.before(at)
        if kept is not None and is_new and not is_grown:
            return kept
        taken = _Kept(self.ledger.snapshot(), at)
        with self._growing:
            self._kept = taken
        return taken

    def _renew(self, at: datetime) -> "_Kept":
        """What is known at this very moment, whatever was taken before.

        Raises:
            LedgerUnavailableError: the chain does not answer, or others wait for it already.
        """
        if not self._turn.begin(wait=True):
            raise LedgerUnavailableError("others wait for the chain")
        try:
            if self.before is not None:
                self.before(at)
            taken = _Kept(self.ledger.snapshot(), at)
            with self._growing:
                self._kept = taken
            return taken
        finally:
            self._turn.end()

    def _tile(self, snapshot: TrustSnapshot, origin: str, number: int) -> LeafTile | None:
        """Only of logs that the chain knows: nobody makes us call an address by naming it."""
        if origin in self.own.logs:
            return self.own.tile(snapshot, origin, number)
        if self.mirror is None or snapshot.log(log_id(origin)) is None:
            return None
        return self.mirror.tile(origin, number)

    def _list(self, snapshot: TrustSnapshot, uri: str, at: datetime) -> FetchedStatusList | None:
        """Only lists of which the chain knows a version."""
        if self.own.lists(uri):
            return self.own.status_list(snapshot, uri, at)
        if self.mirror is None or snapshot.status_list(status_list_id(uri)) is None:
            return None
        return self.mirror.status_list(uri, at)


@dataclass(slots=True)
class _Kept:
    """What was taken and assembled; replaced, never changed."""

    snapshot: TrustSnapshot
    taken: datetime
    asked_tiles: frozenset[tuple[str, int]] = frozenset()
    asked_lists: frozenset[str] = frozenset()
    bundle: EvidenceBundle = field(default_factory=EvidenceBundle)
    material: TrustMaterial = field(init=False)

    def __post_init__(self) -> None:
        self.material = TrustMaterial.assemble(self.snapshot, self.bundle)

    def holds(self, needs: Needs) -> bool:
        return needs.tiles <= self.asked_tiles and needs.status_lists <= self.asked_lists

    def reaches(self, reach: Mapping[str, int]) -> bool:
        """Whether the anchored checkpoints cover so many leaves of each log."""
        for origin, size in reach.items():
            known = self.snapshot.log(log_id(origin))
            if known is None or not known.checkpoints or known.checkpoints[-1].size < size:
                return False
        return True

    def with_evidence(self, needs: Needs, found: EvidenceBundle) -> "_Kept":
        """Grown by what was fetched, unless too much is kept: then only that."""
        full = len(self.asked_tiles) > MAX_KEPT_TILES or len(self.asked_lists) > MAX_KEPT_LISTS
        kept = _Kept(self.snapshot, self.taken) if full else self
        have = {(tile.log, tile.index) for tile in kept.bundle.tiles}
        listed = {one.uri for one in kept.bundle.status_lists}
        return _Kept(
            self.snapshot,
            self.taken,
            kept.asked_tiles | needs.tiles,
            kept.asked_lists | needs.status_lists,
            EvidenceBundle(
                tiles=(
                    *kept.bundle.tiles,
                    *(t for t in found.tiles if (t.log, t.index) not in have),
                ),
                status_lists=(
                    *kept.bundle.status_lists,
                    *(one for one in found.status_lists if one.uri not in listed),
                ),
            ),
        )


def _together(fetches: Sequence[Callable[[], T | None]]) -> tuple[T, ...]:
    """What can be had in time, a few at once; the rest is left out, and so is one too many."""
    if len(fetches) == 1:
        alone = fetches[0]()
        return () if alone is None else (alone,)
    pool = ThreadPoolExecutor(FETCHERS, "fetch")
    try:
        begun = [pool.submit(fetch) for fetch in fetches[:MAX_FETCHES]]
        wait(begun, FETCH_SECONDS)
        ended = [call.result() for call in begun if call.done()]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return tuple(one for one in ended if one is not None)


def _read(logs: LogReader, name: str, path: str) -> bytes:
    tile = logs.tile(name, path)
    if tile is None:
        raise ProofError(f"the log has no tile {path}")
    return tile
