"""Acts that protect somebody: a restore must not undo them, so they stand beside the database too.

Whoever revokes, removes, withdraws or ends something in the store notes it in the transaction; it
is in the ledger before the transaction is kept, and is done again where a database lacks it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from api.ports.destruction import RecordKind
from contracts.evidence.encoding import Json


class ProtectionKind(StrEnum):
    """What was done; the subject is a random id, or a digest."""

    ACCOUNT_REMOVED = "account.removed"
    ROLE_WITHDRAWN = "role.withdrawn"
    PASSKEY_REMOVED = "passkey.removed"
    PASSKEY_SUSPENDED = "passkey.suspended"
    SESSION_ENDED = "session.ended"
    INVITATION_ENDED = "invitation.ended"
    ACT_ENDED = "act.ended"
    """A proposal that waited for a second person was done or withdrawn."""
    OFFER_ENDED = "offer.ended"
    CREDENTIAL_MARKED = "credential.marked"
    PAPER_REVOKED = "paper.revoked"
    KEY_END_ORDERED = "issuer_key.end_ordered"
    """An errand that ends an issuer's key was put in the outbox."""
    KEY_NAMED = "key.named"
    """A secret of the service was made, replaced, forgotten or erased."""


@dataclass(frozen=True, slots=True)
class ProtectiveAct:
    """One act.

    Args:
        kind: what was done.
        subject: to what: an opaque id, at most 128 characters.
        detail: what else is needed to do it again, at most 700 bytes of canonical JSON; names
            nobody.
    """

    kind: ProtectionKind
    subject: str
    detail: Mapping[str, Json] = field(default_factory=dict)


PROTECTIVE_ERRANDS: Final = frozenset({"issuer.end_key", "issuer.rotate_key"})
"""Errands of the outbox that a restore must not lose: they end keys."""


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """How far the ledger goes: its lines, and the hash of the last (32 zero bytes for none)."""

    lines: int
    hash: bytes


NO_LINE: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Position:
    """A state of the ledger, and where in the file the next line begins."""

    head: LedgerHead = LedgerHead(0, NO_LINE)
    offset: int = 0


@dataclass(frozen=True, slots=True)
class LedgerTail:
    """The lines after a position: digests of destroyed records, and acts; and where they end."""

    digests: frozenset[bytes]
    acts: Sequence[ProtectiveAct]
    end: Position


@dataclass(frozen=True, slots=True)
class Protection:
    """The ledger as a database uses it.

    Args:
        record: writes acts durably; returns the position before the first and after the last.
        position: where the ledger ends now, at a cost that does not depend on its length.
        tail: the lines after a position; an error where the ledger never had that state.
        digest: of a destroyed record's kind and id.
    """

    record: Callable[[Sequence[ProtectiveAct]], tuple[Position, Position]]
    position: Callable[[], Position]
    tail: Callable[[Position], LedgerTail]
    digest: Callable[[RecordKind, str], bytes] = field(repr=False)
