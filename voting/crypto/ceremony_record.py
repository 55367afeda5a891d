"""What anyone can check of a ceremony: rounds one to four, from public messages only.

An honest party's messages are checked before it sends its own next one, so that nobody reacts to
what others chose: commitments are hashed in round one and opened in round two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from voting.crypto.ceremony import Ceremony, Round, SignedMessage, check_round
from voting.crypto.errors import (
    CommitmentCountError,
    CommitmentOpeningError,
    GroupError,
    KnowledgeProofError,
    ShareDecryptionError,
    TranscriptMismatchError,
    TransportKeyError,
    ViewMismatchError,
)
from voting.crypto.group import SCALAR_BYTES, PointT
from voting.crypto.schnorr import KnowledgeProof, Statement, holds
from voting.crypto.sharing import evaluate_public
from voting.crypto.transcript import DIGEST_BYTES, transcript_hash, u32

KEM_BYTES: Final = 32
_SEAL_BYTES: Final = 48
"""HPKE adds an encapsulated key of 32 bytes and a tag of 16."""

_TRANSPORT_MODULUS: Final = 2**255 - 19
_PROBE: Final = X25519PrivateKey.from_private_bytes(bytes(31) + b"\x40")
"""Any private key: an exchange with it fails exactly for the public keys of small order."""


@dataclass(frozen=True, slots=True)
class Announcements:
    """Round one, checked: transport keys and hashes by party, and ``view``, which binds them."""

    kems: tuple[bytes, ...]
    hashes: tuple[bytes, ...]
    view: bytes


@dataclass(frozen=True, slots=True)
class Openings(Generic[PointT]):
    """Round two, checked: ``commitments[j-1][i-1][k] = C_jik``; ``view`` binds both rounds."""

    commitments: tuple[tuple[tuple[PointT, ...], ...], ...]
    view: bytes

    def public_share(self, ceremony: Ceremony[PointT], dealer: int, key: int, party: int) -> PointT:
        """``sum_k l^k C_jik``, whose logarithm is party l's share; ``key`` is 0-based."""
        return evaluate_public(ceremony.group, self.commitments[dealer - 1][key], party)


@dataclass(frozen=True, slots=True)
class CeremonyKeys(Generic[PointT]):
    """What a ceremony yields for the public.

    Args:
        public: Y_1..Y_m (or PK alone).
        shares: ``shares[l-1][i-1] = X_li``.
        transcript: 32 bytes, signed by every party.
    """

    public: tuple[PointT, ...]
    shares: tuple[tuple[PointT, ...], ...]
    transcript: bytes


@dataclass(frozen=True, slots=True)
class CeremonyRecord:
    """All messages of a ceremony, each round in the order of the parties."""

    announcements: tuple[SignedMessage, ...]
    openings: tuple[SignedMessage, ...]
    dealings: tuple[SignedMessage, ...]
    confirmations: tuple[SignedMessage, ...]


def commitment_hash(ceremony: Ceremony[PointT], party: int, kem: bytes, points: bytes) -> bytes:
    """``h_j = tr("commit", ceremony, u32 j, kem_j, C_j10|C_j11|..)``."""
    return transcript_hash("commit", ceremony.digest, u32(party), kem, points)


def check_announcements(
    ceremony: Ceremony[PointT], messages: Sequence[SignedMessage]
) -> Announcements:
    """Round one: ``body = kem_j | h_j``.

    Raises:
        CeremonyError: K-02, K-03, or a transport key nobody can encrypt to, or two equal (K-04).
    """
    kems: list[bytes] = []
    hashes: list[bytes] = []
    for place, body in enumerate(check_round(ceremony, Round.ANNOUNCE, messages), 1):
        kem, digest = body[:KEM_BYTES], body[KEM_BYTES:]
        if len(body) != KEM_BYTES + DIGEST_BYTES or kem in kems or not _is_usable(kem):
            raise TransportKeyError(place, "the transport key is unusable or already taken")
        kems.append(kem)
        hashes.append(digest)
    return Announcements(tuple(kems), tuple(hashes), view_of(ceremony, messages))


