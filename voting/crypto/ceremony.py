"""The setting of a key ceremony and its signed messages (SPEC "Key ceremonies").

Trustees make keys in G1 only, registrars in G2 only: a multiple of a point of G2 by a trustee's
secret would, with one pairing, read a vote. The role fixes the group; nobody chooses it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Generic

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from voting.crypto.errors import (
    CeremonyRuleError,
    CeremonySignatureError,
    EndorsementError,
    PartyListError,
)
from voting.crypto.group import G1, G2, G1Point, G2Point, Group, PointT
from voting.crypto.identity_keys import is_sound_identity
from voting.crypto.poll_context import MAX_OPTIONS
from voting.crypto.transcript import DIGEST_BYTES, transcript_hash, u32, u256

MAX_PARTIES: Final = 32
MIN_TRUSTEE_THRESHOLD: Final = 2
IDENTITY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_HEADER_BYTES: Final = 5
_MAX_CHAIN_ID: Final = (1 << 256) - 1


class Round(IntEnum):
    """The kind of a message."""

    ANNOUNCE = 1
    OPEN = 2
    DEAL = 3
    CONFIRM = 4
    COMPLAIN = 5


@dataclass(frozen=True, slots=True)
class Venue:
    """Where and when: what makes a ceremony different from every other one.

    Args:
        identities: Ed25519 public keys, canonical and of prime order, party 1 first.
        chain_id: of the chain the poll will be anchored on, below 2^256.
        nonce: 32 random bytes.
    """

    identities: tuple[bytes, ...]
    chain_id: int
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Ceremony(Generic[PointT]):
    """A setting that was checked; only ``trustee_ceremony`` and ``registrar_ceremony`` make one.

    Args:
        group: of the keys.
        threshold: t.
        keys: m, how many keys are made: one per option, or one for registrars.
        identities: as in ``Venue``.
        digest: binds all of this.
    """

    group: Group[PointT]
    threshold: int
    keys: int
    identities: tuple[bytes, ...]
    digest: bytes

    @property
    def parties(self) -> int:
        """How many take part: n."""
        return len(self.identities)


def trustee_ceremony(threshold: int, options: int, venue: Venue) -> Ceremony[G1Point]:
    """The setting for trustees: one key per option, any t of n decrypt.

    Raises:
        CeremonyRuleError: unless ``2 <= t <= n`` and options and chain id are in range (K-01).
        PartyListError: identity keys that are malformed or repeated (K-02).
    """
    parties = len(venue.identities)
    if not MIN_TRUSTEE_THRESHOLD <= threshold <= parties or not 1 <= options <= MAX_OPTIONS:
        raise CeremonyRuleError(0, f"{threshold} of {parties} trustees with {options} options")
    return Ceremony(G1, threshold, options, *_bind("trustee", threshold, options, venue))


def registrar_ceremony(threshold: int, dishonest: int, venue: Venue) -> Ceremony[G2Point]:
    """The setting for registrars: one key, any t of n make a token.

    Raises:
        CeremonyRuleError: see ``check_registrar_rule``, or the chain id is out of range (K-01).
        PartyListError: identity keys that are malformed or repeated (K-02).
    """
    check_registrar_rule(len(venue.identities), threshold, dishonest)
    return Ceremony(G2, threshold, 1, *_bind("registrar", threshold, 1, venue))


def check_registrar_rule(parties: int, threshold: int, dishonest: int) -> None:
    """Require ``1 <= f < t <= n`` and ``2t > n + f``.

    Two sets of t registrars then share more than f, so that at least one honest registrar would
    have to sign twice for a person to get two tokens. Settings like (3, 2, 1) are refused.

    Args:
        parties: n.
        threshold: t.
        dishonest: f, how many registrars may break every rule.

    Raises:
        CeremonyRuleError: K-01.
    """
    fits = 1 <= dishonest < threshold <= parties <= MAX_PARTIES
    if not fits or 2 * threshold <= parties + dishonest:
        setting = f"n = {parties}, t = {threshold}, f = {dishonest}"
        raise CeremonyRuleError(0, f"{setting} break 1 <= f < t <= n and 2t > n + f")


def _bind(role: str, threshold: int, keys: int, venue: Venue) -> tuple[tuple[bytes, ...], bytes]:
    identities = venue.identities
    if len(set(identities)) != len(identities) or not 0 < len(identities) <= MAX_PARTIES:
        raise PartyListError(0, f"identity keys are 1..{MAX_PARTIES} different ones")
    if not all(map(is_sound_identity, identities)) or len(venue.nonce) != DIGEST_BYTES:
        raise PartyListError(0, "an identity key is no canonical point of prime order, or no nonce")
    if not 0 <= venue.chain_id <= _MAX_CHAIN_ID:
        raise CeremonyRuleError(0, "the chain id is no number of 256 bits")
    numbers = (u32(len(identities)), u32(threshold), u32(keys))
    where = (b"".join(identities), u256(venue.chain_id), venue.nonce)
    return identities, transcript_hash("ceremony", role.encode("ascii"), *numbers, *where)


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message of one party in one round; a claim until ``check_message`` has seen it.

    Args:
        kind: of the message.
        sender: 1-based index.
        body: its length is fixed by kind and setting.
        signature: Ed25519 over ``tr("message", ceremony, u8 kind, u32 sender, body)``.
    """

    kind: Round
    sender: int
    body: bytes
    signature: bytes

    def statement(self) -> bytes:
        """``u8 kind | u32 sender | body``: what later hashes cover.

        Signatures are left out: whoever signs one body twice could otherwise make two parties see
        different things without having said two things.
        """
        return bytes([self.kind]) + u32(self.sender) + self.body

    def encode(self) -> bytes:
        """``u8 kind | u32 sender | body | signature``."""
        return self.statement() + self.signature

    @classmethod
    def decode(cls, data: bytes) -> "SignedMessage":
        """The inverse of ``encode``.

        Raises:
            CeremonySignatureError: too short to hold a signature, or of unknown kind (K-03).
        """
        kinds = {kind.value: kind for kind in Round}
        if len(data) < _HEADER_BYTES + SIGNATURE_BYTES or data[0] not in kinds:
            raise CeremonySignatureError(0, "these bytes are no message of a ceremony")
        sender = int.from_bytes(data[1:_HEADER_BYTES], "big")
        body, signature = data[_HEADER_BYTES:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
        return cls(kinds[data[0]], sender, body, signature)


def sign_message(
    ceremony: Ceremony[PointT], kind: Round, sender: int, body: bytes, identity: Ed25519PrivateKey
) -> SignedMessage:
    """Sign a message with the sender's identity key."""
    signature = identity.sign(_signed_bytes(ceremony, kind, sender, body))
    return SignedMessage(kind, sender, body, signature)


def check_message(ceremony: Ceremony[PointT], kind: Round, message: SignedMessage) -> bytes:
    """Check kind, sender and signature, and return the body.

    Raises:
        PartyListError: there is no such party, or the kind is another one (K-02).
        CeremonySignatureError: its sender did not sign it (K-03).
    """
    if message.kind is not kind or not 1 <= message.sender <= ceremony.parties:
        raise PartyListError(0, f"a message of party {message.sender} is out of place")
    signed = _signed_bytes(ceremony, kind, message.sender, message.body)
    if not _is_signed(ceremony.identities[message.sender - 1], message.signature, signed):
        raise CeremonySignatureError(message.sender, f"{kind.name} is not signed by this party")
    return message.body


def check_round(
    ceremony: Ceremony[PointT], kind: Round, messages: Sequence[SignedMessage]
) -> list[bytes]:
    """Check that there is exactly one signed message of each party, in order; return the bodies.

    Raises:
        PartyListError: missing, repeated or unordered messages; ``culprit`` is the first party
            whose message is not in its place (K-02).
        CeremonySignatureError: K-03.
    """
    for place in range(max(len(messages), ceremony.parties)):
        if place >= len(messages) or messages[place].sender != place + 1:
            culprit = place + 1 if place < ceremony.parties else 0
            raise PartyListError(culprit, f"the {kind.name} messages are not one per party")
    return [check_message(ceremony, kind, message) for message in messages]


def endorse(poll_id: bytes, transcript: bytes, identity: Ed25519PrivateKey) -> bytes:
    """Sign that this ceremony's keys serve this poll and no other, 64 bytes."""
    return identity.sign(transcript_hash("endorse", poll_id, transcript))


def check_endorsements(
    ceremony: Ceremony[PointT], poll_id: bytes, transcript: bytes, signatures: Sequence[bytes]
) -> None:
    """Check that every party endorsed the poll, party 1 first.

    Raises:
        EndorsementError: a signature is missing, too many, or of something else (K-13).
    """
    signed = transcript_hash("endorse", poll_id, transcript)
    if len(signatures) != ceremony.parties:
        raise EndorsementError(0, f"{len(signatures)} endorsements of {ceremony.parties} parties")
    for place, (key, signature) in enumerate(zip(ceremony.identities, signatures, strict=True), 1):
        if not _is_signed(key, signature, signed):
            raise EndorsementError(place, "this party did not endorse the poll")


def _signed_bytes(ceremony: Ceremony[PointT], kind: Round, sender: int, body: bytes) -> bytes:
    return transcript_hash("message", ceremony.digest, bytes([kind]), u32(sender), body)


def _is_signed(key: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except (InvalidSignature, ValueError):  # ValueError: the bytes are no key
        return False
    return True
