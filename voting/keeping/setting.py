"""The documents that people exchange before a ceremony: identity cards, and the setting itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import canonical, parse_canonical
from contracts.evidence.errors import EncodingError
from voting.crypto.ceremony import (
    IDENTITY_BYTES,
    MAX_PARTIES,
    Ceremony,
    Venue,
    registrar_ceremony,
    trustee_ceremony,
)
from voting.crypto.group import G1Point, G2Point
from voting.crypto.poll_context import MAX_OPTIONS
from voting.crypto.transcript import PROTOCOL
from voting.poll.parties import read_data

CARD_VERSION: Final = f"{PROTOCOL}/identity"
SETTING_VERSION: Final = f"{PROTOCOL}/ceremony"


class Role(StrEnum):
    """Whose key file: the role fixes the group of the keys."""

    TRUSTEE = "trustee"
    REGISTRAR = "registrar"


@dataclass(frozen=True, slots=True)
class Card:
    """What a party hands to the organiser: its role and its public identity key (32 bytes)."""

    role: Role
    identity: bytes

    def to_bytes(self) -> bytes:
        """The canonical document."""
        body = {"version": CARD_VERSION, "role": str(self.role), "identity": self.identity.hex()}
        return canonical(dict(body))

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``.

        Raises:
            EncodingError: not the canonical document of this version.
        """
        part = Document.of(parse_canonical(data), "identity")
        part.version(CARD_VERSION)
        card = cls(read_role(part), part.data("identity", IDENTITY_BYTES))
        part.close()
        return card


@dataclass(frozen=True, slots=True)
class Setting:
    """A ceremony as its organiser proposes it.

    Args:
        role: trustees make keys in G1, registrars one in G2.
        threshold: t.
        dishonest: f for registrars, 0 for trustees.
        keys: m, one per option; 1 for registrars.
        identities: Ed25519 public keys, party 1 first.
        chain_id: of the chain.
        nonce: 32 random bytes.
    """

    role: Role
    threshold: int
    dishonest: int
    keys: int
    identities: tuple[bytes, ...]
    chain_id: int
    nonce: bytes

    def __post_init__(self) -> None:
        fixed = self.dishonest if self.role is Role.TRUSTEE else self.keys - 1
        if fixed:
            raise EncodingError("trustees have no f, registrars make one key")

    def trustees(self) -> Ceremony[G1Point]:
        """The trustees' ceremony.

        Raises:
            CeremonyError: K-01, K-02.
        """
        return trustee_ceremony(self.threshold, self.keys, self._venue())

    def registrars(self) -> Ceremony[G2Point]:
        """The registrars' ceremony.

        Raises:
            CeremonyError: K-01, K-02.
        """
        return registrar_ceremony(self.threshold, self.dishonest, self._venue())

    def digest(self) -> bytes:
        """``ceremony``, 32 bytes: what the parties compare by telephone.

        Raises:
            CeremonyError: K-01, K-02.
        """
        return (self.trustees() if self.role is Role.TRUSTEE else self.registrars()).digest

    def _venue(self) -> Venue:
        return Venue(self.identities, self.chain_id, self.nonce)

    def to_bytes(self) -> bytes:
        """The canonical document."""
        return canonical(
            {
                "version": SETTING_VERSION,
                "role": str(self.role),
                "threshold": self.threshold,
                "dishonest": self.dishonest,
                "keys": self.keys,
                "identities": [key.hex() for key in self.identities],
                "chain_id": self.chain_id,
                "nonce": self.nonce.hex(),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``.

        Raises:
            EncodingError: not the canonical document of this version.

        Not checked: the rules of a ceremony (``digest`` does, K-01 and K-02).
        """
        part = Document.of(parse_canonical(data), "ceremony")
        part.version(SETTING_VERSION)
        setting = cls(
            read_role(part),
            part.integer("threshold", 1, MAX_PARTIES),
            part.integer("dishonest", 0, MAX_PARTIES),
            part.integer("keys", 1, MAX_OPTIONS),
            read_data(part, "identities", IDENTITY_BYTES, MAX_PARTIES),
            part.integer("chain_id"),
            part.hash("nonce"),
        )
        part.close()
        return setting


def read_role(part: Document) -> Role:
    """The member ``role``.

    Raises:
        EncodingError: another word.
    """
    try:
        return Role(part.text("role"))
    except ValueError as error:
        raise EncodingError("a role is trustee or registrar") from error
