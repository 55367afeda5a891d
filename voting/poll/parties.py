"""Trustees and registrars as the definition names them, and their endorsements of the poll."""

from dataclasses import dataclass
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from contracts.evidence.errors import EncodingError
from voting.crypto.ceremony import (
    IDENTITY_BYTES,
    MAX_PARTIES,
    SIGNATURE_BYTES,
    Ceremony,
    Venue,
    registrar_ceremony,
    trustee_ceremony,
)
from voting.crypto.group import G1, G2, G1Point, G2Point
from voting.crypto.poll_context import MAX_OPTIONS
from voting.crypto.transcript import PROTOCOL

ENDORSEMENTS_VERSION: Final = f"{PROTOCOL}/endorsements"
MAX_ENDORSEMENTS_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Trustees:
    """Who decrypts, with the outcome of their ceremony.

    Args:
        threshold: t, 2..n.
        identities: Ed25519 public keys, 32 bytes each, trustee 1 first.
        nonce: 32 random bytes of the ceremony.
        keys: Y_1..Y_m, 48 bytes each.
        transcript: of the ceremony, 32 bytes.
    """

    threshold: int
    identities: tuple[bytes, ...]
    nonce: bytes
    keys: tuple[bytes, ...]
    transcript: bytes

    def ceremony(self, chain_id: int) -> Ceremony[G1Point]:
        """The setting in which the keys were made.

        Raises:
            CeremonyError: K-01, K-02.
        """
        venue = Venue(self.identities, chain_id, self.nonce)
        return trustee_ceremony(self.threshold, len(self.keys), venue)

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "threshold": self.threshold,
            "identities": [key.hex() for key in self.identities],
            "nonce": self.nonce.hex(),
            "keys": [key.hex() for key in self.keys],
            "transcript": self.transcript.hex(),
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: unknown or missing members, or wrong types.
        """
        body = cls(
            part.integer("threshold"),
            read_data(part, "identities", IDENTITY_BYTES, MAX_PARTIES),
            part.hash("nonce"),
            read_data(part, "keys", G1.point_bytes, MAX_OPTIONS),
            part.hash("transcript"),
        )
        part.close()
        return body


@dataclass(frozen=True, slots=True)
class Registrars:
    """Who grants voting tokens, with the outcome of their ceremony.

    Args:
        threshold: t.
        dishonest: f, with 1 <= f < t <= n and 2t > n + f.
        identities: Ed25519 public keys, 32 bytes each, registrar 1 first.
        nonce: 32 random bytes of the ceremony.
        key: PK, 96 bytes.
        transcript: of the ceremony, 32 bytes.
    """

    threshold: int
    dishonest: int
    identities: tuple[bytes, ...]
    nonce: bytes
    key: bytes
    transcript: bytes

    def ceremony(self, chain_id: int) -> Ceremony[G2Point]:
        """The setting in which the key was made.

        Raises:
            CeremonyError: K-01, K-02.
        """
        venue = Venue(self.identities, chain_id, self.nonce)
        return registrar_ceremony(self.threshold, self.dishonest, venue)

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "threshold": self.threshold,
            "dishonest": self.dishonest,
            "identities": [key.hex() for key in self.identities],
            "nonce": self.nonce.hex(),
            "key": self.key.hex(),
            "transcript": self.transcript.hex(),
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``.

        Raises:
            EncodingError: unknown or missing members, or wrong types.
        """
        body = cls(
            part.integer("threshold"),
            part.integer("dishonest"),
            read_data(part, "identities", IDENTITY_BYTES, MAX_PARTIES),
            part.hash("nonce"),
            part.data("key", G2.point_bytes),
            part.hash("transcript"),
        )
        part.close()
        return body


@dataclass(frozen=True, slots=True)
class Endorsements:
    """Each party's signature over poll id and ceremony transcript, 64 bytes, party 1 first."""

    trustees: tuple[bytes, ...]
    registrars: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """The canonical document."""
        return canonical(
            {
                "version": ENDORSEMENTS_VERSION,
                "trustees": [signature.hex() for signature in self.trustees],
                "registrars": [signature.hex() for signature in self.registrars],
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``; a claim until ``check_endorsements`` has seen it.

        Raises:
            EncodingError: not the canonical document of this version.
        """
        value = parse_canonical(data, max_bytes=MAX_ENDORSEMENTS_BYTES)
        part = Document.of(value, "endorsements")
        part.version(ENDORSEMENTS_VERSION)
        trustees = read_data(part, "trustees", SIGNATURE_BYTES, MAX_PARTIES)
        registrars = read_data(part, "registrars", SIGNATURE_BYTES, MAX_PARTIES)
        part.close()
        return cls(trustees, registrars)


def read_data(part: Document, name: str, length: int, limit: int) -> tuple[bytes, ...]:
    """A list of byte strings of one length, in lowercase hexadecimal.

    Raises:
        EncodingError: no such list, longer than ``limit``, or an item of another form.
    """
    items: list[bytes] = []
    for value in part.values(name, limit):
        text = value if isinstance(value, str) else ""
        if len(text) != 2 * length or text.strip("0123456789abcdef"):
            raise EncodingError(f"{part.place}.{name} holds other than {length} bytes in lower hex")
        items.append(bytes.fromhex(text))
    return tuple(items)


def registrar_origin(board_origin: str, registrar: int) -> str:
    """The name of a registrar's token log; ``registrar`` is 1-based."""
    return f"{board_origin}/registrar/{registrar}"
