"""Transactions: the unit in which everything is kept, or nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from api.ports.access_log import AccessLog, AccessReader
from api.ports.accounts import AccountReader, Accounts
from api.ports.acts import ActReader, Acts
from api.ports.applications import ApplicationReader, Applications
from api.ports.continuity import Continuity, ContinuityReader
from api.ports.destruction import Destruction, DestructionReader
from api.ports.idempotency import KeptRequests
from api.ports.logs import LogReader, Logs
from api.ports.outbox import Outbox, OutboxReader
from api.ports.papers import PaperReader, Papers
from api.ports.proposals import ProposalReader, Proposals
from api.ports.sessions import SessionReader, Sessions


class Reading(Protocol):
    """One consistent view of everything."""

    @property
    def applications(self) -> ApplicationReader:
        """Applications."""

    @property
    def outbox(self) -> OutboxReader:
        """What must happen outside."""

    @property
    def logs(self) -> LogReader:
        """Evidence logs."""

    @property
    def accounts(self) -> AccountReader:
        """Accounts of staff."""

    @property
    def sessions(self) -> SessionReader:
        """Sessions of staff, and what leads to them."""

    @property
    def acts(self) -> ActReader:
        """Acts of two people, and administrative entries."""

    @property
    def access_log(self) -> AccessReader:
        """Who read what."""

    @property
    def continuity(self) -> ContinuityReader:
        """The known chain, and logs that are halted."""

    @property
    def destruction(self) -> DestructionReader:
        """Looking for records that are to be destroyed."""

    @property
    def papers(self) -> PaperReader:
        """Papers."""

    @property
    def proposals(self) -> ProposalReader:
        """Proposals on applications."""


class Work(Protocol):
    """One transaction: business rows and outbox rows are kept together."""

    @property
    def applications(self) -> Applications:
        """Applications."""

    @property
    def outbox(self) -> Outbox:
        """What must happen outside."""

    @property
    def kept_requests(self) -> KeptRequests:
        """Keys of requests that may be sent again."""

    @property
    def logs(self) -> Logs:
        """Evidence logs."""

    @property
    def accounts(self) -> Accounts:
        """Accounts of staff."""

    @property
    def sessions(self) -> Sessions:
        """Sessions of staff, and what leads to them."""

    @property
    def acts(self) -> Acts:
        """Acts of two people, and administrative entries."""

    @property
    def access_log(self) -> AccessLog:
        """Who read what."""

    @property
    def continuity(self) -> Continuity:
        """The known chain, and logs that are halted."""

    @property
    def destruction(self) -> Destruction:
        """Removing what is known of somebody."""

    @property
    def papers(self) -> Papers:
        """Papers."""

    @property
    def proposals(self) -> Proposals:
        """Proposals on applications."""


class Storage(Protocol):
    """Where everything is kept. All methods may raise ``StorageUnavailableError``."""

    def work(self) -> AbstractContextManager[Work]:
        """One transaction; kept when the block ends without an error."""

    def reading(self) -> AbstractContextManager[Reading]:
        """One view; the database refuses to write in it."""

    def sole(self, name: str) -> AbstractContextManager[Callable[[], None]]:
        """Be the only process that holds a name, or raise ``StorageOccupiedError``.

        What it gives sees that the name is still held, or raises ``StorageUnavailableError``.
        """

    def revision(self) -> str | None:
        """The shape that everything is kept in; None where there is none yet."""
