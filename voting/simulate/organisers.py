"""Everybody of a simulation but the voters."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting.contest.entries import Entry
from voting.crypto.group import G1Point, G2Point
from voting.simulate.experts import Experts
from voting.simulate.parties import Body


@dataclass(frozen=True, slots=True)
class Organisers:
    """Everybody but the voters, with all secrets."""

    trustees: Body[G1Point]
    registrars: Body[G2Point]
    board_key: Ed25519PrivateKey = field(repr=False)
    entries: tuple[Entry, ...]
    experts: Experts
