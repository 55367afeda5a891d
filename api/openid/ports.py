"""What issuing and asking need of the world: stores, keys, trust. Adapters live elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from api.openid.asking import AskedRequest
from api.openid.credential_request import WalletEvent
from api.openid.offering import Offer
from api.openid.outcome import Answered
from api.openid.token_request import Access
from api.ports.storage import Reading, Storage, Work
from api.ports.unfinished import Hold
from verifier.credential.keys import Signer
from verifier.credential.needs import Needs
from verifier.credential.trust import TrustMaterial


@dataclass(frozen=True, slots=True)
class Batch:
    """Copies that were issued together; ``notification_hash`` stands for the wallet's handle."""

    id: str
    offer: str
    agency: str
    configuration: str
    notification_hash: bytes
    made: datetime
    event: WalletEvent | None = None


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """What an agency keeps of one copy: its place in the log, its status, and for whom.

    ``subject`` is a keyed hash of the register's person id, by which the console finds copies.
    ``status`` is the value in the agency's list number ``status_list`` at ``status_index``:
    0 valid, 1 revoked, 2 suspended.
    """

    agency: str
    index: int
    batch: str
    configuration: str
    subject: bytes
    status_list: int
    status_index: int
    issued: datetime
    expires: datetime
    status: int = 0


@dataclass(frozen=True, slots=True)
class Deferral:
    """An issuance that waits for the register; ``points`` are the holder's keys, 64 bytes each."""

    transaction_hash: bytes
    token_hash: bytes
    offer: str
    agency: str
    configuration: str
    points: tuple[bytes, ...]
    expires: datetime
    done: bool = False


@dataclass(frozen=True, slots=True)
class StatusRelease:
    """A published status list: its version on chain, the signed token, and since when it is there.

    ``anchored`` is None while the version is on its way to the chain.
    """

    version: int
    token: str
    made: datetime
    anchored: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusListState:
    """One of an agency's status lists.

    Args:
        agency: whose it is.
        number: 1-based; the list's address ends with it.
        entries: how many places it has.
        drawn: how many of them were given out, in an order that was prepared.
        opened: since when verifiers can look it up; places are given out from then on only.
        ends: when the last credential that points to it ends; None while none does.
        changes: grows whenever an entry changes.
        published: the ``changes`` that its newest version holds.
    """

    agency: str
    number: int
    entries: int
    drawn: int = 0
    opened: datetime | None = None
    ends: datetime | None = None
    changes: int = 1
    published: int = 0

    @property
    def left(self) -> int:
        """Places that may be given out now."""
        return 0 if self.opened is None else self.entries - self.drawn


@dataclass(frozen=True, slots=True)
class KeptScopeSecret:
    """A secret of one scope as kept: sealed, or None once it was erased."""

    name: str
    sealed: bytes | None = field(repr=False)
    made: datetime


class ScopeSecretReader(Protocol):
    """Looking secrets of scopes up."""

    def find(self, name: str) -> KeptScopeSecret | None:
        """A secret by its scope's name."""


class ScopeSecretStore(ScopeSecretReader, Protocol):
    """Keeping secrets that can be erased alone; the name of an erased one stays."""

    def hold(self, name: str) -> KeptScopeSecret | None:
        """A secret by its scope's name, locked until the end."""

    def add(self, secret: KeptScopeSecret) -> bool:
        """Keep a new one; False where the name is known, erased or not."""


