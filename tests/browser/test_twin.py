"""The TypeScript twin of the voter's side: types, builds, vectors, and exchanges with Python."""

import base64
import json
import os
import re
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.checkpoint import sign_checkpoint
from contracts.evidence.log import LogWriter
from contracts.evidence.note import sign_note
from contracts.evidence.receipt import Receipt
from tests.architecture.sources import ROOT
from voting.crypto.ballot import parse_ballot
from voting.crypto.ballot_proof import Choice, VoterKey, cast, seal
from voting.crypto.group import G1, G2, encode_scalar
from voting.crypto.opening import Opening, check_opening, open_for_check
from voting.crypto.poll_context import PollContext, PollShape, make_context
from voting.crypto.randomness import random_scalar
from voting.crypto.tokens import token_point
from voting.crypto.verification import verify_ballot

RNG = secrets.token_bytes
ASKED = ("ballots", "choices", "openings", "receipts")
ORIGIN = "dojang.test/board"
BOARD = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TIMEOUT = 120
SEED = bytes([7]) * 32
Answer: TypeAlias = dict[str, Any]  # Any: JSON of the twin, compared whole or by field.


@dataclass(frozen=True, slots=True)
class Setting:
    """A poll of one to three of three, with a slack bit set in most ballots."""

    context: PollContext
    option_keys: tuple[bytes, ...]
    token_key: bytes
    token_secret: int

    def voter(self) -> VoterKey:
        secret = random_scalar(RNG)
        public = G1.encode(G1.multiply(G1.generator, secret))
        token = G1.multiply(token_point(self.context.poll_id, public), self.token_secret)
        return VoterKey(secret, public, G1.encode(token))

    def described(self) -> dict[str, object]:
        shape = self.context.shape
        return {
            "pollId": self.context.poll_id.hex(),
            "options": shape.options,
            "minimum": shape.minimum,
            "maximum": shape.maximum,
            "maxCasts": shape.max_casts,
            "optionKeys": [key.hex() for key in self.option_keys],
            "tokenKey": self.token_key.hex(),
        }


@pytest.fixture(scope="module")
def setting() -> Setting:
    keys = tuple(G1.encode(G1.multiply(G1.generator, random_scalar(RNG))) for _ in range(3))
    secret = random_scalar(RNG)
    token_key = G2.encode(G2.multiply(G2.generator, secret))
    context = make_context(RNG(32), PollShape(3, 1, 3, 5), keys, token_key)
    return Setting(context, keys, token_key, secret)


def build(entry: str, out: Path) -> Path:
    """Bundle one entry for browsers, as it would be served."""
    options = ("--bundle", "--format=esm", "--platform=browser", "--target=es2022")
    quiet = ("--log-level=warning", f"--outfile={out}")
    run("node_modules/.bin/esbuild", f"api/browser/{entry}.ts", *options, *quiet)
    return out


def run(*command: str, twin: Path | None = None, given: str = "") -> str:
    environment = os.environ | ({"TWIN": str(twin)} if twin else {})
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("for_vectors", tmp_path_factory.mktemp("twin") / "twin.mjs")


def exchange(twin: Path, setting: Setting, **asked: Sequence[object]) -> dict[str, list[Answer]]:
    """One run of the twin: what is not asked stays empty."""
    empty: dict[str, object] = {name: [] for name in ASKED}
    given = json.dumps({"poll": setting.described()} | empty | asked)
    answer: dict[str, list[Answer]] = json.loads(
        run("node", "tests/browser/twin_exchange.mjs", twin=twin, given=given)
    )
    return answer


def test_sources_are_well_typed() -> None:
    run("node_modules/.bin/tsc", "--noEmit")


def exported(module: bytes) -> bytes:
    """The list of exports at the end of a bundle."""
    return module[module.rindex(b"export {") :]


def test_two_builds_are_equal_and_export_nothing_for_vectors(tmp_path: Path, twin: Path) -> None:
    first = build("index", tmp_path / "first.js").read_bytes()
    assert first == build("index", tmp_path / "second.js").read_bytes()
    assert b"ForVectors" in exported(twin.read_bytes())
    assert b"ForVectors" not in exported(first)


def test_every_vector_holds(twin: Path) -> None:
    report = run(
        "node", "--test", "--test-reporter=tap", "tests/browser/twin_vectors.mjs", twin=twin
    )
    counts = dict(re.findall(r"^# (\w+) (\d+)$", report, re.MULTILINE))
    assert int(counts["pass"]) > 100
    assert counts["fail"] == counts["skipped"] == counts["todo"] == "0"


def test_ballot_made_in_python_is_accepted_and_a_changed_one_refused(
    twin: Path, setting: Setting
) -> None:
    voter = setting.voter()
    sealed = seal(setting.context, Choice((0, 1, 0), 5, 0), voter.public, seed=RNG(32), rng=RNG)
    ballot = cast(setting.context, sealed, voter, RNG)
    changed = bytearray(ballot)
    changed[-1] ^= 1
    answer = exchange(twin, setting, ballots=[ballot.hex(), changed.hex()])
    assert answer["checked"] == [{"code": sealed.code.hex()}, {"refused": "B-05"}]


