"""One transaction as the stores of every aggregate. Importing this imports every table."""

from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection

from api.ports.protection import ProtectiveAct
from api.store.access_log import SqlAccessLog
from api.store.accounts import SqlAccounts
from api.store.acts import SqlActs
from api.store.applications import SqlApplications
from api.store.continuity import SqlContinuity
from api.store.database_mark import OutsideMarks, SqlDatabaseMark
from api.store.destruction import SqlDestruction
from api.store.idempotency import SqlKeptRequests
from api.store.issuing import SqlIssuing
from api.store.known_keys import SqlKnownKeys
from api.store.logs import SqlLogs
from api.store.outbox import SqlOutbox
from api.store.papers import SqlPapers
from api.store.presentations import SqlPresentations
from api.store.proposals import SqlProposals
from api.store.protection import SqlProtection
from api.store.scope_secrets import SqlScopeSecrets
from api.store.sessions import SqlSessions


@dataclass(frozen=True)
class SqlWork:
    """``api.ports.storage.Work`` and ``Reading`` on one connection's transaction."""

    connection: Connection
    protective: list[ProtectiveAct] = field(default_factory=list)
    """What was done in it that a restore must not undo."""
    outside: OutsideMarks | None = None
    """By which a database that was put back is noticed."""

    @cached_property
    def applications(self) -> SqlApplications:
        """Applications."""
        return SqlApplications(self.connection)

    @cached_property
    def outbox(self) -> SqlOutbox:
        """What must happen outside."""
        return SqlOutbox(self.connection, self.protective)

    @cached_property
    def kept_requests(self) -> SqlKeptRequests:
        """Keys of requests that may be sent again."""
        return SqlKeptRequests(self.connection)

    @cached_property
    def logs(self) -> SqlLogs:
        """Evidence logs."""
        return SqlLogs(self.connection, self.outside)

    @cached_property
    def issuing(self) -> SqlIssuing:
        """What the issuer keeps."""
        return SqlIssuing(self.connection, self.protective)

    @cached_property
    def presentations(self) -> SqlPresentations:
        """Requests for presentations."""
        return SqlPresentations(self.connection)

    @cached_property
    def scope_secrets(self) -> SqlScopeSecrets:
        """Secrets of series and rounds."""
        return SqlScopeSecrets(self.connection)

    @cached_property
    def accounts(self) -> SqlAccounts:
        """Accounts of staff."""
        return SqlAccounts(self.connection, self.protective)

    @cached_property
    def sessions(self) -> SqlSessions:
        """Sessions of staff, and what leads to them."""
        return SqlSessions(self.connection, self.protective)

    @cached_property
    def acts(self) -> SqlActs:
        """Acts of two people, and administrative entries."""
        return SqlActs(self.connection, self.protective)

    @cached_property
    def access_log(self) -> SqlAccessLog:
        """Who read what."""
        return SqlAccessLog(self.connection)

    @cached_property
    def continuity(self) -> SqlContinuity:
        """The known chain, and logs that are halted."""
        return SqlContinuity(self.connection)

    @cached_property
    def destruction(self) -> SqlDestruction:
        """Removing what is known of somebody."""
        return SqlDestruction(self.connection)

    @cached_property
    def papers(self) -> SqlPapers:
        """Papers."""
        return SqlPapers(self.connection, self.protective)

    @cached_property
    def proposals(self) -> SqlProposals:
        """Proposals on applications."""
        return SqlProposals(self.connection)

    @cached_property
    def known_keys(self) -> SqlKnownKeys:
        """Secrets by name and fingerprint."""
        return SqlKnownKeys(self.connection, self.protective)

    @cached_property
    def mark(self) -> SqlDatabaseMark:
        """By which a database that was put back is noticed."""
        return SqlDatabaseMark(self.connection)

    @cached_property
    def protection(self) -> SqlProtection:
        """How far the ledger of acts that protect was followed."""
        return SqlProtection(self.connection)
