"""One simulated poll from ceremonies to published record: ``simulate``."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.encoding import canonical
from contracts.evidence.log import LogWriter
from voting.contest.commitments import commitments_root
from voting.contest.entries import entries_hash, entries_to_json
from voting.contest.panel import panel_hash, panel_to_json
from voting.contest.rules import ContestRules
from voting.crypto.ballot_proof import Choice, seal
from voting.crypto.ceremony import endorse
from voting.crypto.group import G1, G2
from voting.crypto.opening import open_for_check
from voting.crypto.randomness import Rng, draw_bytes
from voting.poll import record
from voting.poll.board import Board, sorted_checks
from voting.poll.clauses import DURING, Casting, ContestPart, Option, Publication, Registration
from voting.poll.definition import PollDefinition, draft_id
from voting.poll.documents import encode_ceremony
from voting.poll.parties import Endorsements, Registrars, Trustees
from voting.poll.record import MemoryFolder, Shelf, read
from voting.poll.registrar import Registrar, RegistrarKeys
from voting.poll.roll import MemoryRoll
from voting.simulate.casting import BallotBox, VotingDay
from voting.simulate.experts import (
    NO_EXPERTS,
    PLACEHOLDER_ROOT,
    simulated_entries,
    simulated_experts,
)
from voting.simulate.organisers import Organisers
from voting.simulate.parties import make_registrars, make_trustees
from voting.simulate.people import Device
from voting.simulate.plan import Plan, check_choices
from voting.simulate.publication import Closed, Sealed, publish
from voting.simulate.scene import Scene
from voting.workers import Progress, Workers, in_this_process, silent

INVENTED: Final = Scene()
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
        folder: the record, manifest included.
        organisers: with all secrets, for tests that forge records.
        devices: of all voters, if the record stayed in memory; otherwise none.
        registrars: with their rolls.
        board: as it is after closing.
    """

    definition: PollDefinition
    folder: Shelf = field(repr=False)
    organisers: Organisers = field(repr=False)
    devices: tuple[Device, ...] = field(repr=False)
    registrars: tuple[Registrar, ...] = field(repr=False)
    board: Board = field(repr=False)

    @property
    def files(self) -> dict[str, bytes]:
        """The record by file name, for small polls."""
        return {name: read(self.folder, name) for name in self.folder.names()}


def simulate(
    plan: Plan,
    choices: Sequence[tuple[int, ...]],
    means: Means,
    folder: Shelf | None = None,
    scene: Scene = INVENTED,
) -> Simulation:
    """Hold a complete poll.

    Args:
        plan: sizes and seed.
        choices: one vote vector per voter (``seeded_choices``).
        means: randomness, processes, progress.
        folder: an empty one for the record, which is written piece by piece; in memory without it.
        scene: title, times, options and chain.

    Returns:
        The poll with all secrets. Unless the scene says otherwise nothing is anchored and times are
        invented; one operator is everybody, so that nothing is separated from anything.

    Raises:
        VotingError: sizes or choices that no poll can have; a folder that cannot be written.
    """
    check_choices(plan, choices)
    shelf: Shelf = MemoryFolder({}) if folder is None else folder
    organisers, definition, sealed = organise(plan, scene, means.rng)
    scene.witness.announced(definition)
    registrars = _open_registrars(definition, organisers, means.rng)
    board = _open_board(definition, organisers, means.rng)
    devices: list[Device] = []

    def seen(some: tuple[Device, ...]) -> None:
        if plan.public_checks and not board.checks:
            _check_in_public(board, some, choices)
        if folder is None:
            devices.extend(some)

    share_keys = tuple(G2.encode(row[0]) for row in organisers.registrars.keys.shares)
    asked = registrars[: definition.registrars.threshold]
    day = VotingDay(definition, share_keys, asked, choices, seen, means.rng)
    box = BallotBox(board, shelf, scene.witness, plan.voters)
    final = box.fill(day.ballots(means.workers), means.progress)
    shelf.append(record.CHECKS, sorted_checks(board.checks))
    shelf.append(record.INBOX, b"")
    _close_registration(definition, registrars, scene, shelf)
    for name, data in setting_files(definition, organisers).items():
        shelf.append(name, data)
    closed = Closed(definition, organisers, sealed, final, scene.witness)
    publish(closed, shelf, means.workers, means.rng)
    return Simulation(definition, shelf, organisers, tuple(devices), registrars, board)