def test_ballot_made_in_the_twin_is_accepted_by_python(twin: Path, setting: Setting) -> None:
    votes = ((1, 0, 0), (1, 0, 1), (1, 1, 1))
    voter = setting.voter()
    common = {"secret": encode_scalar(voter.secret).hex(), "token": voter.token.hex()}
    choices = [common | {"votes": vote, "sequence": n} for n, vote in enumerate(votes, 1)]
    for n, made in enumerate(exchange(twin, setting, choices=choices)["cast"], 1):
        ballot = parse_ballot(bytes.fromhex(made["ballot"]), setting.context)
        verified = verify_ballot(setting.context, ballot, RNG)
        assert (verified.code.hex(), ballot.sequence) == (made["code"], n)


def test_opening_of_the_twin_is_pythons_byte_for_byte(twin: Path, setting: Setting) -> None:
    voter = setting.voter()
    votes = (0, 1, 1)
    answer = exchange(twin, setting, openings=[{"votes": votes, "key": voter.public.hex()}])
    made = answer["openings"][0]
    sealed = seal(setting.context, Choice(votes, 1, 1), voter.public, seed=SEED, rng=bytes)
    assert made["opening"] == open_for_check(setting.context, sealed).encode().hex()
    opening = Opening.decode(bytes.fromhex(made["opening"]))
    assert opening.code.hex() == made["code"]
    assert check_opening(setting.context, opening) == votes


ENTRIES = tuple(b"ballot %d" % n for n in range(7))


def written_log() -> LogWriter:
    log = LogWriter(ORIGIN, BOARD)
    for entry in ENTRIES:
        log.append(entry)
    return log


def question(receipt: Receipt | str, ballot: bytes) -> dict[str, object]:
    return {
        "receipt": receipt if isinstance(receipt, str) else receipt.text(),
        "ballot": ballot.hex(),
        "origin": ORIGIN,
        "key": BOARD.public_key().public_bytes_raw().hex(),
    }


def test_receipt_of_every_place_and_size_is_accepted(twin: Path, setting: Setting) -> None:
    log, asked, expected = LogWriter(ORIGIN, BOARD), [], []
    for size, entry in enumerate(ENTRIES, 1):
        log.append(entry)
        for index in range(size):
            asked.append(question(log.receipt(index), ENTRIES[index]))
            expected.append({"index": index, "size": size, "root": log.tree.root().hex()})
    assert exchange(twin, setting, receipts=asked)["places"] == expected


def test_receipt_that_was_tampered_with_is_refused_by_its_check(
    twin: Path, setting: Setting
) -> None:
    log = written_log()
    good = log.receipt(2)
    text, note, node = good.text(), good.note, base64.b64encode(good.path[0]).decode()
    note_only = partial(text.replace, note)
    extended = log.checkpoint().text() + "extension\n"
    named = ORIGIN.replace("board", "other")
    wrong_origin = LogWriter(named, BOARD, log.tree).signed_checkpoint()
    cases: list[tuple[str, str, bytes]] = [
        ("proof", text, b"another ballot"),
        ("proof", text.replace("index 2", "index 3"), ENTRIES[2]),
        ("proof", text.replace("index 2", "index 7"), ENTRIES[2]),
        ("proof", text.replace("index 2", "index 02"), ENTRIES[2]),
        ("proof", text.replace("@v1", "@v2"), ENTRIES[2]),
        ("proof", text.replace(f"{node}\n", ""), ENTRIES[2]),
        ("proof", text.replace(f"{node}\n", f"{node}\n{node}\n"), ENTRIES[2]),
        ("proof", text.replace(f"{node}\n", f"{node} \n"), ENTRIES[2]),
        ("proof", text.replace(f"{node}\n", f"{node}\n" * 200), ENTRIES[2]),
        ("proof", Receipt(2, (*good.path, bytes(32)), note).text(), ENTRIES[2]),
        ("proof", Receipt(2, (bytes(31), *good.path[1:]), note).text(), ENTRIES[2]),
        ("proof", "", ENTRIES[2]),
        ("proof", text.split("\n\n")[0], ENTRIES[2]),
        ("checkpoint", note_only(sign_checkpoint(log.checkpoint(), STRANGER)), ENTRIES[2]),
        ("checkpoint", note_only(wrong_origin), ENTRIES[2]),
        ("checkpoint", note_only(sign_note(extended, ORIGIN, BOARD)), ENTRIES[2]),
        ("checkpoint", note_only(note.replace("\n7\n", "\n8\n")), ENTRIES[2]),
        ("checkpoint", note_only(note.replace("\n7\n", "\n07\n")), ENTRIES[2]),
        ("checkpoint", note_only(note.removesuffix("\n")), ENTRIES[2]),
        ("checkpoint", note_only(note.replace("—", "-")), ENTRIES[2]),
        ("checkpoint", note_only(log.checkpoint().text() + "\n"), ENTRIES[2]),
        ("checkpoint", text + "\u0000\n", ENTRIES[2]),
    ]
    asked = [question(receipt, ballot) for _, receipt, ballot in cases]
    found = exchange(twin, setting, receipts=[question(text, ENTRIES[2]), *asked])["places"]
    assert found[0]["index"] == 2
    assert found[1:] == [{"refused": check} for check, _, _ in cases]


def test_receipt_signed_by_others_too_is_accepted(twin: Path, setting: Setting) -> None:
    log = written_log()
    good = log.receipt(4)
    stranger = sign_checkpoint(log.checkpoint(), STRANGER).splitlines()[-1]
    cosigned = Receipt(4, good.path, f"{good.note}{stranger}\n")
    answer = exchange(twin, setting, receipts=[question(cosigned, ENTRIES[4])])
    assert answer["places"][0]["index"] == 4
