"""Applications: somebody asks a service to be checked. Nothing here says who."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from api.ports.unfinished import Hold

Day: TypeAlias = date
"""A calendar day; classes below have a field named date."""


class ApplicationState(StrEnum):
    """Where an application stands."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Application:
    """One application.

    Args:
        number: random, 16 characters of Crockford's base 32 in groups of four.
        service: id of the catalogue.
        round: id of the service's round.
        service_digest: 32 bytes; pins the rules as they were.
        date: the Korean calendar day on which it was received, or a trial's chosen day.
        trial: whether the day was chosen, so that nothing follows from the application.
        received: whole seconds, UTC.
        secret_hash: 32 bytes; the applicant alone holds the secret.
        salt: 16 bytes, so that the log's leaf cannot be guessed.
        ends: when it is removed unless somebody finishes it; None once it was finished.
    """

    number: str
    service: str
    round: str
    service_digest: bytes
    date: Day
    trial: bool
    received: datetime
    secret_hash: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    state: ApplicationState = ApplicationState.OPEN
    ends: datetime | None = None

    def is_over(self, at: datetime) -> bool:
        """Whether nobody finished it in time: it is gone, also where its row is still there."""
        return self.ends is not None and at >= self.ends


class ApplicationReader(Protocol):
    """Looking applications up."""

    def find(self, number: str) -> Application | None:
        """The application with this number."""


class Applications(ApplicationReader, Protocol):
    """Keeping applications."""

    def add(self, application: Application, held: Hold | None = None) -> None:
        """Keep a new one; its number is new, because it is random.

        Args:
            application: the new one.
            held: the room for it until it is finished; None for one that is finished.

        Raises:
            NoRoomError: there is none; nothing may be kept of the transaction.
        """

    def grow(self, number: str, size: int) -> None:
        """Make room for more that belongs to it, in bytes, if it is unfinished.

        Raises:
            NoRoomError: there is none; nothing may be kept of the transaction.
        """

    def finish(self, number: str, requests: Sequence[str] = ()) -> bool:
        """Keep it, and requests that serve it, for good; False where it was finished before."""

    def hold(self, number: str) -> Application | None:
        """The application with this number, locked until the end."""

    def close(self, number: str, state: ApplicationState) -> None:
        """Keep that it was decided or withdrawn."""