def organise(plan: Plan, scene: Scene, rng: Rng) -> tuple[Organisers, PollDefinition, Sealed]:
    """Hold both ceremonies, seal the experts' sheets, and define the poll."""
    rules, entries = ContestRules(), simulated_entries(plan)
    bodies = make_trustees(plan, scene.chain_id, rng), make_registrars(plan, scene.chain_id, rng)
    key = Ed25519PrivateKey.from_private_bytes(draw_bytes(rng, 32))
    if scene.options is not None:
        organisers = Organisers(*bodies, key, (), NO_EXPERTS)
        return organisers, define(plan, organisers, None, scene), Sealed((), ())
    organisers = Organisers(*bodies, key, entries, simulated_experts(plan, rules, entries))
    contest = ContestPart(
        rules,
        entries_hash(entries),
        panel_hash(organisers.experts.panel),
        PLACEHOLDER_ROOT,
        scene.times.final + timedelta(days=1),
    )
    draft = define(plan, organisers, contest, scene)
    commitments, openings = organisers.experts.seal(draft_id(draft), rng)
    final = replace(contest, sheets_root=commitments_root(commitments))
    return organisers, replace(draft, contest=final), Sealed(commitments, openings)


def define(
    plan: Plan, organisers: Organisers, contest: ContestPart | None, scene: Scene
) -> PollDefinition:
    """The definition of a simulated poll."""
    entries, times = organisers.entries, scene.times
    trustees, registrars = organisers.trustees, organisers.registrars
    key = organisers.board_key.public_key().public_bytes_raw()
    return PollDefinition(
        scene.title,
        scene.options or tuple(Option(entry.id, entry.title) for entry in entries),
        Casting(plan.choose, plan.choose, public_checks=plan.public_checks),
        times,
        Registration("synthetic", bytes(32), "sub", DURING, times.closes, "simulation"),
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
        Publication(scene.kind, scene.origin, key, scene.chain_id, scene.contract),
        contest,
    )


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
    board: Board, devices: Sequence[Device], choices: Sequence[tuple[int, ...]]
) -> None:
    """The first voters have a ballot checked before they cast another one."""
    opens = board.definition.times.opens
    for voter, device in enumerate(devices[:PUBLIC_CHECKS]):
        choice = Choice(choices[voter], 1, MAX_ATTEMPT + voter)
        public = device.request.public
        sealed = seal(board.context, choice, public, seed=device.seed, rng=board.rng)
        board.publish_check(open_for_check(board.context, sealed), opens)


def _close_registration(
    definition: PollDefinition, registrars: Sequence[Registrar], scene: Scene, shelf: Shelf
) -> None:
    """Every registrar publishes and anchors its log; an empty one is not anchored."""
    for registrar in registrars:
        closes, key = definition.registration.closes, definition.registrar_key(registrar.keys.index)
        log = registrar.close(closes)
        entries, note = record.token_names(registrar.keys.index)
        shelf.append(entries, b"".join(log.entries))
        shelf.append(note, log.note.encode())
        if log.entries:
            scene.witness.anchor(key, open_checkpoint(log.note, [key]), closes)


def setting_files(definition: PollDefinition, organisers: Organisers) -> dict[str, bytes]:
    """The files of a record that are fixed before anybody votes."""
    poll_id = definition.poll_id()
    trustees, registrars = organisers.trustees, organisers.registrars
    endorsed = Endorsements(
        tuple(endorse(poll_id, trustees.keys.transcript, one) for one in trustees.identities),
        tuple(endorse(poll_id, registrars.keys.transcript, one) for one in registrars.identities),
    )
    files = {
        record.DEFINITION: definition.to_bytes(),
        record.TRUSTEE_CEREMONY: encode_ceremony(trustees.record),
        record.REGISTRAR_CEREMONY: encode_ceremony(registrars.record),
        record.ENDORSEMENTS: endorsed.to_bytes(),
    }
    if definition.contest is not None:
        files[record.ENTRIES] = canonical(entries_to_json(organisers.entries))
        files[record.PANEL] = canonical(panel_to_json(organisers.experts.panel))
    return files
