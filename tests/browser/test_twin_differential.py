"""Hostile bytes given to the twin and to Python: both refuse by the same check, or both accept."""

import base64
import json
import os
import random
import secrets
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts.evidence.errors import EvidenceError
from contracts.evidence.log import LogWriter
from contracts.evidence.merkle import leaf_hash
from contracts.evidence.note import LogKey, sign_note
from contracts.evidence.promise import open_promise
from contracts.evidence.receipt import check_receipt, parse_receipt
from tests.architecture.sources import ROOT
from voting.crypto.ballot import parse_ballot
from voting.crypto.ballot_proof import Choice, VoterKey, cast, seal
from voting.crypto.group import G1, G2
from voting.crypto.identity_keys import is_sound_identity
from voting.crypto.opening import Opening, check_opening, open_for_check
from voting.crypto.poll_context import PollContext, PollShape, make_context
from voting.crypto.randomness import random_scalar
from voting.crypto.sharing import lagrange_at_zero
from voting.crypto.tokens import (
    TokenKeys,
    blind_key,
    check_share,
    sign_blinded,
    token_point,
    verify_token,
)
from voting.crypto.transcript import ORDER
from voting.crypto.verification import verify_ballot
from voting.errors import VotingError
from voting.poll.registrar import entry_digest
from voting.poll.roll import registration_nonce

RNG: Final = secrets.token_bytes
ORIGIN: Final = "dojang.test/board"
BOARD: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
BOARD_KEY: Final = BOARD.public_key().public_bytes_raw()
REGISTRAR: Final = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
NOW: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
LATEST: Final = NOW + timedelta(seconds=150)
SMALL_ORDER: Final = bytes([0x80]) + bytes(47)
SPECIAL_POINTS: Final = (
    SMALL_ORDER,
    bytes([0xC0]) + bytes(47),
    b"\xff" * 48,
    bytes(48),
    bytes([0x9F]) + b"\xff" * 47,
)
ROUNDS: Final = int(os.environ.get("ROUNDS", "40"))
Question = dict[str, object]


@dataclass(frozen=True, slots=True)
class World:
    """A poll of one to three of three with five casts, and registrars of whom two sign."""

    context: PollContext
    option_keys: tuple[bytes, ...]
    keys: TokenKeys
    shares: tuple[int, ...]
    voter: VoterKey

    def sealed_ballot(self) -> tuple[bytes, bytes]:
        """A ballot, and the opening of another one."""
        choice = Choice((1, 0, 1), 2, 0)
        made = [
            seal(self.context, choice, self.voter.public, seed=RNG(32), rng=RNG) for _ in range(2)
        ]
        ballot = cast(self.context, made[0], self.voter, RNG)
        return ballot, open_for_check(self.context, made[1]).encode()

    def described(self) -> dict[str, object]:
        return {
            "poll": {
                "pollId": self.context.poll_id.hex(),
                "options": 3,
                "minimum": 1,
                "maximum": 3,
                "maxCasts": 5,
                "optionKeys": [key.hex() for key in self.option_keys],
                "tokenKey": G2.encode(self.keys.key).hex(),
            },
            "registrars": {
                "threshold": 2,
                "shares": [G2.encode(share).hex() for share in self.keys.shares],
            },
        }


@pytest.fixture(scope="module")
def world() -> World:
    option_keys = tuple(G1.encode(G1.multiply(G1.generator, random_scalar(RNG))) for _ in range(3))
    shares = tuple(random_scalar(RNG) for _ in range(2))
    common = sum(w * x for w, x in zip(lagrange_at_zero((1, 2)), shares, strict=True))
    public = G2.multiply(G2.generator, common % ORDER)
    context = make_context(RNG(32), PollShape(3, 1, 3, 5), option_keys, G2.encode(public))
    keys = TokenKeys(2, public, tuple(G2.multiply(G2.generator, share) for share in shares))
    secret = random_scalar(RNG)
    key = G1.encode(G1.multiply(G1.generator, secret))
    token = G1.multiply(token_point(context.poll_id, key), common % ORDER)
    return World(context, option_keys, keys, shares, VoterKey(secret, key, G1.encode(token)))


