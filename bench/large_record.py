"""A sound record of any size, made at a fraction of its cost by somebody who knows all secrets.

The maker is every trustee and every registrar: each point of a ballot is one multiple of G or H,
and tokens are made without blinding. The record cannot be told from one of as many voters, and so
costs an auditor the same. It is written piece by piece.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from contracts.evidence.checkpoint import Checkpoint, sign_checkpoint
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import leaf_hash, prove_consistency
from voting.crypto.ballot import VERSION
from voting.crypto.ballot_transcript import (
    Caster,
    signature_digest,
    tracking_code,
    x_digest,
    y_digest,
)
from voting.crypto.fixed_base import generator_base
from voting.crypto.group import G1, SECOND_GENERATOR, G1Point, encode_scalar, ordinate
from voting.crypto.poll_context import PollContext
from voting.crypto.randomness import random_scalar
from voting.crypto.sharing import lagrange_at_zero
from voting.crypto.tokens import token_point
from voting.crypto.transcript import ORDER, challenge, u16
from voting.disk_folder import DiskFolder
from voting.poll import record
from voting.poll.definition import PollDefinition
from voting.poll.documents import AnchoredNote, encode_lines
from voting.poll.token_log import encode_entry, entries_root
from voting.simulate.organisers import Organisers
from voting.simulate.plan import Plan
from voting.simulate.publication import Closed, publish
from voting.simulate.scene import NOBODY, Scene
from voting.simulate.simulation import organise, setting_files
from voting.workers import Progress, Workers

RNG = secrets.token_bytes
BATCH = 5000
STRETCH = 500


@dataclass(frozen=True, slots=True)
class Secrets:
    """All keys in one hand: the token key x, and y_1..y_m with ``Y_i = y_i G``."""

    token: int = field(repr=False)
    options: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Forged:
    """A ballot with the ordinates of its points."""

    ballot: bytes
    ordinates: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some ballots to make."""

    definition: PollDefinition
    keys: Secrets
    count: int


def make_record(ballots: int, out: Path, workers: Workers, progress: Progress) -> None:
    """Write a record of as many voters, who vote once each, to a new folder."""
    shelf, scene = DiskFolder(out), Scene()
    organisers, definition, sealed = organise(Plan(ballots), scene, RNG)
    keys = Secrets(_token_secret(organisers), _option_secrets(organisers))
    sizes = (min(STRETCH, ballots - at) for at in range(0, ballots, STRETCH))
    made = workers(forge, (Stretch(definition, keys, size) for size in sizes))
    final = _write_board(shelf, organisers, definition, made, (ballots, progress))
    _write_logs(shelf, organisers, definition, ballots)
    files = setting_files(definition, organisers) | {record.CHECKS: b"", record.INBOX: b""}
    for name, data in files.items():
        shelf.append(name, data)
    closed = Closed(definition, organisers, sealed, final, NOBODY)
    publish(closed, shelf, workers, RNG)


def _token_secret(organisers: Organisers) -> int:
    shares = [share[0] for share in organisers.registrars.shares]
    return _secret(shares)


def _option_secrets(organisers: Organisers) -> tuple[int, ...]:
    return tuple(_secret(list(row)) for row in zip(*organisers.trustees.shares, strict=True))


def _secret(shares: list[int]) -> int:
    """The secret behind all shares: more than the threshold do no harm."""
    weights = lagrange_at_zero(range(1, len(shares) + 1))
    return sum(w * share for w, share in zip(weights, shares, strict=True)) % ORDER


