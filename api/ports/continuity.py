"""What must not change behind the service's back: which chain it is, and what logs have signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from contracts.evidence.snapshot import ChainIdentity


@dataclass(frozen=True, slots=True)
class LogHalt:
    """A log that takes nothing and signs nothing until somebody has seen to it."""

    log: str
    code: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ChainAct:
    """An act on chain that was acknowledged, kept for good: what is put back if the chain loses it.

    Args:
        subject: what it changed, as ``key/<digest>``; see ``api.actions.chain_acts``.
        step: how far the subject had come by it; it only grows.
        act: method of ``contracts.evidence.ledger.Ledger``.
        arguments: of that method, canonical JSON.
        at: when it was done; acts and anchors are put back in this order.
    """

    subject: str
    step: int
    act: str
    arguments: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class ChainSight:
    """What was last seen of the chain.

    Args:
        head: number of its newest block then.
        answered: when it last answered.
        behind: since when it lacks what it had acknowledged; None while it lacks nothing.
        refused: how much of that it refuses to take back.
    """

    head: int
    answered: datetime
    behind: datetime | None = None
    refused: int = 0

    @property
    def is_being_restored(self) -> bool:
        """Whether what it lacks is being put back: nothing new is anchored before that."""
        return self.behind is not None and not self.refused


class ContinuityReader(Protocol):
    """Looking at it."""

    def chain(self) -> ChainIdentity | None:
        """The chain that this database's logs are anchored on; None before the first start."""

    def chain_sight(self) -> ChainSight | None:
        """What was last seen of the chain; None before it was looked at."""

    def chain_levels(self) -> Mapping[str, int]:
        """The last step of every subject on chain."""

    def chain_level(self, subject: str) -> int | None:
        """The last step of one subject; None where nothing was done."""

    def chain_acts(self, subject: str, after: int) -> Sequence[ChainAct]:
        """What was done on chain about a subject after a step (-1: all), oldest first."""

    def chain_endings(self) -> Sequence[ChainAct]:
        """All ends of keys and accreditations, suspensions and their ends, oldest first."""

    def halts(self) -> Sequence[LogHalt]:
        """Logs that are halted."""

    def log_names(self) -> Sequence[str]:
        """All logs there are."""


class Continuity(ContinuityReader, Protocol):
    """Keeping it."""

    def keep_chain(self, identity: ChainIdentity) -> None:
        """Keep which chain it is, in place of what was kept."""

    def see_chain(self, sight: ChainSight) -> None:
        """Keep what was seen of the chain."""

    def add_chain_act(self, act: ChainAct) -> bool:
        """Keep an act that the chain acknowledged; False where that step of it is known."""

    def halt(self, halt: LogHalt) -> None:
        """Halt a log; what it is halted for may change, since when does not."""

    def resume(self, log: str) -> bool:
        """Let a log go on; errands that were buried for it wait again."""
