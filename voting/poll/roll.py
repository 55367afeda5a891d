"""Who registered: nullifiers and requests. Nothing here knows a ballot, a ballot key or a token.

A registrar's roll keeps, per person, the one blinded key it was asked for. The nullifier is made
with a key of this registrar alone: two registrars cannot compare their rolls by it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from contracts.evidence.encoding import HASH_BYTES, b64u_encode
from voting.crypto.transcript import transcript_hash, u32
from voting.poll.errors import OtherRequestError, PresentationError, SharedRequestError

CHALLENGE_BYTES: Final = 32
SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Eligible:
    """A person who may vote, as whoever verified the credential says.

    Args:
        pseudonym: the value of the definition's pseudonym claim; the same for the same person.
        presentation_hash: SHA-256 of the holder-signed presentation, kept as evidence.
    """

    pseudonym: str = field(repr=False)
    presentation_hash: bytes


@dataclass(frozen=True, slots=True)
class RollEntry:
    """A person's one request.

    Args:
        nullifier: 32 bytes, secret with the registrar.
        blinded: M, 48 bytes.
        presentation: hash of the presentation that came with it, 32 bytes.
        salt: of the published commitment to the nullifier, 32 bytes.
    """

    nullifier: bytes = field(repr=False)
    blinded: bytes
    presentation: bytes
    salt: bytes = field(repr=False)


class Roll(Protocol):
    """Where a registrar keeps its roll, durably."""

    def put(self, entry: RollEntry) -> RollEntry:
        """Store an entry unless there is one with its nullifier, and return the stored one.

        Both columns are unique, and the entry is on disk when this returns: two requests at the
        same time end with one entry.

        Raises:
            SharedRequestError: ``blinded`` stands under another nullifier (N-02).
        """

    def entries(self) -> Sequence[RollEntry]:
        """All entries, in an order that tells nothing about time."""


@dataclass(slots=True)
class MemoryRoll:
    """A roll for simulations, gone when the process ends."""

    _by_person: dict[bytes, RollEntry] = field(default_factory=dict, repr=False)
    _by_request: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def put(self, entry: RollEntry) -> RollEntry:
        """See ``Roll.put``."""
        stored = self._by_person.get(entry.nullifier)
        if stored is not None:
            return stored
        if self._by_request.setdefault(entry.blinded, entry.nullifier) != entry.nullifier:
            raise SharedRequestError("two persons ask with one blinded key")
        self._by_person[entry.nullifier] = entry
        return entry

    def entries(self) -> Sequence[RollEntry]:
        """See ``Roll.entries``."""
        return sorted(self._by_person.values(), key=lambda entry: entry.blinded)


def nullifier(key: bytes, poll_id: bytes, pseudonym: str) -> bytes:
    """``HMAC-SHA-256(key, tr("nullifier", poll_id, pseudonym))``.

    Args:
        key: 32 secret bytes of this registrar.
        poll_id: 32 bytes.
        pseudonym: of the person, hashed as UTF-8.
    """
    message = transcript_hash("nullifier", poll_id, pseudonym.encode("utf-8"))
    return hmac.digest(key, message, hashlib.sha256)


def nullifier_commitment(poll_id: bytes, registrar: int, entry: RollEntry) -> bytes:
    """``nc_j = tr("null", poll_id, u32 j, nullifier, salt)``: opens towards the person only."""
    return transcript_hash("null", poll_id, u32(registrar), entry.nullifier, entry.salt)


def registration_nonce(poll_id: bytes, blinded: bytes, challenges: Sequence[bytes]) -> str:
    """``b64url(tr("registration", poll_id, M, c_1|..|c_n))``: what the holder signs.

    Args:
        poll_id: 32 bytes.
        blinded: M, 48 bytes.
        challenges: 32 bytes of each registrar, used once, registrar 1 first.
    """
    digest = transcript_hash("registration", poll_id, blinded, b"".join(challenges))
    return b64u_encode(digest)


@dataclass(frozen=True, slots=True)
class Request:
    """What a registrar received beside the presentation.

    Args:
        blinded: M, 48 bytes, hostile.
        challenges: c_1..c_n as the device collected them.
        nonce: the one inside the verified presentation.
    """

    blinded: bytes
    challenges: tuple[bytes, ...]
    nonce: str

    def check(self, poll_id: bytes, registrar: int, own: bytes) -> None:
        """Check that the holder signed for this M, and in answer to this registrar's challenge.

        Args:
            poll_id: 32 bytes.
            registrar: j, 1-based.
            own: c_j as this registrar gave it out, not used before.

        Raises:
            PresentationError: another M, poll or challenge (N-03).
        """
        sizes = {len(challenge) for challenge in self.challenges}
        mine = self.challenges[registrar - 1 : registrar]
        if sizes != {CHALLENGE_BYTES} or mine != (own,):
            raise PresentationError("the presentation answers to another challenge")
        if self.nonce != registration_nonce(poll_id, self.blinded, self.challenges):
            raise PresentationError("the presentation was made for another request")


def check_same_request(stored: RollEntry, blinded: bytes) -> None:
    """Let a person repeat a request, but not make another one.

    Raises:
        OtherRequestError: with the earlier request as evidence (N-01).
    """
    if stored.blinded != blinded:
        raise OtherRequestError(stored.blinded, stored.presentation)


def check_presentation_hash(eligible: Eligible) -> None:
    """Require evidence that could be shown.

    Raises:
        PresentationError: a hash of another length (N-03).
    """
    if len(eligible.presentation_hash) != HASH_BYTES:
        raise PresentationError("a presentation's hash has 32 bytes")
