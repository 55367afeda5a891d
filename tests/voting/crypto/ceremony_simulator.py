"""All parties of a ceremony in one place, each of which can be made to cheat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.voting.crypto.synthetic import DeterministicRngForVectors
from voting.crypto.ceremony import (
    Ceremony,
    SignedMessage,
    Venue,
    registrar_ceremony,
    sign_message,
    trustee_ceremony,
)
from voting.crypto.ceremony_record import CeremonyKeys, CeremonyRecord
from voting.crypto.dkg import Party, begin, deal_shares, finish, open_commitments
from voting.crypto.group import G1Point, G2Point, PointT

Messages = tuple[SignedMessage, ...]


@dataclass(frozen=True, slots=True)
class Simulator(Generic[PointT]):
    """A setting with everybody's identity key."""

    ceremony: Ceremony[PointT]
    identities: tuple[Ed25519PrivateKey, ...]
    rng: DeterministicRngForVectors

    def begin(self) -> tuple[tuple[Party, ...], Messages]:
        both = [
            begin(self.ceremony, index, identity, self.rng)
            for index, identity in enumerate(self.identities, 1)
        ]
        return tuple(party for party, _ in both), tuple(message for _, message in both)

    def open(self, parties: Sequence[Party], first: Messages) -> Messages:
        return tuple(open_commitments(self.ceremony, p, first, self.rng) for p in parties)

    def deal(self, parties: Sequence[Party], first: Messages, second: Messages) -> Messages:
        return tuple(deal_shares(self.ceremony, p, first, second) for p in parties)

    def three_rounds(self) -> tuple[tuple[Party, ...], tuple[Messages, Messages, Messages]]:
        parties, first = self.begin()
        second = self.open(parties, first)
        return parties, (first, second, self.deal(parties, first, second))

    def run(self) -> tuple[CeremonyRecord, list[tuple[int, ...]], CeremonyKeys[PointT]]:
        """An honest ceremony: its record, everybody's shares, and the keys that party 1 sees."""
        parties, rounds = self.three_rounds()
        ends = [finish(self.ceremony, party, rounds, self.rng) for party in parties]
        record = CeremonyRecord(*rounds, tuple(end[2] for end in ends))
        return record, [end[0] for end in ends], ends[0][1]

    def signed_again(self, message: SignedMessage, body: bytes) -> SignedMessage:
        """Another body for the same place, signed by the same party."""
        identity = self.identities[message.sender - 1]
        return sign_message(self.ceremony, message.kind, message.sender, body, identity)


def replaced(messages: Messages, message: SignedMessage) -> Messages:
    """The round with one party's message exchanged."""
    at = message.sender - 1
    return (*messages[:at], message, *messages[at + 1 :])


def _venue(parties: int, label: str) -> tuple[Venue, tuple[Ed25519PrivateKey, ...]]:
    rng = DeterministicRngForVectors(f"identities {label}")
    keys = tuple(Ed25519PrivateKey.from_private_bytes(rng(32)) for _ in range(parties))
    public = tuple(key.public_key().public_bytes_raw() for key in keys)
    return Venue(public, 31337, rng(32)), keys


def trustees(
    parties: int = 3, threshold: int = 2, options: int = 2, label: str = "trustees"
) -> Simulator[G1Point]:
    venue, keys = _venue(parties, label)
    ceremony = trustee_ceremony(threshold, options, venue)
    return Simulator(ceremony, keys, DeterministicRngForVectors(label))


def registrars(
    parties: int = 4, threshold: int = 3, dishonest: int = 1, label: str = "registrars"
) -> Simulator[G2Point]:
    venue, keys = _venue(parties, label)
    ceremony = registrar_ceremony(threshold, dishonest, venue)
    return Simulator(ceremony, keys, DeterministicRngForVectors(label))
