"""Vectors of ballots, openings and tokens."""

from typing import Any

from tests.voting.crypto.forger import Forger
from tests.voting.crypto.synthetic import DeterministicRngForVectors, SyntheticPoll
from tests.voting.crypto.vector_files import Vectors, describe
from voting.crypto.ballot import component_count, ordinates_of, parse_ballot, split_ballot
from voting.crypto.ballot_proof import (
    BallotSecrets,
    Choice,
    VoterKey,
    cast,
    seal_with_given_secrets_for_vectors,
)
from voting.crypto.ballot_transcript import (
    Caster,
    challenges_of,
    signature_digest,
    x_digest,
    y_digest,
)
from voting.crypto.group import G1, G2, encode_scalar
from voting.crypto.opening import open_for_check
from voting.crypto.randomness import random_scalar
from voting.crypto.sharing import evaluate
from voting.crypto.tokens import blind_with_given_blind_for_vectors, sign_blinded, token_point
from voting.crypto.transcript import ORDER

SHAPES = {
    "one of two": (2, 1, 1),
    "one of three": (3, 1, 1),
    "three of nine": (9, 3, 3),
    "up to two of three": (3, 0, 2),
    "one to three of three": (3, 1, 3),
    "all of three": (3, 3, 3),
}
CASTS = [
    ("first option", "one of two", (1, 0), 1),
    ("second of three", "one of three", (0, 1, 0), 1),
    ("second cast", "one of three", (0, 0, 1), 2),
    ("three of nine", "three of nine", (1, 0, 0, 1, 0, 0, 0, 0, 1), 10),
    ("nobody", "up to two of three", (0, 0, 0), 1),
    ("one, so that one slack bit is set", "up to two of three", (0, 1, 0), 1),
    ("two, no slack", "up to two of three", (1, 0, 1), 1),
    ("one to three", "one to three of three", (1, 1, 0), 1),
    ("all", "all of three", (1, 1, 1), 1),
]
Case = dict[str, Any]


def polls() -> dict[str, SyntheticPoll]:
    """Fresh polls, so that every call makes the same vectors."""
    return {name: SyntheticPoll.make(*shape, label="vectors") for name, shape in SHAPES.items()}


def ballot_vectors() -> Vectors:
    """Polls, valid ballots with every intermediate value, and ballots that are refused."""
    made = polls()
    valid = [_cast(made[poll], name, poll, votes, seq) for name, poll, votes, seq in CASTS]
    return describe(
        "Ballots with all secrets and intermediate values, and ballots that must be refused",
        "tests/voting/crypto/test_second_implementation.py (py_ecc)",
        polls=[_poll(name, poll) for name, poll in made.items()],
        valid=valid,
        invalid=_bad_ballots(made, valid),
    )


def opening_vectors() -> Vectors:
    """Checked ciphertexts that open, and openings that are refused."""
    made = polls()
    poll = made["up to two of three"]
    sealed = seal_with_given_secrets_for_vectors(
        poll.context, Choice((0, 1, 0), 1, 0), G1.encode(G1.generator), draw(poll), poll.rng
    )
    data = open_for_check(poll.context, sealed).encode()
    return describe(
        "Openings for cast-or-check",
        "tests/voting/crypto/test_second_implementation.py (py_ecc)",
        polls=[_poll("up to two of three", poll)],
        valid=[{"opening": data.hex(), "votes": [0, 1, 0], "code": sealed.code.hex()}],
        invalid=[
            {"name": name, "opening": changed.hex(), "rejected_by": code}
            for name, changed, code in (
                ("other choice", data[:66] + b"\x01\x00\x00" + data[69:], "O-02"),
                ("one choice more", data[:66] + b"\x01\x01\x00" + data[69:], "O-02"),
                ("other code", data[:33] + bytes(32) + data[65:], "O-02"),
                ("other randomness", data[:-1] + bytes([data[-1] ^ 1]), "O-02"),
                ("too many choices", data[:66] + b"\x01\x01\x01" + data[69:], "O-01"),
                ("a vote of two", data[:66] + b"\x02\x00\x00" + data[69:], "O-01"),
                ("other poll", data[:1] + bytes(32) + data[33:], "O-01"),
                ("unknown version", b"\x02" + data[1:], "O-01"),
                ("trailing byte", data + b"\x00", "O-01"),
                ("randomness zero", data[:-32] + bytes(32), "O-01"),
                ("randomness r", data[:-32] + ORDER.to_bytes(32, "big"), "O-01"),
            )
        ],
    )


