"""Proposals: what the rules recommend on an application, until an officer has decided."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from api.ports.applications import Application


@dataclass(frozen=True, slots=True)
class SpentCopy:
    """A one-time copy of a credential that was shown.

    Args:
        digest: keyed, 32 bytes.
        expires: when the copy ends, after which nobody can show it.
    """

    digest: bytes
    expires: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """Whom and what an application claims for itself alone.

    Args:
        service: of the application.
        round: of the application.
        persons: keyed digests, 32 bytes each, of whom the credentials are about; one, or more
            where they were not shown to be about one person, or none where none was believed.
        copies: that were shown.
    """

    service: str
    round: str
    persons: tuple[bytes, ...]
    copies: tuple[SpentCopy, ...]


class Keeping(StrEnum):
    """What became of a proposal that was to be kept; all but the first undo the transaction."""

    KEPT = "kept"
    USED = "used"
    """The request belongs to an application, or the application is decided."""
    PERSON_TAKEN = "person_taken"
    """Another application of the round is about that person."""
    COPY_SPENT = "copy_spent"
    """A copy was shown for another application."""


@dataclass(frozen=True, slots=True)
class KeptProposal:
    """What came of a checked presentation, for one application.

    Args:
        application: its number.
        request: id of the request that was answered; it serves one application only.
        proposal: ``DecisionProposal.as_json()`` as canonical JSON.
        attached: when the applicant joined the two.
        decision: ``Decision.canonical()`` once an officer has decided.
        shown: the proposal as it was when the presentation was checked; None before 2026-12.
        basis: sealed; what the credentials can be judged by again, until it is decided.
    """

    application: str
    request: str
    proposal: bytes = field(repr=False)
    attached: datetime
    decision: bytes | None = field(default=None, repr=False)
    shown: bytes | None = field(default=None, repr=False)
    basis: bytes | None = field(default=None, repr=False)


JudgeAgain: TypeAlias = Callable[[Application, KeptProposal, datetime], bytes]
"""What is proposed now on an application: canonical, the same bytes where nothing changed.

Raises ``EvidenceUndeterminedError`` where it cannot be determined now.
"""


class ProposalReader(Protocol):
    """Looking proposals up."""

    def find(self, number: str) -> KeptProposal | None:
        """The proposal of an application."""


class Proposals(ProposalReader, Protocol):
    """Keeping proposals."""

    def keep(self, proposal: KeptProposal, claimed: Claimed) -> Keeping:
        """Keep the newest of an application, and take its place in the round and its copies.

        Whoever does not get ``KEPT`` undoes the transaction.
        """

    def replace(self, proposal: KeptProposal, judged: bytes) -> bool:
        """Let what was judged again take its place; False where it is another or decided."""

    def decide(self, proposal: KeptProposal, decision: bytes) -> bool:
        """Keep the decision; False where it is another proposal now, or was decided before."""

    def withdraw(self, number: str, at: datetime) -> None:
        """Remove what was proposed on an application, and free its place in the round.

        Copies that were shown stay spent, without the application's number.
        """

    def forget_spent(self, before: datetime) -> int:
        """Remove copies that ended before a moment; returns how many."""
