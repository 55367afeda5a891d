"""What trustees alone do (decrypt), registrars alone (grants), and organisers of ceremonies."""

import argparse
from pathlib import Path
from typing import Final

from contracts.evidence.snapshot_file import MAX_SNAPSHOT_BYTES, decode_snapshot
from voting.audit.means import Means
from voting.crypto.ceremony import Ceremony, Round, SignedMessage, check_message
from voting.crypto.ceremony_record import CeremonyRecord, verify_ceremony
from voting.crypto.errors import PartyListError
from voting.crypto.group import PointT
from voting.crypto.randomness import draw_bytes
from voting.keeping.command_line import MAX_DOCUMENT, Answer, World, key_file, read_setting
from voting.keeping.disk import SETTING_NAME, hand_over, read_file, read_posted
from voting.keeping.errors import OtherPollError, StepError
from voting.keeping.final_sum import final_sum
from voting.keeping.party_commands import read_definition
from voting.keeping.serving import (
    MAX_REQUESTS_BYTES,
    Requests,
    answer_sum,
    close_log,
    registrar_of,
    sign_requests,
)
from voting.keeping.setting import Card, Role, Setting
from voting.keeping.steps import ROUNDS, Posted, judge_posted_complaint
from voting.poll import record
from voting.poll.documents import encode_ceremony

_NONCE_BYTES: Final = 32


def decrypt(options: argparse.Namespace, world: World) -> Answer:
    """Check the whole record, and answer its one sum."""
    chain = decode_snapshot(read_file(options.chain, MAX_SNAPSHOT_BYTES))
    with key_file(Role.TRUSTEE, options, world) as key:
        if not key.state.poll:
            raise StepError("this key endorsed no poll yet")
        with world.processes(options.workers) as workers:
            means = Means(world.rng, workers, world.progress)
            found = final_sum(world.record(options.record), key.state.poll, chain, means)
        made = answer_sum(key.state, found.definition, found.aggregate, key.save, world.rng)
        hand_over(options.out, made)
    return Answer(
        "decrypted",
        {
            "poll": found.definition.poll_id().hex(),
            "aggregate": found.aggregate.digest().hex(),
            "ballots": found.aggregate.ballots,
            "written": options.out.name,
        },
    )


def grant(options: argparse.Namespace, world: World) -> Answer:
    """Answer a batch of verified registration requests."""
    definition = read_definition(options.definition)
    requests = Requests.parse(read_file(options.requests, MAX_REQUESTS_BYTES))
    with key_file(Role.REGISTRAR, options, world) as key:
        registrar = registrar_of(key.state, definition, world.rng)
        made = sign_requests(key.state, registrar, requests, world.clock(), key.save)
        hand_over(options.out, made)
    refused = made.count(b'"refused":')
    return Answer(
        "granted",
        {
            "granted": len(requests.asked) - refused,
            "refused": refused,
            "written": options.out.name,
        },
    )


def close(options: argparse.Namespace, world: World) -> Answer:
    """Close the token log and hand it over, as the public record has it."""
    definition = read_definition(options.definition)
    with key_file(Role.REGISTRAR, options, world) as key:
        registrar = registrar_of(key.state, definition, world.rng)
        after, log = close_log(key.state, registrar, world.clock())
        if after is not key.state:
            key.save(after)
        names = [Path(name).name for name in record.token_names(registrar.keys.index)]
        hand_over(options.folder / names[0], b"".join(log.entries))
        hand_over(options.folder / names[1], log.note.encode("utf-8"))
    return Answer("closed", {"entries": len(log.entries), "written": list(names)})


def new_ceremony(options: argparse.Namespace, world: World) -> Answer:
    """Write the setting of a ceremony out of the parties' cards, in the order that they are given.

    Raises:
        OtherPollError: a card of the other role (F-08).
    """
    role = Role(options.role)
    cards = [Card.parse(read_file(path, MAX_DOCUMENT)) for path in options.card]
    if any(card.role is not role for card in cards):
        raise OtherPollError(f"a card is not of a {role}")
    keys = options.options if role is Role.TRUSTEE else 1
    dishonest = options.dishonest if role is Role.REGISTRAR else 0
    setting = Setting(
        role,
        options.threshold,
        dishonest,
        keys,
        tuple(card.identity for card in cards),
        options.chain_id,
        draw_bytes(world.rng, _NONCE_BYTES),
    )
    digest = setting.digest()
    hand_over(options.out / SETTING_NAME, setting.to_bytes())
    return Answer("setting", {"ceremony": digest.hex(), "written": SETTING_NAME})


def check_ceremony(options: argparse.Namespace, world: World) -> Answer:
    """Check what was exchanged, as anybody can; write the finished ceremony's record."""
    _ = world
    setting, posted = read_setting(options.folder), read_posted(options.folder)
    if setting.role is Role.TRUSTEE:
        return _check(setting.trustees(), posted, options.out)
    return _check(setting.registrars(), posted, options.out)


def _check(ceremony: Ceremony[PointT], posted: Posted, out: Path | None) -> Answer:
    everybody = range(1, ceremony.parties + 1)
    for (kind, party), data in posted.items():
        message = SignedMessage.decode(data)
        check_message(ceremony, kind, message)
        if message.sender != party:
            raise PartyListError(0, f"{kind.name} of {party} is signed by {message.sender}")
    for kind in ROUNDS:
        missing = [j for j in everybody if (kind, j) not in posted]
        if missing:
            _judge(ceremony, posted)
            return Answer("waiting", {"round": int(kind), "missing": list(missing)})
    rounds = [tuple(SignedMessage.decode(posted[k, j]) for j in everybody) for k in ROUNDS]
    made = CeremonyRecord(*rounds)
    keys = verify_ceremony(ceremony, made)
    if out is not None:
        hand_over(out, encode_ceremony(made))
    return Answer(
        "ceremony_complete",
        {
            "transcript": keys.transcript.hex(),
            "keys": [ceremony.group.encode(point).hex() for point in keys.public],
        },
    )


def _judge(ceremony: Ceremony[PointT], posted: Posted) -> None:
    for j in range(1, ceremony.parties + 1):
        if (Round.COMPLAIN, j) in posted:
            verdict = judge_posted_complaint(ceremony, j, posted)
            if verdict is not None:
                raise verdict
