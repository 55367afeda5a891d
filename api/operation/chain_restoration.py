"""What the chain acknowledged and has lost is put back, in order, by itself.

An old copy of the chain that was put back, or a deep reorganisation, takes acts away that the
service believes in: issuers, keys and their ends, status lists, anchors of logs. Each was kept when
the chain acknowledged it. The two are compared at start, hourly, and as soon as the chain's head is
lower than it was.

What was compromised comes first: an issuer is entered, its key added and ended, before anything
else. The rest follows in the order in which it was acknowledged, because an end divides what was
anchored before it from what was anchored after. All of it gets new times: the time of being put
back. What a verifier then believes is said in docs/operations.md.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import chain
from typing import Final

from api.actions.anchor_logs import anchor_state, audit_anchors
from api.actions.chain_acts import (
    ACCREDITATION_STEPS,
    BOUNDARIES,
    ENDING_STEPS,
    acts_of,
    do_again,
    levels_of,
)
from api.observation.journal import note, warn
from api.operation.continuity import Watch
from api.ports.continuity import ChainAct, ChainSight
from api.ports.logs import Anchor
from api.ports.means import Clock, whole_second
from contracts.evidence.document import Document
from contracts.evidence.encoding import parse_canonical
from contracts.evidence.errors import LedgerRefusedError, OwnerActPendingError
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import Ending, TrustSnapshot

COMPARED: Final = timedelta(hours=1)
"""From one comparison to the next, while nothing is missing and the head grows."""
RETRIED: Final = timedelta(minutes=5)
"""From one attempt at what the chain refused to the next."""
SLICE: Final = 32
"""Acts that are put back in one piece."""
PAGE: Final = 100
"""Anchors that one transaction reads."""
MAX_AHEAD: Final = timedelta(minutes=1)
"""A chain whose head is ahead of the clock by more: its time does not pass by waiting."""
_RECENT: Final = 256
"""Anchors below the newest that are compared again each time."""
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
Entry = ChainAct | Anchor


@dataclass(slots=True)
class ChainRestoration:
    """Compares and puts back.

    Args:
        watch: its ledger is the chain itself, without anybody's memory.
        clock: for what has to come later than what is already on chain.
        restored: called once after everything of the registry is back; signs status lists anew.
    """

    watch: Watch
    clock: Clock
    restored: Callable[[datetime], None] = lambda _at: None
    _compared: datetime | None = None
    _since: dict[str, int] = field(default_factory=dict)

    def look(self, at: datetime) -> Iterator[int]:
        """Look at the chain, compare if that is due, and put back what is missing, in pieces.

        Yields:
            How many acts were put back, a few at a time.

        Raises:
            LedgerUnavailableError: the chain does not answer.
        """
        sight = note_head(self.watch, at)
        wait = RETRIED if sight.refused else COMPARED
        due = self._compared is None or not self._compared <= at < self._compared + wait
        if due or sight.is_being_restored:
            yield from self._compare(at, sight.behind)

    def _compare(self, at: datetime, behind: datetime | None) -> Iterator[int]:
        snapshot = self.watch.ledger.snapshot()
        self._learn(snapshot)
        names = self._mark_lost(snapshot)
        acts = self._missing(snapshot)
        # Asking for a key that is gone would make another one; such a log is halted.
        names = [name for name in names if name in self.watch.keys.names()]
        lost = [name for name in names if self._first_lost(name) is not None]
        forked = self._forked(snapshot)
        if acts or lost or forked:
            behind = behind or at
            self._see(ChainSight(snapshot.head.number, at, behind))
            warn("chain.behind", count=len(acts) + len(lost))
            refused = yield from self._put_back(acts, lost)
            if refused is None or refused + forked:
                self._see(self._seen(at, behind, 0 if refused is None else refused + forked))
                self._compared = at
                return  # tried again, at once or in some minutes
            if acts:
                self.restored(whole_second(self.clock()))
        self._see(self._seen(at, None, 0))
        self._compared = at
        if behind is not None:
            note("chain.restored")

    def _seen(self, at: datetime, behind: datetime | None, refused: int) -> ChainSight:
        return ChainSight(self.watch.ledger.head().number, at, behind, refused)

    def _forked(self, snapshot: TrustSnapshot) -> int:
        """How many status lists have another newest version on chain than was acknowledged."""
        newest = {act.subject: act for act in acts_of(snapshot) if act.act == "publish_status"}
        with self.watch.storage.reading() as reading:
            known = {
                act.subject: act
                for name, found in newest.items()
                for act in reading.continuity.chain_acts(name, found.step - 1)[:1]
            }
        forked = [n for n, act in known.items() if act.arguments != newest[n].arguments]
        for _ in forked:
            warn("chain.refused", code="chain.forked", kind="publish_status")
        return len(forked)

    def _see(self, sight: ChainSight) -> None:
        with self.watch.storage.work() as work:
            work.continuity.see_chain(sight)

    def _learn(self, snapshot: TrustSnapshot) -> None:
        """Keep what the chain acknowledged and nobody kept: of an older program, or of others."""
        with self.watch.storage.reading() as reading:
            known = reading.continuity.chain_levels()
        fresh = [act for act in acts_of(snapshot) if act.step > known.get(act.subject, -1)]
        for start in range(0, len(fresh), PAGE):
            with self.watch.storage.work() as work:
                for act in fresh[start : start + PAGE]:
                    work.continuity.add_chain_act(act)

    def _mark_lost(self, snapshot: TrustSnapshot) -> list[str]:
        """Mark every anchor that the chain lost; returns the names of all logs."""
        with self.watch.storage.reading() as reading:
            names = list(reading.continuity.log_names())
        for name in names:
            since = self._since.get(name, 0)
            for lost in audit_anchors(self.watch.storage, self.watch.keys, snapshot, name, since):
                warn("anchor.lost", log=name, code="forked" if lost.forked else "put back")
            known = snapshot.log(log_id(self.watch.keys.origin(name)))
            self._since[name] = max(0, (len(known.checkpoints) if known else 0) - _RECENT)
        return names

    def _missing(self, snapshot: TrustSnapshot) -> list[ChainAct]:
        """Acknowledged acts that the chain does not show, by time."""
        on_chain = levels_of(snapshot)
        with self.watch.storage.reading() as reading:
            known = reading.continuity.chain_levels()
            lacking = [name for name, level in known.items() if level > on_chain.get(name, -1)]
            acts = [
                act
                for name in lacking
                for act in reading.continuity.chain_acts(name, on_chain.get(name, -1))
            ]
        return sorted(acts, key=_order)

    def _put_back(self, acts: list[ChainAct], logs: list[str]) -> Generator[int, None, int | None]:
        """Put back in order. What is refused holds up its own subject or log and nothing else.

        Acts of an owner who is somebody else are written down, all of them; what is anchored waits
        for them, because it comes after them.

        Returns:
            How many subjects and logs were refused; None where something has to wait.
        """
        first, rest = _compromised_first(acts)
        anchors = (self._lost_anchors(name) for name in logs)
        entries: Iterable[Entry] = chain(first, merge(rest, *anchors, key=_order))
        refused: set[str] = set()
        waiting: set[str] = set()
        done = 0
        for entry in entries:
            subject = entry.subject if isinstance(entry, ChainAct) else entry.log
            if subject in refused | waiting or (waiting and isinstance(entry, Anchor)):
                continue
            if not waiting and self._must_wait(entry):
                yield done % SLICE
                return None
            try:
                self._do(entry)
            except OwnerActPendingError:
                waiting.add(subject)
                continue
            except LedgerRefusedError as error:
                refused.add(subject)
                warn("chain.refused", code=error.code, kind=error.reason)
                continue
            done += 1
            if done % SLICE == 0:
                yield SLICE
        yield done % SLICE
        return None if waiting else len(refused)

    def _do(self, entry: Entry) -> None:
        watch = self.watch
        if isinstance(entry, ChainAct):
            do_again(watch.ledger, entry)
        else:
            anchor_state(watch.storage, watch.keys, watch.ledger, entry)

    def _must_wait(self, entry: Entry) -> bool:
        """Whether an end would get the very second of what was anchored before it."""
        if isinstance(entry, Anchor) or entry.act not in BOUNDARIES or _is_compromised(entry):
            return False
        now, head = self.clock(), self.watch.ledger.head().time
        return now < head + timedelta(seconds=1) <= now + MAX_AHEAD

    def _first_lost(self, log: str) -> Anchor | None:
        with self.watch.storage.reading() as reading:
            return next(iter(reading.logs.lost_anchors(log, 0, 1)), None)

    def _lost_anchors(self, log: str) -> Iterator[Anchor]:
        sequence = 0
        while True:
            with self.watch.storage.reading() as reading:
                page = reading.logs.lost_anchors(log, sequence, PAGE)
            yield from page
            if not page:
                return
            sequence = page[-1].sequence + 1


def note_head(watch: Watch, at: datetime) -> ChainSight:
    """Keep what the chain's newest block is; one lower than before says that something was lost.

    Raises:
        LedgerUnavailableError: the chain does not answer.
    """
    head = watch.ledger.head().number
    with watch.storage.work() as work:
        before = work.continuity.chain_sight()
        behind, refused = (before.behind, before.refused) if before else (None, 0)
        if before is not None and head < before.head:
            warn("chain.rolled_back", count=before.head - head)
            behind, refused = behind or at, 0
        sight = ChainSight(head, at, behind, refused)
        work.continuity.see_chain(sight)
    return sight


def _order(entry: Entry) -> tuple[datetime, int, int]:
    """By time; within a second acts come before anchors.

    A period holds the second in which it begins and not the one in which it ends.
    """
    if isinstance(entry, Anchor):
        return entry.time or _NEVER, 1, entry.sequence
    if entry.act == "register_issuer":
        return entry.at, -1, 0
    return entry.at, 0, entry.step


def _is_compromised(act: ChainAct) -> bool:
    if act.act not in {"end_key", "withdraw"}:
        return False
    told = Document.of(parse_canonical(act.arguments), "act")
    return told.text("ending") == Ending.COMPROMISED.value


def _compromised_first(acts: list[ChainAct]) -> tuple[list[ChainAct], list[ChainAct]]:
    """What leads to a compromised end, without an orderly one on the way; and the rest."""
    ended = {(act.subject, act.step) for act in acts if _is_compromised(act)}
    first, rest = [], []
    issuers = {act.subject: act for act in acts if act.act == "register_issuer"}
    for act in acts:
        if act.act == "register_issuer":
            continue
        if (act.subject, _compromised_step(act)) not in ended:
            rest.append(act)  # also leave that was given again: its periods are counted in order
        elif act.step != ENDING_STEPS[Ending.ORDERLY]:
            first.append(act)
    # An issuer without keys and leave is believed in nothing.
    return [*issuers.values(), *first], rest


def _compromised_step(act: ChainAct) -> int:
    """The step at which a key, or an issuer's first leave for a type, ends as compromised."""
    first = act.step < ACCREDITATION_STEPS
    if first and act.act in {"add_key", "end_key", "accredit", "withdraw"}:
        return ENDING_STEPS[Ending.COMPROMISED]
    return -1
