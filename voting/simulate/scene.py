"""Where and when a simulated poll takes place, and who keeps its checkpoints."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.note import LogKey
from voting.contest.naming import Title
from voting.poll.clauses import NO_CHAIN, NO_CONTRACT, Option, PublicationKind, Times
from voting.poll.definition import PollDefinition

OPENS: Final = datetime(2026, 1, 5, tzinfo=UTC)
"""An invented date: every time of a simulation follows from it."""
CLOSES: Final = OPENS + timedelta(days=7)
GRACE: Final = timedelta(hours=1)
TITLE: Final = Title("[시험] 모의 투표", "[test] simulated poll")
TIMES: Final = Times(OPENS, CLOSES, GRACE)


class Witness(Protocol):
    """What a simulated poll asks of the world around it."""

    def announced(self, definition: PollDefinition) -> None:
        """The definition is final, and nothing else has happened yet."""

    def anchor(self, key: LogKey, state: Checkpoint, at: datetime) -> datetime:
        """Anchor a log's state at a time of the story; returns the time that the chain gave it."""

    def closed(self, definition: PollDefinition) -> datetime:
        """All checkpoints are anchored; returns when trustees decrypt, after all that must wait."""


class Nobody:
    """No chain: invented times stand."""

    def announced(self, definition: PollDefinition) -> None:
        """See ``Witness.announced``."""

    def anchor(self, key: LogKey, state: Checkpoint, at: datetime) -> datetime:  # noqa: ARG002 # port
        """See ``Witness.anchor``."""
        return at

    def closed(self, definition: PollDefinition) -> datetime:
        """See ``Witness.closed``: an hour after experts opened their sheets."""
        contest = definition.contest
        opened_at = definition.times.final if contest is None else contest.deadline
        return opened_at + timedelta(hours=1)


NOBODY: Final = Nobody()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a simulated poll is about.

    Args:
        title: says that it is synthetic.
        options: None for as many invented cases as the plan has options, with experts' sheets; else
            a poll without experts of its own.
        times: of the poll.
        origin: of the board's log.
        kind: what publishes the poll.
        chain_id: of the chain that the definition names; none for a simulation.
        contract: 20 bytes; none for a simulation.
        witness: keeps checkpoints.
    """

    title: Title = TITLE
    options: tuple[Option, ...] | None = None
    times: Times = TIMES
    origin: str = "poll.simulation.example/board"
    kind: PublicationKind = PublicationKind.SIMULATION
    chain_id: int = NO_CHAIN
    contract: bytes = NO_CONTRACT
    witness: Witness = NOBODY