def view_of(ceremony: Ceremony[PointT], messages: Sequence[SignedMessage]) -> bytes:
    """``tr("view", ceremony, statement|statement|..)``: what a party has seen when it goes on.

    Each round's messages hold the view of the round before, so that one view binds all rounds.
    """
    return transcript_hash("view", ceremony.digest, b"".join(m.statement() for m in messages))


def check_view(sender: int, body: bytes, view: bytes) -> None:
    """Check that the sender has seen what was published.

    Raises:
        ViewMismatchError: it has seen something else (K-14). ``judge_view`` finds out whether the
            sender lies or was shown a second message that somebody signed.
    """
    if body[:DIGEST_BYTES] != view:
        raise ViewMismatchError(0, f"party {sender} answered to other messages than the published")


def check_openings(
    ceremony: Ceremony[PointT], first: Announcements, messages: Sequence[SignedMessage]
) -> Openings[PointT]:
    """Round two: ``body = view | C_j10|..|C_jm(t-1) | proof_1|..|proof_m``.

    Args:
        ceremony: the setting.
        first: round one, checked.
        messages: round two.

    Raises:
        CeremonyError: K-02, K-03, K-05 to K-07, K-14.
    """
    commitments = []
    for party, body in enumerate(check_round(ceremony, Round.OPEN, messages), 1):
        check_view(party, body, first.view)
        commitments.append(_open(ceremony, first, party, body[DIGEST_BYTES:]))
    return Openings(tuple(commitments), view_of(ceremony, messages))


def _open(
    ceremony: Ceremony[PointT], first: Announcements, party: int, body: bytes
) -> tuple[tuple[PointT, ...], ...]:
    width, group = ceremony.group.point_bytes, ceremony.group
    size = ceremony.keys * ceremony.threshold * width
    if len(body) != size + ceremony.keys * (width + SCALAR_BYTES):
        raise CommitmentCountError(party, f"not {ceremony.keys} times {ceremony.threshold} points")
    points, proofs = body[:size], body[size:]
    expected = commitment_hash(ceremony, party, first.kems[party - 1], points)
    if expected != first.hashes[party - 1]:
        raise CommitmentOpeningError(party, "the commitments are not those of round one")
    try:
        decoded = [group.decode(points[at : at + width]) for at in range(0, size, width)]
    except GroupError as error:
        raise CommitmentCountError(party, f"a commitment is no point of {group.name}") from error
    t = ceremony.threshold
    rows = tuple(tuple(decoded[at : at + t]) for at in range(0, len(decoded), t))
    _check_proofs(ceremony, first, party, rows, proofs)
    return rows


def knowledge_statement(
    ceremony: Ceremony[PointT], first: Announcements, party: int, key: int, point: PointT
) -> Statement[PointT]:
    """``C_ji0`` in its place; ``key`` is i, 1-based. The challenge covers all h, j and i."""
    context = (ceremony.digest, b"".join(first.hashes), u32(party), u32(key))
    return Statement(ceremony.group, "dkg-pok", context, point)


def _check_proofs(
    ceremony: Ceremony[PointT],
    first: Announcements,
    party: int,
    rows: tuple[tuple[PointT, ...], ...],
    proofs: bytes,
) -> None:
    width = ceremony.group.point_bytes + SCALAR_BYTES
    for i, row in enumerate(rows):
        statement = knowledge_statement(ceremony, first, party, i + 1, row[0])
        try:
            proof = KnowledgeProof.decode(ceremony.group, proofs[i * width : (i + 1) * width])
        except GroupError as error:
            raise KnowledgeProofError(party, f"proof {i + 1} is malformed") from error
        if not holds(statement, proof):
            raise KnowledgeProofError(party, f"proof {i + 1} does not hold")


