"""Acts that two people do together, and the record of administrative acts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from api.ports.accounts import Role


class ActKind(StrEnum):
    """What two people can do."""

    GRANT_ADMINISTRATOR = "account.grant_administrator"
    GRANT_ROLES = "account.grant_roles"
    REMOVE_ACCOUNT = "account.remove"
    RECOVER_ACCOUNT = "account.recover"
    REVOKE_ISSUER_KEY = "issuer.revoke_key"


ROLE_OF: Final[dict[ActKind, Role]] = {
    ActKind.GRANT_ADMINISTRATOR: Role.ADMINISTRATOR,
    ActKind.GRANT_ROLES: Role.ADMINISTRATOR,
    ActKind.REMOVE_ACCOUNT: Role.ADMINISTRATOR,
    ActKind.RECOVER_ACCOUNT: Role.ADMINISTRATOR,
    ActKind.REVOKE_ISSUER_KEY: Role.ISSUER,
}
"""Which role both people hold; the command line alone proposes a recovery, and holds none."""


class ActState(StrEnum):
    """Where an act stands; a waiting one whose time is over can no longer be confirmed."""

    WAITING = "waiting"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TwoPersonAct:
    """An act that one person proposed.

    Args:
        id: 22 characters, random.
        kind: what is to be done.
        object: to what: an account's id, or a key's name in 64 hexadecimal digits.
        detail: canonical JSON, what else is needed to do it; names nobody.
        proposer: id of an account; ``console`` for the command line.
        proposed: when.
        expires: until when it can be confirmed.
        state: where it stands.
        decider: id of the account that confirmed or withdrew it.
        decided: when.
    """

    id: str
    kind: ActKind
    object: str
    detail: bytes = field(repr=False)
    proposer: str
    proposed: datetime
    expires: datetime
    state: ActState = ActState.WAITING
    decider: str | None = None
    decided: datetime | None = None


@dataclass(frozen=True, slots=True)
class AdministrativeEntry:
    """What is kept of an administrative act beside its leaf in the evidence log.

    Args:
        id: 22 characters, random.
        act: what was done, as ``role.grant``.
        account: id of who did it; ``console`` for the command line.
        object: id of what it was done to.
        at: when.
        detail: canonical JSON with a random salt; the log's entry holds its digest only.
        entry: canonical JSON whose leaf hash stands in the log.
    """

    id: str
    act: str
    account: str
    object: str
    at: datetime
    detail: bytes = field(repr=False)
    entry: bytes = field(repr=False)


class ActReader(Protocol):
    """Looking acts up."""

    def find(self, act: str) -> TwoPersonAct | None:
        """The act with this id."""

    def newest(self, limit: int) -> Sequence[TwoPersonAct]:
        """The newest acts, waiting or not."""

    def entries(self, limit: int) -> Sequence[AdministrativeEntry]:
        """The newest administrative entries."""

    def has_entry(self, entry: str) -> bool:
        """Whether an administrative entry of that id is kept."""


class Acts(ActReader, Protocol):
    """Keeping acts."""

    def waiting(self, kind: ActKind, object_: str, at: datetime) -> TwoPersonAct | None:
        """The act of this kind on this object that can still be confirmed."""

    def propose(self, act: TwoPersonAct) -> None:
        """Keep a new act."""

    def decide(self, act: TwoPersonAct) -> None:
        """Keep how an act ended."""

    def record(self, entry: AdministrativeEntry) -> None:
        """Keep an administrative entry."""