def outcome(act: Callable[[], object]) -> str:
    """ "good", or the number of the check that Python refuses with."""
    try:
        act()
    except (VotingError, EvidenceError) as error:
        return error.code
    return "good"


def ask(twin: Path, world: World, questions: Sequence[Question]) -> list[str]:
    """The twin's verdicts, in one run."""
    done = subprocess.run(
        ("node", "tests/browser/twin_differential.mjs"),
        cwd=ROOT,
        env=os.environ | {"TWIN": str(twin)},
        input=json.dumps(world.described() | {"questions": questions}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    answers: list[str] = json.loads(done.stdout)
    return answers


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("differential") / "twin.mjs"
    options = ("--bundle", "--format=esm", "--platform=browser", "--target=es2022")
    quiet = ("--log-level=warning", f"--outfile={out}")
    entry = "api/browser/for_vectors.ts"
    subprocess.run(
        ("node_modules/.bin/esbuild", entry, *options, *quiet), cwd=ROOT, check=True, timeout=120
    )
    return out


def seeded(number: int) -> random.Random:
    """Changes that are the same in every run."""
    return random.Random(number)  # noqa: S311 (chooses what to break, keeps nothing secret)


def changed(data: bytes, chance: random.Random) -> bytes:
    """Bytes with one place flipped, cut out, doubled, or overwritten by an edge value."""
    at, kind = chance.randrange(len(data)), chance.randrange(6)
    width = chance.choice((1, 32, 48))
    if kind <= 1:
        return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + data[at + width :]
    if kind == 3:
        return data[: at + width] + data[at:]
    edge = chance.choice((bytes(width), b"\xff" * width, b"\xc0" + bytes(width - 1)))
    return data[:at] + edge[: len(data) - at] + data[at + width :]


def hostile_ballots(world: World, chance: random.Random, count: int) -> Iterator[bytes]:
    ballot, _ = world.sealed_ballot()
    yield ballot
    places = [*range(35, 35 + 48 * 19, 48), len(ballot) - 80]
    for at in places:
        for point in (*SPECIAL_POINTS, outside(ballot[at : at + 48])):
            yield ballot[:at] + point + ballot[at + 48 :]
    for at in range(len(ballot) - 80 - 32 * 6, len(ballot) - 80, 32):
        yield ballot[:at] + ORDER.to_bytes(32, "big") + ballot[at + 32 :]
    yield from (changed(ballot, chance) for _ in range(count))


def outside(point: bytes) -> bytes:
    """The same point plus one of order 3; bytes that are no point stay what they are."""
    try:
        return G1.encode(G1.on_curve(point) + G1.on_curve(SMALL_ORDER))
    except VotingError:
        return point


def ballot_verdict(world: World, data: bytes) -> str:
    return outcome(lambda: verify_ballot(world.context, parse_ballot(data, world.context), RNG))


def test_ballots(twin: Path, world: World) -> None:
    data = list(hostile_ballots(world, seeded(1), ROUNDS))
    expected = [ballot_verdict(world, ballot) for ballot in data]
    found = ask(twin, world, [{"kind": "ballot", "data": ballot.hex()} for ballot in data])
    assert found == expected
    assert expected[0] == "good"
    assert {"B-01", "B-05", "G-01", "G-02", "G-03", "G-04"} <= set(expected)


def opening_verdict(world: World, data: bytes) -> str:
    return outcome(lambda: check_opening(world.context, Opening.decode(data)))


def test_openings(twin: Path, world: World) -> None:
    chance, opening = seeded(2), world.sealed_ballot()[1]
    votes = opening[:67] + b"%s" + opening[69:]
    several = [votes.replace(b"%s", bytes([a, b])) for a in (0, 1, 2) for b in (0, 1, 255)]
    scalars = [opening[:-32] + n.to_bytes(32, "big") for n in (0, 1, ORDER - 1, ORDER)]
    data = [opening, *several, *scalars, *(changed(opening, chance) for _ in range(ROUNDS)), b""]
    expected = [opening_verdict(world, one) for one in data]
    asked = [{"kind": "opening", "data": one.hex(), "shown": one[33:65].hex()} for one in data]
    assert ask(twin, world, asked) == expected
    assert {"good", "O-01", "O-02"} == set(expected)


def test_tokens_and_shares(twin: Path, world: World) -> None:
    chance, voter, poll_id = seeded(3), world.voter, world.context.poll_id
    request = blind_key(poll_id, voter.public, RNG)
    share = sign_blinded(world.shares[0], request.blinded, RNG)
    tokens = [voter.token, share, *SPECIAL_POINTS, outside(voter.token)]
    tokens += [changed(voter.token, chance) for _ in range(ROUNDS)]
    shares = [(1, share), (2, share), (0, share), (3, share), (1, outside(share))]
    shares += [(1, changed(share, chance)) for _ in range(ROUNDS)]
    expected = [
        outcome(lambda data=data: verify_token(poll_id, voter.public, data, world.keys.key))
        for data in tokens
    ] + [
        outcome(lambda j=j, data=data: check_share(world.keys, j, request.blinded, data))
        for j, data in shares
    ]
    asked: list[Question] = [
        {"kind": "token", "key": voter.public.hex(), "data": data.hex()} for data in tokens
    ]
    asked += [
        {"kind": "share", "registrar": j, "blinded": request.blinded.hex(), "data": data.hex()}
        for j, data in shares
    ]
    assert ask(twin, world, asked) == expected
    assert {"good", "T-01", "T-02", "T-03", "G-01", "G-02", "G-03"} == set(expected)


def noted(kind: str, text: str, ballot: bytes, key: bytes = BOARD_KEY) -> Question:
    where = {"kind": kind, "text": text, "ballot": ballot.hex()}
    return where | {"origin": ORIGIN, "key": key.hex(), "latest": LATEST.isoformat()}


def receipt_holds(text: str, ballot: bytes) -> bool:
    keys = [LogKey(ORIGIN, BOARD_KEY)]
    return outcome(lambda: check_receipt(parse_receipt(text), leaf_hash(ballot), keys)) == "good"


def promise_holds(text: str, ballot: bytes) -> bool:
    def check() -> None:
        promise = open_promise(text, [LogKey(ORIGIN, BOARD_KEY)])
        if promise.leaf != leaf_hash(ballot) or promise.deadline > LATEST:
            raise EvidenceError("another promise")

    return outcome(check) == "good"


def altered(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    piece = chance.choice(("", "\n", " ", "A", "=", "\u0085", "\ufeff", "\u2028", "é", "0", "—"))
    return text[:at] + piece + text[at + chance.randrange(2) :]


def test_receipts_and_promises(twin: Path, world: World) -> None:
    chance, log = seeded(4), LogWriter(ORIGIN, BOARD)
    for number in range(7):
        log.append(b"ballot %d" % number)
    receipt = log.receipt(3).text()
    promise = log.promise(b"ballot 3", NOW + timedelta(seconds=120))
    later = log.promise(b"ballot 3", NOW + timedelta(seconds=600))
    other = log.promise(b"ballot 4", NOW)
    strange = [strangely_cosigned(receipt, name) for name in ("a\u0085b", "a\ufeffb", "a\u3000b")]
    receipts = [receipt, *strange, *(altered(receipt, chance) for _ in range(5 * ROUNDS))]
    promises = [promise, later, other, *(altered(promise, chance) for _ in range(5 * ROUNDS))]
    asked = [noted("receipt", text, b"ballot 3") for text in receipts]
    asked += [noted("promise", text, b"ballot 3") for text in promises]
    expected = [receipt_holds(text, b"ballot 3") for text in receipts]
    expected += [promise_holds(text, b"ballot 3") for text in promises]
    assert [verdict == "good" for verdict in ask(twin, world, asked)] == expected
    assert expected[0]
    assert expected[len(receipts) : len(receipts) + 3] == [True, False, False]


def strangely_cosigned(receipt: str, name: str) -> str:
    """Somebody else's signature beside the board's, under a name that is white space to some."""
    blob = base64.b64encode(bytes(68)).decode()
    return f"{receipt}— {name} {blob}\n"


@pytest.mark.parametrize(
    "times", ["0999-01-01T00:00:00Z", "2026-01-05T24:00:00Z", "2026-02-30T00:00:00Z", "x"]
)
def test_promise_for_no_time_is_refused(twin: Path, world: World, times: str) -> None:
    leaf = base64.b64encode(leaf_hash(b"b")).decode()
    text = sign_note(f"dojang-promise-v1\n{ORIGIN}\n{leaf}\n{times}\n", ORIGIN, BOARD)
    assert not promise_holds(text, b"b")
    assert ask(twin, world, [noted("promise", text, b"b")]) == ["promise"]


def test_signature_that_holds_only_after_multiplying_by_eight_is_refused(
    twin: Path, world: World
) -> None:
    """The board signs with R + (0, -1): this page would accept what nobody else does."""
    signature = bytes.fromhex(
        "76985cdbd2364a744397b773ed9a33933a0d9390c3775a2aa16fe4f8cb235a8d"
        "907bc53f539c50743e5653491f90260a07566a30878b8bf396e41399a446b005"
    )
    key = Ed25519PrivateKey.from_private_bytes(bytes([3]) * 32)
    public, message = key.public_key().public_bytes_raw(), b"x\n"
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    asked = [(public, signature), (public, key.sign(message)), (public, bytes(64))]
    asked += [(anybodys, anybodys + bytes(32)) for anybodys in (b"\x01" + bytes(31), bytes(32))]
    found = ask(
        twin,
        world,
        [
            {"kind": "signature", "key": k.hex(), "data": s.hex(), "message": message.hex()}
            for k, s in asked
        ],
    )
    assert found == ["entry", "good", "entry", "entry", "entry"]
    assert [is_sound_identity(k) for k, _ in asked] == [True, True, True, False, False]


def test_registrars_answer_and_the_nonce_are_pythons(twin: Path, world: World) -> None:
    poll_id = world.context.poll_id
    request = blind_key(poll_id, world.voter.public, RNG)
    share, commitment = sign_blinded(world.shares[0], request.blinded, RNG), RNG(32)
    signature = REGISTRAR.sign(entry_digest(poll_id, 1, commitment, request.blinded))
    good: Question = {
        "kind": "grant",
        "registrar": 1,
        "identity": REGISTRAR.public_key().public_bytes_raw().hex(),
        "blinded": request.blinded.hex(),
        "data": share.hex(),
        "commitment": commitment.hex(),
        "signature": signature.hex(),
    }
    challenges = [RNG(32), RNG(32)]
    nonce: Question = {
        "kind": "nonce",
        "blinded": request.blinded.hex(),
        "challenges": [one.hex() for one in challenges],
        "expected": registration_nonce(poll_id, request.blinded, challenges),
    }
    asked = [
        (good, "good"),
        (good | {"commitment": bytes(32).hex()}, "entry"),
        (good | {"commitment": ""}, "entry"),
        (good | {"signature": signature[:-1].hex()}, "entry"),
        (good | {"identity": BOARD_KEY.hex()}, "entry"),
        (good | {"data": request.blinded.hex()}, "T-02"),
        (good | {"registrar": 3}, "T-01"),
        (nonce, "good"),
        (nonce | {"challenges": [challenges[0].hex()]}, "N-03"),
        (nonce | {"challenges": [RNG(31).hex(), challenges[1].hex()]}, "N-03"),
        (nonce | {"challenges": []}, "N-03"),
    ]
    assert ask(twin, world, [one for one, _ in asked]) == [check for _, check in asked]