def check_dealings(
    ceremony: Ceremony[PointT], second: Openings[PointT], messages: Sequence[SignedMessage]
) -> tuple[bytes, ...]:
    """Round three: ``body = view | ciphertexts`` for every other party in order; the bodies.

    Not checked: what the ciphertexts hold; each receiver does, and complains.

    Raises:
        CeremonyError: K-02, K-03, K-14, or a body of another length (K-08).
    """
    bodies = check_round(ceremony, Round.DEAL, messages)
    length = DIGEST_BYTES + (ceremony.parties - 1) * sealed_length(ceremony)
    for party, body in enumerate(bodies, 1):
        check_view(party, body, second.view)
        if len(body) != length:
            raise ShareDecryptionError(party, "not one ciphertext for each other party")
    return tuple(bodies)


def sealed_length(ceremony: Ceremony[PointT]) -> int:
    """Bytes of one receiver's encrypted shares."""
    return _SEAL_BYTES + SCALAR_BYTES * ceremony.keys


def sealed_for(ceremony: Ceremony[PointT], body: bytes, dealer: int, receiver: int) -> bytes:
    """The ciphertext for one receiver in a dealer's body; a dealer has none for itself."""
    place = receiver - 1 if receiver < dealer else receiver - 2
    length = sealed_length(ceremony)
    start = DIGEST_BYTES + place * length
    return body[start : start + length]


def derive_keys(
    ceremony: Ceremony[PointT], second: Openings[PointT], messages: Sequence[SignedMessage]
) -> CeremonyKeys[PointT]:
    """``Y_i``, ``X_li`` and the transcript that every party signs.

    ``tr("transcript", ceremony, rounds one to three, Y_1|.., X_11|X_12|..)``

    Args:
        ceremony: the setting.
        second: round two, checked.
        messages: rounds one to three, in order.

    Raises:
        IdentityPointError: a sum is the neutral element (G-02).
    """
    group, everybody = ceremony.group, range(1, ceremony.parties + 1)
    totals = tuple(
        tuple(
            group.sum([dealer[i][k] for dealer in second.commitments])
            for k in range(ceremony.threshold)
        )
        for i in range(ceremony.keys)
    )
    public = tuple(row[0] for row in totals)
    shares = tuple(
        tuple(evaluate_public(group, row, party) for row in totals) for party in everybody
    )
    transcript = transcript_hash(
        "transcript",
        ceremony.digest,
        b"".join(message.statement() for message in messages),
        group.encode_all(public),
        b"".join(group.encode_all(row) for row in shares),
    )
    return CeremonyKeys(public, shares, transcript)


def verify_ceremony(ceremony: Ceremony[PointT], record: CeremonyRecord) -> CeremonyKeys[PointT]:
    """Check a finished ceremony from its public messages.

    Returns:
        The keys, confirmed by every party under one transcript.

    Raises:
        CeremonyError: the first failing check, with its culprit (K-02 to K-10, K-14).
        IdentityPointError: a key that is the neutral element (G-02).

    Not checked: the shares inside the ciphertexts, which their receivers confirmed; the setting,
    which the definition fixes; whether the keys were used before.
    """
    first = check_announcements(ceremony, record.announcements)
    second = check_openings(ceremony, first, record.openings)
    check_dealings(ceremony, second, record.dealings)
    messages = (*record.announcements, *record.openings, *record.dealings)
    keys = derive_keys(ceremony, second, messages)
    view = view_of(ceremony, record.dealings)
    for party, body in enumerate(check_round(ceremony, Round.CONFIRM, record.confirmations), 1):
        check_view(party, body, view)
        if body != view + keys.transcript:
            raise TranscriptMismatchError(party, "this party confirmed another transcript")
    return keys


def _is_usable(kem: bytes) -> bool:
    """Whether shares can be encrypted to a transport key: 32 bytes, canonical, no small order.

    RFC 7748 has implementations accept u >= p and ignore the highest bit, while HPKE hashes the
    bytes: only with one encoding per key does everybody decrypt, or not decrypt, the same.
    """
    if int.from_bytes(kem, "little") >= _TRANSPORT_MODULUS:
        return False
    try:
        _PROBE.exchange(X25519PublicKey.from_public_bytes(kem))
    except ValueError:
        return False
    return True
