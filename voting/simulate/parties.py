"""Trustees and registrars of a simulation: both ceremonies with everybody in one place."""

from dataclasses import dataclass, field
from typing import Generic

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voting.crypto.ceremony import Ceremony, Venue, registrar_ceremony, trustee_ceremony
from voting.crypto.ceremony_record import CeremonyKeys, CeremonyRecord, verify_ceremony
from voting.crypto.dkg import begin, deal_shares, finish, open_commitments
from voting.crypto.group import G1Point, G2Point, PointT
from voting.crypto.randomness import Rng, draw_bytes
from voting.simulate.plan import Plan


@dataclass(frozen=True, slots=True)
class Body(Generic[PointT]):
    """A body of parties after its ceremony, with every secret.

    Args:
        venue: identities, chain id and nonce.
        identities: signing keys, party 1 first.
        record: the public messages.
        keys: public keys.
        shares: each party's secret shares.
    """

    venue: Venue
    identities: tuple[Ed25519PrivateKey, ...] = field(repr=False)
    record: CeremonyRecord
    keys: CeremonyKeys[PointT]
    shares: tuple[tuple[int, ...], ...] = field(repr=False)


def make_trustees(plan: Plan, chain_id: int, rng: Rng) -> Body[G1Point]:
    """Hold the trustees' ceremony."""
    venue, identities = _venue(plan.trustees.parties, chain_id, rng)
    ceremony = trustee_ceremony(plan.trustees.threshold, plan.options, venue)
    return _hold(ceremony, venue, identities, rng)


def make_registrars(plan: Plan, chain_id: int, rng: Rng) -> Body[G2Point]:
    """Hold the registrars' ceremony."""
    venue, identities = _venue(plan.registrars.parties, chain_id, rng)
    ceremony = registrar_ceremony(plan.registrars.threshold, plan.dishonest, venue)
    return _hold(ceremony, venue, identities, rng)


def _venue(parties: int, chain_id: int, rng: Rng) -> tuple[Venue, tuple[Ed25519PrivateKey, ...]]:
    keys = tuple(Ed25519PrivateKey.from_private_bytes(draw_bytes(rng, 32)) for _ in range(parties))
    public = tuple(key.public_key().public_bytes_raw() for key in keys)
    return Venue(public, chain_id, draw_bytes(rng, 32)), keys


def _hold(
    ceremony: Ceremony[PointT],
    venue: Venue,
    identities: tuple[Ed25519PrivateKey, ...],
    rng: Rng,
) -> Body[PointT]:
    begun = [begin(ceremony, j, identity, rng) for j, identity in enumerate(identities, 1)]
    parties = [party for party, _ in begun]
    first = tuple(message for _, message in begun)
    second = tuple(open_commitments(ceremony, party, first, rng) for party in parties)
    third = tuple(deal_shares(ceremony, party, first, second) for party in parties)
    ends = [finish(ceremony, party, (first, second, third), rng) for party in parties]
    record = CeremonyRecord(first, second, third, tuple(end[2] for end in ends))
    keys = verify_ceremony(ceremony, record)
    return Body(venue, identities, record, keys, tuple(end[0] for end in ends))