def token_vectors() -> Vectors:
    """Registrars' keys, one token from blinding to checking, and what must be refused."""
    rng = DeterministicRngForVectors("vectors/tokens")
    poll_id, polynomial = rng(32), [random_scalar(rng) for _ in range(3)]
    shares = {j: evaluate(polynomial, j) for j in range(1, 5)}
    k, blind = random_scalar(rng), random_scalar(rng)
    public = G1.encode(G1.multiply(G1.generator, k))
    request = blind_with_given_blind_for_vectors(poll_id, public, blind, rng)
    answers = {j: sign_blinded(share, request.blinded, rng) for j, share in shares.items()}
    token = G1.encode(G1.multiply(token_point(poll_id, public), polynomial[0]))
    valid = {"poll_id": poll_id.hex(), "V": public.hex(), "token": token.hex()}
    bad_ids = [{"ids": ids, "rejected_by": "T-01"} for ids in ([1, 2], [1, 2, 3, 4], [1, 2, 5], [])]
    return describe(
        "Blind threshold tokens of (n, t) = (4, 3)",
        "tests/voting/crypto/test_second_implementation.py (py_ecc)",
        threshold=3,
        key=G2.encode(G2.multiply(G2.generator, polynomial[0])).hex(),
        share_keys=[G2.encode(G2.multiply(G2.generator, share)).hex() for share in shares.values()],
        share_secrets=[_scalar(share) for share in shares.values()],
        k=_scalar(k),
        blind=_scalar(blind),
        h=G1.encode(token_point(poll_id, public)).hex(),
        blinded=request.blinded.hex(),
        shares=[answer.hex() for answer in answers.values()],
        valid=valid,
        invalid=[
            {"name": name, **valid, **change, "rejected_by": code}
            for name, change, code in (
                ("other ballot key", {"V": answers[1].hex()}, "T-03"),
                ("other poll", {"poll_id": bytes(32).hex()}, "T-03"),
                ("a share instead of the token", {"token": answers[1].hex()}, "T-03"),
                ("neutral element", {"token": "c0" + "00" * 47}, "G-02"),
                ("order three", {"token": "80" + "00" * 47}, "G-03"),
            )
        ],
        invalid_shares=[
            {"name": "share of registrar 2", "registrar": 1, "share": answers[2].hex()}
            | {"rejected_by": "T-02"},
            {"name": "unknown registrar", "registrar": 5, "share": answers[1].hex()}
            | {"rejected_by": "T-01"},
            {"name": "order three", "registrar": 1, "share": "80" + "00" * 47}
            | {"rejected_by": "G-03"},
        ],
        invalid_ids=bad_ids,
    )


def draw(poll: SyntheticPoll) -> BallotSecrets:
    """Secrets for a vector, the last a of the options making the weighted sum zero."""
    shape, rng = poll.context.shape, poll.rng
    a = [random_scalar(rng) for _ in range(component_count(shape))]
    a[shape.options - 1] = 0
    weighted = sum(w * b for w, b in zip(shape.weights, a[shape.options :], strict=True))
    a[shape.options - 1] = -(sum(a[: shape.options]) + weighted) % ORDER
    r, s, t1, t0, w = (random_scalar(rng) for _ in range(5))
    return BallotSecrets(r, s, tuple(a), t1, t0, w)


def _poll(name: str, poll: SyntheticPoll) -> Case:
    context, shape = poll.context, poll.context.shape
    return {
        "name": name,
        "poll_id": context.poll_id.hex(),
        "options": shape.options,
        "min": shape.minimum,
        "max": shape.maximum,
        "max_casts": shape.max_casts,
        "option_keys": [G1.encode(key).hex() for key in context.option_keys],
        "option_secrets": [_scalar(secret) for secret in poll.option_secrets],
        "token_key": G2.encode(context.token_key).hex(),
        "token_secret": _scalar(poll.token_secret),
        "slack_weights": list(shape.weights),
        "ctx": context.digest.hex(),
    }


def _cast(poll: SyntheticPoll, name: str, poll_name: str, votes: tuple[int, ...], seq: int) -> Case:
    context, secrets, voter = poll.context, draw(poll), poll.voter()
    choice = Choice(votes, seq, 0)
    sealed = seal_with_given_secrets_for_vectors(context, choice, voter.public, secrets, poll.rng)
    data = cast(context, sealed, voter, poll.rng)
    parts = split_ballot(data, component_count(context.shape))
    caster = Caster(voter.public, seq, voter.token)
    dy = y_digest(context, caster, sealed.code, parts.announcement)
    dx = x_digest(dy, parts.bit_pair)
    ballot = parse_ballot(data, context)
    values = challenges_of(context, ballot)
    single = {"r": secrets.r, "s": secrets.s, "t1": secrets.t1, "t0": secrets.t0, "w": secrets.w}
    return {
        "name": name,
        "poll": poll_name,
        "votes": list(votes),
        "bits": list(sealed.bits),
        "sequence": seq,
        "k": _scalar(voter.secret),
        "V": voter.public.hex(),
        "sigma": voter.token.hex(),
        **{key: _scalar(value) for key, value in single.items()},
        "a": [_scalar(value) for value in secrets.a],
        "code": sealed.code.hex(),
        "dy": dy.hex(),
        "y": _scalar(values.y),
        "dx": dx.hex(),
        "x": _scalar(values.x),
        "dc": signature_digest(dx, parts.responses, parts.nonce).hex(),
        "c": _scalar(values.c),
        "ballot": data.hex(),
        "ordinates": ordinates_of(ballot).hex(),
    }


