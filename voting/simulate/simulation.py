"""One simulated poll from ceremonies to published record: ``simulate``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.encoding import Json, canonical
from contracts.evidence.log import LogWriter
from voting.contest.commitments import commitments_root
from voting.contest.entries import entries_hash, entries_to_json
from voting.contest.naming import Title
from voting.contest.panel import panel_hash, panel_to_json
from voting.contest.rules import ContestRules
from voting.crypto.ballot_proof import Choice, seal
from voting.crypto.ceremony import endorse
from voting.crypto.group import G1, G2
from voting.crypto.opening import open_for_check
from voting.crypto.randomness import Rng, draw_bytes
from voting.poll import record
from voting.poll.board import Board, sorted_checks
from voting.poll.clauses import (
    DURING,
    Casting,
    ContestPart,
    Option,
    Publication,
    Registration,
    Times,
)
from voting.poll.definition import PollDefinition, draft_id
from voting.poll.documents import AnchoredNote, encode_ceremony, encode_lines
from voting.poll.parties import Endorsements, Registrars, Trustees
from voting.poll.registrar import Registrar, RegistrarKeys
from voting.poll.roll import Eligible, MemoryRoll
from voting.simulate.experts import PLACEHOLDER_ROOT, simulated_entries, simulated_experts
from voting.simulate.organisers import Organisers
from voting.simulate.parties import CHAIN_ID, make_registrars, make_trustees
from voting.simulate.people import STRETCH, Beginning, Device, Voting, set_up, vote
from voting.simulate.plan import CLOSES, GRACE, OPENS, Plan, casts, check_choices
from voting.simulate.publication import Sealed, publish
from voting.workers import Progress, Workers, in_this_process, silent

ORIGIN: Final = "poll.simulation.example/board"
CONTRACT: Final = bytes(19) + b"\x01"
CHECKPOINTS: Final = 8
"""How many checkpoints a simulation makes, as far as there are ballots for them."""
PUBLIC_CHECKS: Final = 3
MAX_ATTEMPT: Final = 1 << 16
"""Higher than the attempts of any ballot that is cast."""


@dataclass(frozen=True, slots=True)
class Means:
    """How the work is done; as for an audit."""

    rng: Rng = field(repr=False)
    workers: Workers = in_this_process
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class Simulation:
    """A finished poll.

    Args:
        definition: of the poll.
        files: the record by file name, manifest included.
        organisers: with all secrets, for tests that forge records.
        devices: of all voters.
    """

    definition: PollDefinition
    files: dict[str, bytes] = field(repr=False)
    organisers: Organisers = field(repr=False)
    devices: tuple[Device, ...] = field(repr=False)


def simulate(plan: Plan, choices: Sequence[tuple[int, ...]], means: Means) -> Simulation:
    """Hold a complete poll.

    Args:
        plan: sizes and seed.
        choices: one vote vector per voter (``seeded_choices``).
        means: randomness, processes, progress.

    Returns:
        The record and all secrets. Nothing is anchored; times are invented; one operator is
        everybody, so that nothing is separated from anything.

    Raises:
        VotingError: sizes or choices that no poll can have.
    """
    check_choices(plan, choices)
    organisers, definition, sealed = _organise(plan, means.rng)
    devices = _devices(plan, definition, means)
    registrars = _open_registrars(definition, organisers, means.rng)
    board = _open_board(definition, organisers, means.rng)
    if plan.public_checks:
        _check_in_public(plan, board, devices, choices)
    work = _voting(definition, organisers, registrars, devices, (choices, means.rng))
    files = _run_board(board, means, work, plan.voters)
    for registrar in registrars:
        names = record.token_names(registrar.keys.index)
        log = registrar.close(definition.registration.closes)
        files |= dict(zip(names, (b"".join(log.entries), log.note.encode()), strict=True))
    files |= _setting(definition, organisers)
    publish(definition, organisers, sealed, files, means.rng)
    return Simulation(definition, files, organisers, devices)


def _organise(plan: Plan, rng: Rng) -> tuple[Organisers, PollDefinition, Sealed]:
    rules, entries = ContestRules(), simulated_entries(plan)
    organisers = Organisers(
        make_trustees(plan, rng),
        make_registrars(plan, rng),
        Ed25519PrivateKey.from_private_bytes(draw_bytes(rng, 32)),
        entries,
        simulated_experts(plan, rules, entries),
    )
    contest = ContestPart(
        rules,
        entries_hash(entries),
        panel_hash(organisers.experts.panel),
        PLACEHOLDER_ROOT,
        CLOSES + GRACE + timedelta(days=1),
    )
    draft = define(plan, organisers, contest)
    commitments, openings = organisers.experts.seal(draft_id(draft), rng)
    final = replace(contest, sheets_root=commitments_root(commitments))
    return organisers, replace(draft, contest=final), Sealed(commitments, openings)


def define(plan: Plan, organisers: Organisers, contest: ContestPart | None) -> PollDefinition:
    """The definition of a simulated poll."""
    trustees, registrars = organisers.trustees, organisers.registrars
    key = organisers.board_key.public_key().public_bytes_raw()
    return PollDefinition(
        Title("[시험] 모의 투표", "[test] simulated poll"),
        tuple(Option(entry.id, entry.title) for entry in organisers.entries),
        Casting(plan.choose, plan.choose, public_checks=plan.public_checks),
        Times(OPENS, CLOSES, GRACE),
        Registration("synthetic", bytes(32), "sub", DURING, CLOSES, "simulation"),
        Trustees(
            plan.trustees.threshold,
            trustees.venue.identities,
            trustees.venue.nonce,
            tuple(G1.encode(point) for point in trustees.keys.public),
            trustees.keys.transcript,
        ),
        Registrars(
            plan.registrars.threshold,
            plan.dishonest,
            registrars.venue.identities,
            registrars.venue.nonce,
            G2.encode(registrars.keys.public[0]),
            registrars.keys.transcript,
        ),
        Publication(ORIGIN, key, CHAIN_ID, CONTRACT),
        contest,
    )


def _devices(plan: Plan, definition: PollDefinition, means: Means) -> tuple[Device, ...]:
    poll_id = definition.poll_id()
    work = [
        Beginning(poll_id, min(STRETCH, plan.voters - at), means.rng)
        for at in range(0, plan.voters, STRETCH)
    ]
    return tuple(device for some in means.workers(set_up, work) for device in some)


def _open_registrars(
    definition: PollDefinition, organisers: Organisers, rng: Rng
) -> tuple[Registrar, ...]:
    body = organisers.registrars
    secrets = zip(body.shares, body.identities, strict=True)
    keys = [
        RegistrarKeys(j, shares[0], draw_bytes(rng, 32), identity)
        for j, (shares, identity) in enumerate(secrets, 1)
    ]
    return tuple(Registrar(definition, one, MemoryRoll(), rng) for one in keys)


def _open_board(definition: PollDefinition, organisers: Organisers, rng: Rng) -> Board:
    writer = LogWriter(definition.publication.origin, organisers.board_key)
    return Board(definition, definition.context(), writer, rng)


def _check_in_public(
    plan: Plan, board: Board, devices: Sequence[Device], choices: Sequence[tuple[int, ...]]
) -> None:
    """The first voters have a ballot checked before they cast another one."""
    for voter in range(min(PUBLIC_CHECKS, plan.voters)):
        device = devices[voter]
        choice = Choice(choices[voter], 1, MAX_ATTEMPT + voter)
        public = device.request.public
        sealed = seal(board.context, choice, public, seed=device.seed, rng=board.rng)
        board.publish_check(open_for_check(board.context, sealed), OPENS)


def _voting(
    definition: PollDefinition,
    organisers: Organisers,
    registrars: Sequence[Registrar],
    devices: Sequence[Device],
    voters: tuple[Sequence[tuple[int, ...]], Rng],
) -> Iterator[Voting]:
    """Register stretch by stretch, with the first t registrars in the order of their numbers."""
    choices, rng = voters
    share_keys = tuple(G2.encode(row[0]) for row in organisers.registrars.keys.shares)
    asked = registrars[: definition.registrars.threshold]
    for at in range(0, len(devices), STRETCH):
        some = tuple(devices[at : at + STRETCH])
        yield Voting(
            definition,
            share_keys,
            some,
            tuple(_register(at + i, device, asked) for i, device in enumerate(some)),
            tuple(casts(choices, at + i) for i in range(len(some))),
            rng,
        )


def _register(voter: int, device: Device, asked: Sequence[Registrar]) -> dict[int, bytes]:
    person = Eligible(f"synthetic person {voter}", bytes(32))
    blinded = device.request.blinded
    return {one.keys.index: one.grant(person, blinded, OPENS).share for one in asked}


def _run_board(board: Board, means: Means, work: Iterator[Voting], voters: int) -> dict[str, bytes]:
    """Cast everything, with checkpoints in between and one after closing."""
    ballots: list[bytes] = []
    lines: list[Json] = []
    done, every = 0, max(1, voters // CHECKPOINTS)

    def checkpoint(share: float) -> None:
        batch = board.checkpoint()
        moment = OPENS + timedelta(seconds=int((CLOSES - OPENS).total_seconds() * share))
        ballots.extend(batch.ballots)
        lines.append(AnchoredNote(batch.note, batch.proof, moment).to_json())

    for some in means.workers(vote, work):
        for cast in some:
            for ballot in cast:
                board.receive(ballot, OPENS)
            done += 1
            if done % every == 0 and done < voters:
                checkpoint(done / voters)
        means.progress(done, voters)
    checkpoint(1)
    return {
        record.BALLOTS: b"".join(ballots),
        record.CHECKPOINTS: encode_lines(lines),
        record.CHECKS: sorted_checks(board.checks),
        record.INBOX: b"",
    }


def _setting(definition: PollDefinition, organisers: Organisers) -> dict[str, bytes]:
    poll_id = definition.poll_id()
    trustees, registrars = organisers.trustees, organisers.registrars
    endorsed = Endorsements(
        tuple(endorse(poll_id, trustees.keys.transcript, one) for one in trustees.identities),
        tuple(endorse(poll_id, registrars.keys.transcript, one) for one in registrars.identities),
    )
    return {
        record.DEFINITION: definition.to_bytes(),
        record.TRUSTEE_CEREMONY: encode_ceremony(trustees.record),
        record.REGISTRAR_CEREMONY: encode_ceremony(registrars.record),
        record.ENDORSEMENTS: endorsed.to_bytes(),
        record.ENTRIES: canonical(entries_to_json(organisers.entries)),
        record.PANEL: canonical(panel_to_json(organisers.experts.panel)),
    }
