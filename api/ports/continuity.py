"""What must not change behind the service's back: which chain it is, and what logs have signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.evidence.snapshot import ChainIdentity


@dataclass(frozen=True, slots=True)
class LogHalt:
    """A log that takes nothing and signs nothing until somebody has seen to it."""

    log: str
    code: str
    since: datetime


class ContinuityReader(Protocol):
    """Looking at it."""

    def chain(self) -> ChainIdentity | None:
        """The chain that this database's logs are anchored on; None before the first start."""

    def halts(self) -> Sequence[LogHalt]:
        """Logs that are halted."""

    def log_names(self) -> Sequence[str]:
        """All logs there are."""


class Continuity(ContinuityReader, Protocol):
    """Keeping it."""

    def keep_chain(self, identity: ChainIdentity) -> None:
        """Keep which chain it is, in place of what was kept."""

    def halt(self, halt: LogHalt) -> None:
        """Halt a log; what it is halted for may change, since when does not."""

    def resume(self, log: str) -> bool:
        """Let a log go on; errands that were buried for it wait again."""
