"""One party's side of a key ceremony: Pedersen's protocol with committed openings, no dealer.

``begin -> open_commitments -> deal_shares -> finish`` or ``complain``. Any failure ends the
ceremony for all, names its culprit, and the next one starts with fresh secrets. Shares travel by
HPKE (RFC 9180: X25519, HKDF-SHA-256, ChaCha20-Poly1305, base mode) to keys made for one ceremony.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from voting.crypto.ceremony import Ceremony, Round, SignedMessage, sign_message
from voting.crypto.ceremony_record import (
    KEM_BYTES,
    Announcements,
    CeremonyKeys,
    Openings,
    check_announcements,
    check_dealings,
    check_openings,
    commitment_hash,
    derive_keys,
    knowledge_statement,
    sealed_for,
    view_of,
)
from voting.crypto.errors import (
    GroupError,
    OwnAnnouncementError,
    ShareDecryptionError,
    ShareEquationError,
)
from voting.crypto.group import SCALAR_BYTES, PointT, decode_scalar, encode_scalar
from voting.crypto.randomness import Rng, draw_bytes, random_scalar
from voting.crypto.schnorr import prove_knowledge
from voting.crypto.sharing import evaluate
from voting.crypto.transcript import ORDER, transcript_hash, u32

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class Party:
    """A party with its secrets for one ceremony; never used for a second one.

    Args:
        index: 1-based.
        identity: the long-lived signing key.
        kem_secret: X25519, 32 bytes, made for this ceremony.
        polynomials: ``[i-1][k]``, m of degree t - 1.
        commitments: their public side, encoded.
    """

    index: int
    identity: Ed25519PrivateKey = field(repr=False)
    kem_secret: bytes = field(repr=False)
    polynomials: tuple[tuple[int, ...], ...] = field(repr=False)
    commitments: bytes

    @property
    def kem_public(self) -> bytes:
        """The transport key, 32 bytes."""
        return public_kem(self.kem_secret)


def public_kem(secret: bytes) -> bytes:
    """The X25519 public key of a secret, 32 bytes each."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def begin(
    ceremony: Ceremony[PointT], index: int, identity: Ed25519PrivateKey, rng: Rng
) -> tuple[Party, SignedMessage]:
    """Round one: draw all secrets, publish a transport key and the hash of the commitments."""
    group = ceremony.group
    polynomials = tuple(
        tuple(random_scalar(rng) for _ in range(ceremony.threshold)) for _ in range(ceremony.keys)
    )
    coefficients = [coefficient for row in polynomials for coefficient in row]
    points = [group.multiply_secret(group.generator, c, rng) for c in coefficients]
    kem = draw_bytes(rng, KEM_BYTES)
    party = Party(index, identity, kem, polynomials, group.encode_all(points))
    digest = commitment_hash(ceremony, index, party.kem_public, party.commitments)
    body = party.kem_public + digest
    return party, sign_message(ceremony, Round.ANNOUNCE, index, body, identity)


def open_commitments(
    ceremony: Ceremony[PointT], party: Party, announcements: Sequence[SignedMessage], rng: Rng
) -> SignedMessage:
    """Round two, after all of round one: open the commitments, prove to know their constant terms.

    Every call draws fresh randomness: call it once, store the message before it is sent, and send
    the stored one again when asked; two messages for one round convict their sender (K-11).

    Raises:
        CeremonyError: round one is not complete and sound (K-02 to K-04), or does not hold this
            party's own announcement (K-15).
    """
    first = _first_round(ceremony, party, announcements)
    proofs = b"".join(_prove_constant(ceremony, first, party, i, rng) for i in range(ceremony.keys))
    body = first.view + party.commitments + proofs
    return sign_message(ceremony, Round.OPEN, party.index, body, party.identity)


def _first_round(
    ceremony: Ceremony[PointT], party: Party, announcements: Sequence[SignedMessage]
) -> Announcements:
    """Round one, checked; a party's own place in it must hold what these secrets announced."""
    first = check_announcements(ceremony, announcements)
    kem, place = party.kem_public, party.index - 1
    digest = commitment_hash(ceremony, party.index, kem, party.commitments)
    if (first.kems[place], first.hashes[place]) != (kem, digest):
        raise OwnAnnouncementError(0, f"party {party.index} finds another announcement of itself")
    return first


def _prove_constant(
    ceremony: Ceremony[PointT], first: Announcements, party: Party, key: int, rng: Rng
) -> bytes:
    width = ceremony.group.point_bytes
    start = key * ceremony.threshold * width
    point = ceremony.group.decode(party.commitments[start : start + width])
    statement = knowledge_statement(ceremony, first, party.index, key + 1, point)
    return prove_knowledge(statement, party.polynomials[key][0], rng).encode(ceremony.group)


def deal_shares(
    ceremony: Ceremony[PointT],
    party: Party,
    announcements: Sequence[SignedMessage],
    openings: Sequence[SignedMessage],
) -> SignedMessage:
    """Round three, after all of round two: encrypt each other party's shares to its transport key.

    As for round two: call it once, store the message, and send the stored one again.

    Raises:
        CeremonyError: rounds one and two are not complete and sound (K-02 to K-07, K-14), or
            round one does not hold this party's own announcement (K-15).
    """
    first = _first_round(ceremony, party, announcements)
    second = check_openings(ceremony, first, openings)
    others = [other for other in range(1, ceremony.parties + 1) if other != party.index]
    sealed = b"".join(_seal(ceremony, first, party, other) for other in others)
    body = second.view + sealed
    return sign_message(ceremony, Round.DEAL, party.index, body, party.identity)