class IssuingReader(Protocol):
    """Looking at what the issuer keeps."""

    def access(self, token_hash: bytes) -> Access | None:
        """An access token by its hash."""

    def status_lists(self, agency: str) -> Sequence[StatusListState]:
        """All lists of an agency, by number."""

    def status_list(self, agency: str, number: int) -> StatusListState:
        """One that there is."""

    def giving_lists(self, agency: str) -> Sequence[StatusListState]:
        """Those that have places left, open or not, by number; few, however many there are."""

    def due_lists(
        self, agency: str, address: Callable[[int], str], since: datetime, until: datetime
    ) -> Sequence[int]:
        """Numbers of those to publish: changed, not open yet, not on chain, or of another time.

        Args:
            agency: its id.
            address: of a list, by its number.
            since: what was signed then or before is too old.
            until: what was signed later was signed by a clock that ran ahead.
        """

    def release(self, uri: str, version: int | None = None) -> StatusRelease | None:
        """The newest status list at an address, or the one of a version."""

    def anchored_release(self, uri: str) -> StatusRelease | None:
        """The newest status list at an address that is on chain."""

    def copies_of(self, agency: str, subject: bytes) -> Sequence[CopyRecord]:
        """All copies of a person, oldest first."""

    def first_issued(self, agency: str, index: int) -> datetime | None:
        """When the first copy from a place in the log on was issued; None where there is none."""

    def copies_in(self, batch: str) -> Sequence[CopyRecord]:
        """All copies that were issued together, oldest first."""


class Issuing(IssuingReader, Protocol):
    """Writing what the issuer keeps."""

    def add_offer(self, offer: Offer) -> None:
        """Keep a new offer."""

    def offer(self, name: str) -> Offer | None:
        """An offer by its id, locked until the end."""

    def offer_of_code(self, code_hash: bytes) -> Offer | None:
        """An offer by its code's hash, locked until the end."""

    def keep_offer(self, offer: Offer) -> None:
        """Keep an offer's new state."""

    def add_access(self, access: Access) -> None:
        """Keep a new access token's hash."""

    def extend_access(self, access: Access) -> None:
        """Keep an access token's new end."""

    def burn_nonce(self, nonce_hash: bytes, until: datetime) -> bool:
        """Remember a used nonce; False if it was used before. Must be atomic."""

    def add_status_list(self, made: StatusListState, places: Sequence[int]) -> None:
        """Keep a new list with the order in which its places are given out."""

    def keep_status_list(self, changed: StatusListState) -> None:
        """Keep a list's new state."""

    def draw_places(self, one: StatusListState, count: int, expires: datetime) -> tuple[int, ...]:
        """Give out the next places of a list, fewer where it ends, for credentials until a moment.

        The caller holds the agency's log open, so that nobody draws beside it.
        """

    def give_back(self, one: StatusListState, places: Sequence[int]) -> None:
        """Let a list begin anew with another order; it opens again when that was published."""

    def has_copies(self, agency: str, number: int) -> bool:
        """Whether a copy is kept that points to a list."""

    def forget_copies(self, agency: str, before: datetime, limit: int) -> int:
        """Remove batches of copies that ended before a moment, found by so many copies."""

    def add_batch(self, batch: Batch, copies: Sequence[CopyRecord]) -> None:
        """Keep what was issued."""

    def batch_of(self, notification_hash: bytes) -> Batch | None:
        """A batch by its notification id's hash."""

    def keep_event(self, batch: Batch) -> None:
        """Keep what a wallet said of a batch."""

    def add_deferral(self, deferral: Deferral) -> None:
        """Keep an issuance that waits."""

    def deferral(self, transaction_hash: bytes) -> Deferral | None:
        """A waiting issuance by its transaction id's hash, locked until the end."""

    def end_deferral(self, transaction_hash: bytes) -> None:
        """Keep that a waiting issuance was made."""

    def mark(self, agency: str, indexes: Sequence[int], status: int) -> None:
        """Set the status of copies by their places in the log; their lists are to be published."""

    def marked(self, agency: str, number: int) -> Mapping[int, int]:
        """All status indexes of a list whose value is not 0."""

    def add_release(self, uri: str, release: StatusRelease) -> None:
        """Keep a status list that is being published, and forget those of long ago."""

    def confirm_release(self, uri: str, version: int, anchored: datetime) -> None:
        """Keep that the chain has a version."""

    def forget(self, before: datetime, limit: int) -> int:
        """Remove nonces, tokens and offers that ended before a moment; returns how many rows.

        At most so many of each are removed at once.
        """


