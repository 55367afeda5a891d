"""Voters' devices, worked off in stretches that can run in processes of their own."""

from dataclasses import dataclass, field
from typing import Final

from voting.crypto.ballot_proof import Choice, VoterKey, cast, seal
from voting.crypto.fixed_base import generator_base
from voting.crypto.group import G1, G2
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import SEED_BYTES, Rng, draw_bytes, random_scalar
from voting.crypto.tokens import BlindedKey, TokenKeys, blind_key, combine_many
from voting.poll.definition import PollDefinition

SHORTEST: Final = 25
LONGEST: Final = 250
_STRETCHES: Final = 16
"""So many at least, as far as there are people: for as many processes at a time."""


def stretch(voters: int) -> int:
    """How many voters' devices are worked off together."""
    return min(LONGEST, max(SHORTEST, voters // _STRETCHES))


@dataclass(frozen=True, slots=True)
class Device:
    """A voter's secrets: ballot key k, its blinded form, and the seed that hedges randomness."""

    secret: int = field(repr=False)
    request: BlindedKey = field(repr=False)
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A number of devices to set up for one poll."""

    poll_id: bytes
    count: int
    rng: Rng = field(repr=False)


@dataclass(frozen=True, slots=True)
class Voting:
    """Devices with the shares that registrars gave them, and what each is going to cast.

    Args:
        definition: of the poll.
        share_keys: PK_1..PK_n, 96 bytes each.
        devices: as set up.
        shares: S_j by registrar, one mapping per device.
        casts: vote vectors per device, in the order of casting.
        rng: secure source of random bytes.
    """

    definition: PollDefinition
    share_keys: tuple[bytes, ...]
    devices: tuple[Device, ...]
    shares: tuple[dict[int, bytes], ...]
    casts: tuple[tuple[tuple[int, ...], ...], ...]
    rng: Rng = field(repr=False)


def set_up(work: Beginning) -> tuple[Device, ...]:
    """Make ballot keys and blind them."""
    return tuple(_device(work.poll_id, work.rng) for _ in range(work.count))


def _device(poll_id: bytes, rng: Rng) -> Device:
    secret = random_scalar(rng)
    public = G1.encode(generator_base(G1.generator).multiply_secret(secret, rng))
    return Device(secret, blind_key(poll_id, public, rng), draw_bytes(rng, SEED_BYTES))


def vote(work: Voting) -> tuple[tuple[bytes, ...], ...]:
    """Unblind tokens and make all ballots: one tuple per device, in the order of casting."""
    context, registrars = work.definition.context(), work.definition.registrars
    keys = TokenKeys(
        registrars.threshold,
        context.token_key,
        tuple(G2.decode(key) for key in work.share_keys),
    )
    tokens = combine_many(keys, list(zip(_requests(work), work.shares, strict=True)), work.rng)
    rows = zip(work.devices, tokens, work.casts, strict=True)
    return tuple(_ballots(context, *row, work.rng) for row in rows)


def _requests(work: Voting) -> list[BlindedKey]:
    return [device.request for device in work.devices]


def _ballots(
    context: PollContext,
    device: Device,
    token: bytes,
    casts: tuple[tuple[int, ...], ...],
    rng: Rng,
) -> tuple[bytes, ...]:
    voter = VoterKey(device.secret, device.request.public, token)
    ballots = []
    for sequence, votes in enumerate(casts, 1):
        choice = Choice(votes, sequence, sequence - 1)
        sealed = seal(context, choice, voter.public, seed=device.seed, rng=rng)
        ballots.append(cast(context, sealed, voter, rng))
    return tuple(ballots)