def share_info(
    ceremony: Ceremony[PointT], first: Announcements, dealer: int, receiver: int
) -> bytes:
    """HPKE's info: ``tr("share", ceremony, u32 j, u32 l, h_1|..|h_n)``."""
    hashes = b"".join(first.hashes)
    return transcript_hash("share", ceremony.digest, u32(dealer), u32(receiver), hashes)


def _seal(ceremony: Ceremony[PointT], first: Announcements, party: Party, receiver: int) -> bytes:
    shares = b"".join(encode_scalar(evaluate(row, receiver)) for row in party.polynomials)
    key = X25519PublicKey.from_public_bytes(first.kems[receiver - 1])
    return _SUITE.encrypt(shares, key, info=share_info(ceremony, first, party.index, receiver))


def unseal_shares(
    ceremony: Ceremony[PointT],
    second: Openings[PointT],
    parties: tuple[int, int],
    opened: bytes,
    public_of: Callable[[int], PointT],
) -> tuple[int, ...]:
    """Check decrypted shares against the dealer's commitments.

    Args:
        ceremony: the setting.
        second: round two, checked.
        parties: dealer j and receiver l.
        opened: what the ciphertext held.
        public_of: multiplies the generator; the receiver's way hides the scalar from timing.

    Raises:
        ShareDecryptionError: not m scalars below r (K-08).
        ShareEquationError: ``s_jli G`` is not ``sum_k l^k C_jik`` (K-09).
    """
    dealer, receiver = parties
    if len(opened) != SCALAR_BYTES * ceremony.keys:
        raise ShareDecryptionError(dealer, f"the shares for party {receiver} have a wrong length")
    places = range(0, len(opened), SCALAR_BYTES)
    try:
        shares = tuple(decode_scalar(opened[at : at + SCALAR_BYTES]) for at in places)
    except GroupError as error:
        raise ShareDecryptionError(dealer, f"a share for party {receiver} is no scalar") from error
    for i, share in enumerate(shares):
        expected = second.public_share(ceremony, dealer, i, receiver)
        if public_of(share) != expected:
            raise ShareEquationError(dealer, f"share {i + 1} for party {receiver} is wrong")
    return shares


def open_sealed(
    ceremony: Ceremony[PointT],
    first: Announcements,
    parties: tuple[int, int],
    kem_secret: bytes,
    sealed: bytes,
) -> bytes:
    """Decrypt one receiver's shares.

    Args:
        ceremony: the setting.
        first: round one, checked.
        parties: dealer j and receiver l.
        kem_secret: the receiver's.
        sealed: the ciphertext.

    Raises:
        ShareDecryptionError: it does not decrypt (K-08).
    """
    dealer, receiver = parties
    key = X25519PrivateKey.from_private_bytes(kem_secret)
    try:
        return _SUITE.decrypt(sealed, key, info=share_info(ceremony, first, dealer, receiver))
    except InvalidTag as error:
        raise ShareDecryptionError(dealer, f"the shares for {receiver} do not decrypt") from error


def finish(
    ceremony: Ceremony[PointT],
    party: Party,
    messages: tuple[Sequence[SignedMessage], Sequence[SignedMessage], Sequence[SignedMessage]],
    rng: Rng,
) -> tuple[tuple[int, ...], CeremonyKeys[PointT], SignedMessage]:
    """Round four: check every share and confirm the whole transcript.

    Args:
        ceremony: the setting.
        party: with its secrets.
        messages: rounds one to three.
        rng: for splitting the shares.

    Returns:
        This party's secret shares ``x_li`` (one per key), the public keys, the confirmation.
        The keys are in force only when ``verify_ceremony`` has seen everybody's confirmation.

    Raises:
        CeremonyError: with its culprit (K-02 to K-09, K-14, K-15); for K-08 and K-09 the party
            answers with ``complain``.
    """
    first = _first_round(ceremony, party, messages[0])
    second = check_openings(ceremony, first, messages[1])
    bodies = check_dealings(ceremony, second, messages[2])
    group = ceremony.group

    def public_of(share: int) -> PointT:
        return group.multiply_secret(group.generator, share, rng)

    totals = [evaluate(row, party.index) for row in party.polynomials]
    for dealer, body in enumerate(bodies, 1):
        if dealer == party.index:
            continue
        sealed = sealed_for(ceremony, body, dealer, party.index)
        pair = (dealer, party.index)
        opened = open_sealed(ceremony, first, pair, party.kem_secret, sealed)
        shares = unseal_shares(ceremony, second, pair, opened, public_of)
        totals = [(total + share) % ORDER for total, share in zip(totals, shares, strict=True)]
    view = view_of(ceremony, messages[2])
    keys = derive_keys(ceremony, second, (*messages[0], *messages[1], *messages[2]))
    confirmation = sign_message(
        ceremony, Round.CONFIRM, party.index, view + keys.transcript, party.identity
    )
    return tuple(totals), keys, confirmation


def complain(
    ceremony: Ceremony[PointT], party: Party, accused: int, dealings: Sequence[SignedMessage]
) -> SignedMessage:
    """Accuse a dealer of a bad share by publishing this ceremony's transport secret.

    It ends the ceremony: the secret opens every share that was sent to this party, all worthless
    from now on, and anyone can judge (``judge_complaint``).

    Args:
        ceremony: the setting.
        party: who complains.
        accused: the dealer's index.
        dealings: round three as this party was shown it.
    """
    body = view_of(ceremony, dealings) + u32(accused) + party.kem_secret
    return sign_message(ceremony, Round.COMPLAIN, party.index, body, party.identity)
