"""What trustees and registrars do alike: identity, ceremony, endorsement, status."""

import argparse
from functools import partial
from pathlib import Path

from voting.crypto.ceremony import Round
from voting.keeping.command_line import Answer, World, key_file, new_passphrase
from voting.keeping.command_line import read_setting as setting_in
from voting.keeping.disk import (
    KeyFile,
    hand_over,
    message_name,
    new_key_file,
    read_file,
    read_posted,
)
from voting.keeping.errors import StepError
from voting.keeping.sealing import check_new_passphrase, new_seal
from voting.keeping.serving import endorse_poll, endorsement_of
from voting.keeping.setting import Card, Role, Setting
from voting.keeping.state import new_state
from voting.keeping.steps import ROUNDS, Move, Step, accuse, advance, give_up
from voting.poll.definition import MAX_DEFINITION_BYTES, PollDefinition, parse_definition


def new_identity(role: Role, options: argparse.Namespace, world: World) -> Answer:
    """Make a key file and the card that the organiser gets."""
    passphrase = new_passphrase(options, world)
    check_new_passphrase(passphrase)
    state = new_state(role, world.rng)
    lock = new_seal(passphrase, world.rng, world.log_n)
    with new_key_file(options.key, lock, state, world.rng):
        hand_over(options.out, Card(role, state.public).to_bytes())
    return Answer("identity", {"identity": state.public.hex(), "written": options.out.name})


def show_card(role: Role, options: argparse.Namespace, world: World) -> Answer:
    """Write the card once more."""
    with key_file(role, options, world) as key:
        public = key.state.public
    hand_over(options.out, Card(role, public).to_bytes())
    return Answer("card", {"identity": public.hex(), "written": options.out.name})


def take_step(
    role: Role, wanted: Round | None, options: argparse.Namespace, world: World
) -> Answer:
    """The next step of the ceremony, or only the one that is wanted."""
    setting = setting_in(options.folder)
    posted = read_posted(options.folder)
    with key_file(role, options, world) as key:
        if wanted is not None:
            made = _made_before(key, setting, wanted)
            if made is not None:
                return _hand_over(Move(key.state, Step.AGAIN, wanted, made), key, options.folder)
        move = advance(key.state, setting, posted, world.rng)
        return _hand_over(move, key, options.folder)


def _made_before(key: KeyFile, setting: Setting, wanted: Round) -> bytes | None:
    """The wanted message if it was made; None if it comes next."""
    part = key.state.part
    said = part.said if part is not None and part.setting == setting else ()
    place = ROUNDS.index(wanted)
    if place > len(said):
        raise StepError(f"{ROUNDS[len(said)].name.lower()} comes before")
    return said[place] if place < len(said) else None


def complain(role: Role, options: argparse.Namespace, world: World) -> Answer:
    """Accuse a dealer whose share is bad."""
    setting, posted = setting_in(options.folder), read_posted(options.folder)
    with key_file(role, options, world) as key:
        return _hand_over(accuse(key.state, setting, posted, world.rng), key, options.folder)


def _hand_over(move: Move, key: KeyFile, folder: Path) -> Answer:
    """Save first, then write the message: whatever left is in the key file."""
    if move.state is not key.state:
        key.save(move.state)
    part = move.state.part
    if part is None or move.step is Step.WAITING:
        return Answer("waiting", {"round": int(move.kind), "missing": list(move.missing)})
    if move.step is Step.IN_FORCE:
        return Answer("in_force", {"transcript": part.transcript.hex()})
    name = message_name(move.kind, part.index)
    hand_over(folder / name, move.message)
    complained = move.kind is Round.COMPLAIN
    return Answer(
        "complained" if complained else str(move.step),
        {
            "round": int(move.kind),
            "written": name,
            "party": part.index,
            "ceremony": part.setting.digest().hex(),
        },
    )


def abandon(role: Role, options: argparse.Namespace, world: World) -> Answer:
    """Leave a ceremony that failed."""
    with key_file(role, options, world) as key:
        key.save(give_up(key.state))
    return Answer("given_up", {})


def endorse(role: Role, options: argparse.Namespace, world: World) -> Answer:
    """Sign for the one poll."""
    definition = read_definition(options.definition)
    with key_file(role, options, world) as key:
        after = endorse_poll(key.state, definition)
        if after is not key.state:
            key.save(after)
        hand_over(options.out, endorsement_of(after).to_bytes())
    return Answer("endorsed", {"poll": after.poll.hex(), "written": options.out.name})


def read_definition(path: Path) -> PollDefinition:
    """A definition from a file, hostile.

    Raises:
        VotingError, EncodingError: as ``parse_definition``.
    """
    return parse_definition(read_file(path, MAX_DEFINITION_BYTES))


def status(role: Role, options: argparse.Namespace, world: World) -> Answer:
    """What is in the key file, without secrets."""
    with key_file(role, options, world) as key:
        state = key.state
    part = state.part
    said = [kind.name.lower() for kind, _ in zip(ROUNDS, part.said, strict=False)] if part else []
    return Answer(
        "status",
        {
            "role": str(role),
            "identity": state.public.hex(),
            "party": part.index if part else 0,
            "ceremony": part.setting.digest().hex() if part else "",
            "said": list(said),
            "in_force": part.in_force if part else False,
            "poll": state.poll.hex(),
            "aggregate": state.aggregate.hex(),
            "granted": len(state.roll),
            "journal": [f"{line.what} {line.digest.hex()}" for line in state.journal],
        },
    )


STEPS = {
    "next": (None, "look at folder and key file, and take the one right next step"),
    "announce": (Round.ANNOUNCE, "round 1: join, publish the hash of your part"),
    "open": (Round.OPEN, "round 2: open it"),
    "deal": (Round.DEAL, "round 3: encrypt everybody's shares"),
    "confirm": (Round.CONFIRM, "round 4: check your shares and confirm"),
}
"""The ceremony's commands: the round that is wanted, and what to say about it."""


def commands_of(role: Role) -> list[tuple[str, partial[Answer], str, tuple[str, ...]]]:
    """Name, command, help and further options (``folder``, ``out``, ``definition``) of each."""
    steps = [
        (name, partial(take_step, role, wanted), text, ("folder",))
        for name, (wanted, text) in STEPS.items()
    ]
    return [
        ("new-identity", partial(new_identity, role), "make your key file", ("out",)),
        ("card", partial(show_card, role), "write your identity card again", ("out",)),
        *steps,
        ("complain", partial(complain, role), "accuse who sent a bad share", ("folder",)),
        ("abandon", partial(abandon, role), "leave a ceremony that failed", ()),
        ("endorse", partial(endorse, role), "sign for the one poll", ("definition", "out")),
        ("status", partial(status, role), "show the key file without secrets", ()),
    ]