def _write_board(
    shelf: DiskFolder,
    organisers: Organisers,
    definition: PollDefinition,
    made: Iterator[list[Forged]],
    shown: tuple[int, Progress],
) -> Checkpoint:
    ballots, progress = shown
    writer = LogWriter(definition.publication.origin, organisers.board_key)
    batch: list[Forged] = []
    size, times = 0, definition.times
    for some in made:
        batch += some
        done = size + len(batch)
        if len(batch) < BATCH and done < ballots:
            continue
        batch.sort(key=lambda forged: leaf_hash(forged.ballot))
        for forged in batch:
            writer.append(forged.ballot)
        proof = prove_consistency(writer.tree, size, done) if size else ()
        moment = times.opens + timedelta(
            seconds=int((times.closes - times.opens).total_seconds() * done / ballots)
        )
        note = AnchoredNote(writer.signed_checkpoint(), proof, moment)
        shelf.append(record.BALLOTS, b"".join(forged.ballot for forged in batch))
        shelf.append(record.ORDINATES, b"".join(forged.ordinates for forged in batch))
        shelf.append(record.CHECKPOINTS, encode_lines([note.to_json()]))
        size = done
        batch.clear()
        progress(done, ballots)
    return writer.checkpoint()


def _write_logs(
    shelf: DiskFolder, organisers: Organisers, definition: PollDefinition, people: int
) -> None:
    """The logs of the first t registrars hold everybody; those of the others are empty."""
    base = generator_base(G1.generator)
    requests = sorted(G1.encode(base.multiply(random_scalar(RNG))) for _ in range(people))
    for j, identity in enumerate(organisers.registrars.identities, 1):
        asked = requests if j <= definition.registrars.threshold else []
        entries = [encode_entry(request, RNG(32)) for request in asked]
        key = definition.registrar_key(j)
        state = Checkpoint(key.origin, len(entries), entries_root(entries))
        name, note = record.token_names(j)
        shelf.append(name, b"".join(entries))
        shelf.append(note, sign_checkpoint(state, identity).encode())


def forge(work: Stretch) -> list[Forged]:
    """Ballots that verify, each of three random options under a key of its own."""
    context = work.definition.context()
    return [_ballot(context, work.keys) for _ in range(work.count)]


def _ballot(context: PollContext, keys: Secrets) -> Forged:
    base = generator_base(G1.generator)
    options, chosen = len(keys.options), context.shape.maximum
    picked = set(secrets.SystemRandom().sample(range(options), chosen))
    votes = [int(i in picked) for i in range(options)]
    k, r, s, t1, t0, w = (random_scalar(RNG) for _ in range(6))
    a = [random_scalar(RNG) for _ in range(options - 1)]
    a.append(-sum(a) % ORDER)

    ordinates = b""

    def written(made: list[G1Point]) -> bytes:
        nonlocal ordinates
        ordinates += b"".join(ordinate(point) for point in made)
        return G1.encode_all(made)

    def points(scalars: list[int]) -> bytes:
        return written([base.multiply(scalar % ORDER) for scalar in scalars])

    public = points([k])
    token = written([G1.multiply(token_point(context.poll_id, public), keys.token)])
    pairs = list(zip(votes, a, keys.options, strict=True))
    sealed = points([r, *(v + r * y for v, _, y in pairs)])
    announced = points([s, *(mask + s * y for _, mask, y in pairs)])
    dy = y_digest(context, Caster(public, 1, token), tracking_code(context, sealed), announced)
    y = challenge(dy)
    powers = [pow(y, i, ORDER) for i in range(1, options + 1)]
    c1 = sum(p * mask * (1 - 2 * v) for p, (v, mask, _) in zip(powers, pairs, strict=True))
    c0 = -sum(p * mask * mask for p, (_, mask, _) in zip(powers, pairs, strict=True))
    pair = written([_commit(c1, t1), _commit(c0, t0)])
    dx = x_digest(dy, pair)
    x = challenge(dx)
    f = [(x * v + mask) % ORDER for v, mask, _ in pairs][:-1]
    responses = b"".join(encode_scalar(n) for n in (*f, (x * r + s) % ORDER, (x * t1 + t0) % ORDER))
    nonce = points([w])
    c = challenge(signature_digest(dx, responses, nonce))
    signature = encode_scalar((w + c * k) % ORDER)
    header = bytes([VERSION]) + context.poll_id + u16(1)
    parts = (header, public, token, sealed, announced, pair, responses, nonce, signature)
    return Forged(b"".join(parts), ordinates)


def _commit(value: int, mask: int) -> G1Point:
    hidden = generator_base(SECOND_GENERATOR).multiply(mask)
    return generator_base(G1.generator).multiply(value % ORDER) + hidden