class PresentationReader(Protocol):
    """Looking at requests for presentations."""

    def find(self, name: str) -> AskedRequest | None:
        """A request by its id."""

    def find_with_state(self, name: str) -> tuple[AskedRequest, bool] | None:
        """A request by its id, and whether it was answered."""

    def answered(self, name: str) -> Answered | None:
        """What came of a request; None while nothing did."""

    def waiting(self, after: str, limit: int) -> Sequence[str]:
        """Ids of requests whose answer is held, in their order, from one after ``after``."""


class Presentations(PresentationReader, Protocol):
    """Keeping requests for presentations, and what came of them."""

    def add(self, asked: AskedRequest, held: Hold) -> None:
        """Keep a new request, without its text, until it is joined or ends.

        Raises:
            NoRoomError: there is none; nothing may be kept of the transaction.
        """

    def settle_held(self, answered: Answered) -> bool:
        """Let an outcome take the place of an answer that was held; False where none is held."""

    def settle(self, answered: Answered, consent_text: str) -> bool:
        """Keep an outcome and the text, burn the request and forget its decryption key.

        Returns:
            False if the request was settled or its replay key burnt before: nothing is kept then.

        Raises:
            NoRoomError: the answer is larger than the room that is left; the request stays open.
        """

    def spoil(self, name: str) -> bool:
        """Forget what an answer held, because it was relayed; False where it is joined already."""

    def forget_unanswered(self, before: datetime, limit: int) -> int:
        """Remove requests that ended unanswered before a moment; returns how many."""


class OpenIdReading(Reading, Protocol):
    """One consistent view."""

    @property
    def scope_secrets(self) -> ScopeSecretReader:
        """Secrets of series and rounds."""

    @property
    def issuing(self) -> IssuingReader:
        """What the issuer keeps."""

    @property
    def presentations(self) -> PresentationReader:
        """Requests for presentations."""


class OpenIdWork(Work, Protocol):
    """One transaction: what is done in it holds together or not at all."""

    @property
    def scope_secrets(self) -> ScopeSecretStore:
        """Secrets of series and rounds."""

    @property
    def issuing(self) -> Issuing:
        """What the issuer keeps."""

    @property
    def presentations(self) -> Presentations:
        """Requests for presentations."""


class OpenIdStorage(Storage, Protocol):
    """Where everything is kept."""

    def work(self) -> AbstractContextManager[OpenIdWork]:
        """A transaction: kept durably at the end of the block, undone by an exception."""

    def reading(self) -> AbstractContextManager[OpenIdReading]:
        """A view in which nothing can be written."""


class IssuerKeys(Protocol):
    """The agencies' signing keys, in a file or in a hardware module."""

    def signer(self, agency: str) -> Signer:
        """The key that an agency signs with now."""

    def prepare(self, agency: str) -> Signer:
        """The agency's next key; the same one until it is adopted."""

    def adopt(self, agency: str) -> None:
        """Sign with the next key from now on."""


class RegisterShelf(Protocol):
    """Where registers are kept that were imported, by credential type."""

    def replacing(self, kind: str, data: bytes) -> AbstractContextManager[Callable[[str], None]]:
        """Let a file take the place of a type's register at the end of the block, durably.

        What is yielded is called with the id of the administrative entry, in its transaction.

        Raises:
            StorageOccupiedError: a register is being replaced by somebody else.
            StorageUnavailableError: it cannot be kept; or its entry is, and ``settle`` does the
                rest.
        """

    def settle(self, is_kept: Callable[[str], bool]) -> None:
        """End what was cut short, by whether an entry of an id is kept.

        Raises:
            StorageOccupiedError: a register is being replaced at this moment.
        """


class TrustSource(Protocol):
    """The trust snapshot and whole tiles and lists, fetched before a check and safely."""

    def material(self, needs: Needs, at: datetime, *, fresh: bool = False) -> TrustMaterial:
        """What is needed to check some presentations; what cannot be had is left out.

        ``fresh`` takes nothing that was taken before: what was revoked a moment ago counts.
        """