def _bad_ballots(made: dict[str, SyntheticPoll], valid: list[Case]) -> list[Case]:
    case = next(case for case in valid if case["name"] == "second of three")
    data = bytes.fromhex(case["ballot"])
    cases = [("one of three", *bad) for bad in _mangled(data)]
    poll = made["one of three"]
    voter = VoterKey(int(case["k"], 16), bytes.fromhex(case["V"]), bytes.fromhex(case["sigma"]))
    cases += [("one of three", *bad) for bad in _signed_by_a_voter(poll, data, voter)]
    three, slack = made["all of three"], made["up to two of three"]
    cases += [
        ("all of three", "votes (3, 0, 0)", Forger(three).dishonest_values((3, 0, 0)), "B-09"),
        ("all of three", "C0 after x", Forger(three).c0_chosen_last((3, 0, 0)), "B-07"),
        ("all of three", "C1 after x", Forger(three).c1_chosen_last((3, 0, 0)), "B-07"),
        ("all of three", "votes after y", Forger(three).ciphertext_chosen_last(), "B-07"),
        (
            "all of three",
            "announcement after x (weak Fiat-Shamir)",
            Forger(three).announcement_chosen_last((100, 0, -7)),
            "B-07",
        ),
        (
            "up to two of three",
            "a slack bit of two",
            Forger(slack).dishonest_values((0, 0, 0, 2, 0)),
            "B-09",
        ),
        (
            "up to two of three",
            "three votes",
            Forger(slack).dishonest_values((1, 1, 1, 0, 0)),
            "B-08",
        ),
        (
            "one to three of three",
            "no vote, with slack weights 1 and 2",
            Forger(made["one to three of three"]).dishonest_values((0, 0, 0, 1, 1), (1, 2)),
            "B-08",
        ),
    ]
    return [
        {"name": name, "poll": poll_name, "ballot": bad.hex(), "rejected_by": code}
        for poll_name, name, bad, code in cases
    ]


def _mangled(data: bytes) -> list[tuple[str, bytes, str]]:
    """What anybody can do to bytes: V is at 35, sigma at 83, A at 131, R 80 from the end."""
    order = ORDER.to_bytes(32, "big")

    def put(at: int, part: bytes) -> bytes:
        at %= len(data)
        return data[:at] + part + data[at + len(part) :]

    outside = G1.on_curve(data[131:179]) + G1.on_curve(b"\x80" + bytes(47))
    return [
        ("empty", b"", "B-01"),
        ("one byte short", data[:-1], "B-01"),
        ("one byte more", data + b"\x00", "B-01"),
        ("version 0", put(0, b"\x00"), "B-02"),
        ("version 2", put(0, b"\x02"), "B-02"),
        ("another poll", put(1, bytes(32)), "B-03"),
        ("sequence 0", put(33, b"\x00\x00"), "B-04"),
        ("sequence above max_casts", put(33, b"\x00\x0b"), "B-04"),
        ("sequence of another cast", put(33, b"\x00\x02"), "B-05"),
        ("V without its flag", put(35, bytes([data[35] & 0x7F])), "G-01"),
        ("V is the neutral element", put(35, b"\xc0" + bytes(47)), "G-02"),
        ("sigma is ff..ff", put(83, b"\xff" * 48), "G-02"),
        ("A of order three", put(131, b"\x80" + bytes(47)), "G-03"),
        ("A plus a point of order three", put(131, outside.to_compressed_bytes()), "G-03"),
        ("R of order three", put(-80, b"\x80" + bytes(47)), "G-03"),
        ("f_1 is r", put(-208, order), "G-04"),
        ("sv is r", put(-32, order), "G-04"),
        ("sv is 0", put(-32, bytes(32)), "B-05"),
        ("A is another point", put(131, data[35:83]), "B-05"),
        ("f_1 is 0", put(-208, bytes(32)), "B-05"),
    ]


def _signed_by_a_voter(
    poll: SyntheticPoll, data: bytes, voter: VoterKey
) -> list[tuple[str, bytes, str]]:
    """What only the owner of a ballot key can do."""
    forger, thief = Forger(poll), poll.voter()
    stolen = VoterKey(thief.secret, thief.public, voter.token)
    return [
        ("token of another voter", poll.ballot((1, 0, 0), stolen), "B-06"),
        ("copied ciphertext and proof", forger.copy(data, thief), "B-07"),
        ("proof of another sequence number", Forger(poll, 2).copy(data, voter), "B-07"),
        ("f_1 changed and signed", forger.change_response(data, voter, 0), "B-08"),
        ("z changed and signed", forger.change_response(data, voter, 2), "B-07"),
        ("t changed and signed", forger.change_response(data, voter, 3), "B-09"),
        ("two votes", forger.dishonest_values((1, 1, 0)), "B-08"),
        ("no vote", forger.dishonest_values((0, 0, 0)), "B-08"),
        ("votes (2, -1, 0)", forger.dishonest_values((2, -1, 0)), "B-09"),
    ]


def _scalar(value: int) -> str:
    return encode_scalar(value).hex()
