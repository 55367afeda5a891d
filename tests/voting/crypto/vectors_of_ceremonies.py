"""Vectors of key ceremonies and decryption."""

from dataclasses import replace
from typing import Any

from tests.voting.crypto.ceremony_simulator import (
    Messages,
    Simulator,
    registrars,
    replaced,
    trustees,
)
from tests.voting.crypto.hpke_by_hand import seal_with_given_ephemeral_for_vectors
from tests.voting.crypto.synthetic import DeterministicRngForVectors
from tests.voting.crypto.vector_files import Vectors, describe
from voting.crypto.ceremony import Round, sign_message
from voting.crypto.ceremony_record import (
    CeremonyKeys,
    CeremonyRecord,
    check_announcements,
    check_openings,
    verify_ceremony,
)
from voting.crypto.dkg import Party, complain, finish, share_info
from voting.crypto.elgamal import Ciphertext, add, encrypt_known
from voting.crypto.group import G1, PointT, encode_scalar
from voting.crypto.randomness import random_scalar
from voting.crypto.sharing import evaluate
from voting.crypto.threshold import Aggregate, Board, TrusteeKey, decrypt_partially

Case = dict[str, Any]
BadRecord = tuple[str, CeremonyRecord, str, int]
Rounds = tuple[Messages, Messages, Messages]


def ceremony_vectors() -> Vectors:
    """Two complete ceremonies with everybody's secrets, and records that are refused."""
    trustee, registrar = trustees(label="vector trustees"), registrars(label="vector registrars")
    return describe(
        "Key ceremonies of trustees (3, 2), two options, and of registrars (4, 3, 1)",
        "tests/voting/crypto/test_vectors.py (HPKE by hand, shares recombined)",
        trustees=_ceremony(trustee),
        registrars=_ceremony(registrar),
    )


def decryption_vectors() -> Vectors:
    """One sum decrypted by two of three trustees, and decryptions that are refused."""
    rng = DeterministicRngForVectors("vectors/decryption")
    polynomials = [[random_scalar(rng) for _ in range(2)] for _ in range(3)]
    keys = [G1.multiply(G1.generator, row[0]) for row in polynomials]
    holders = [_trustee(polynomials, j) for j in (1, 2, 3)]
    votes = [(1, 0, 0)] * 3 + [(0, 0, 1)] * 4
    total = add([encrypt_known(keys, v, random_scalar(rng)) for v in votes], 3)
    aggregate = Aggregate(Board(31337, rng(20), rng(32), 9, rng(32)), len(votes), total)
    partials = [decrypt_partially(aggregate, holder, rng).encode() for holder in holders]
    return describe(
        "Decryption of one sum by any two of three trustees",
        "tests/voting/crypto/test_second_implementation.py (py_ecc)",
        threshold=2,
        options=3,
        min=1,
        max=1,
        share_keys=[[G1.encode(x).hex() for x in holder.public] for holder in holders],
        share_secrets=[[encode_scalar(x).hex() for x in holder.shares] for holder in holders],
        aggregate=_aggregate(aggregate),
        partials=[partial.hex() for partial in partials],
        counts=[3, 0, 4],
        invalid=_bad_partials(aggregate, partials),
        invalid_sets=[
            {"trustees": ids, "rejected_by": "D-02"} for ids in ([1], [1, 1], [1, 2, 3], [])
        ],
    )


def _trustee(polynomials: list[list[int]], index: int) -> TrusteeKey:
    shares = tuple(evaluate(row, index) for row in polynomials)
    return TrusteeKey(index, shares, tuple(G1.multiply(G1.generator, x) for x in shares))


def _aggregate(aggregate: Aggregate) -> Case:
    board, total = aggregate.board, aggregate.total
    return {
        "chain_id": board.chain_id,
        "contract": board.contract.hex(),
        "poll_id": board.poll_id.hex(),
        "size": board.size,
        "root": board.root.hex(),
        "ballots": aggregate.ballots,
        "A_sum": G1.encode_evm(total.a).hex(),
        "B_sum": [G1.encode_evm(b).hex() for b in total.b],
        "agg": aggregate.digest().hex(),
    }


def _bad_partials(aggregate: Aggregate, partials: list[bytes]) -> list[Case]:
    first, total = partials[0], aggregate.total
    shifted = Ciphertext(
        total.a, (total.b[0] - G1.generator, total.b[1] + G1.generator, total.b[2])
    )
    board = aggregate.board
    others = {
        "B_sum shifted": replace(aggregate, total=shifted),
        "another N": replace(aggregate, ballots=8),
        "another root": replace(aggregate, board=replace(board, root=bytes(32))),
        "another size": replace(aggregate, board=replace(board, size=10)),
        "another chain": replace(aggregate, board=replace(board, chain_id=1)),
        "another contract": replace(aggregate, board=replace(board, contract=bytes(20))),
        "another poll": replace(aggregate, board=replace(board, poll_id=bytes(32))),
    }
    cases = [
        {"name": name, "aggregate": _aggregate(other), "partial": first.hex()}
        | {"rejected_by": "D-03"}
        for name, other in others.items()
    ]
    cases += [
        {"name": f"{name}, digest exchanged", "aggregate": _aggregate(other)}
        | {"partial": (other.digest() + first[32:]).hex(), "rejected_by": "D-04"}
        for name, other in others.items()
    ]
    moved = G1.encode_evm(G1.decode_evm(first[36:164]) + G1.generator)
    changes = [
        ("one byte short", first[:-1], "D-01"),
        ("trustee 0", first[:32] + bytes(4) + first[36:], "D-02"),
        ("trustee 4", first[:32] + b"\x00\x00\x00\x04" + first[36:], "D-02"),
        ("id of trustee 2", first[:32] + b"\x00\x00\x00\x02" + first[36:], "D-04"),
        ("D_1 moved", first[:36] + moved + first[164:], "D-04"),
        (
            "D_1 and D_2 exchanged",
            first[:36] + first[164:292] + first[36:164] + first[292:],
            "D-04",
        ),
        ("D_1 neutral", first[:36] + bytes(128) + first[164:], "G-02"),
        ("D_1 of order three", first[:36] + bytes(127) + b"\x02" + first[164:], "G-03"),
        ("zd is r - 1", first[:-32] + encode_scalar(-1 % _ORDER), "D-04"),
        ("zd is r", first[:-32] + _ORDER.to_bytes(32, "big"), "G-04"),
        ("proof of trustee 2", first[:-288] + partials[1][-288:], "D-04"),
    ]
    return cases + [
        {"name": name, "aggregate": _aggregate(aggregate), "partial": data.hex()}
        | {"rejected_by": code}
        for name, data, code in changes
    ]


_ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001


def _ceremony(simulator: Simulator[PointT]) -> Case:
    ceremony = simulator.ceremony
    parties, first = simulator.begin()
    second = simulator.open(parties, first)
    third = _deal(simulator, parties, first, second)
    rounds = (first, second, third)
    ends = [finish(ceremony, party, rounds, simulator.rng) for party in parties]
    record = CeremonyRecord(*rounds, tuple(end[2] for end in ends))
    keys = verify_ceremony(ceremony, record)
    return {
        "threshold": ceremony.threshold,
        "keys": ceremony.keys,
        "chain_id": 31337,
        "nonce": _nonce(simulator),
        "identities": [key.hex() for key in ceremony.identities],
        "identity_secrets": [key.private_bytes_raw().hex() for key in simulator.identities],
        "ceremony": ceremony.digest.hex(),
        "kem_secrets": [party.kem_secret.hex() for party in parties],
        "polynomials": [
            [[encode_scalar(c).hex() for c in row] for row in party.polynomials]
            for party in parties
        ],
        "record": _record(record),
        "shares": [[encode_scalar(x).hex() for x in end[0]] for end in ends],
        **_keys(simulator, keys),
        "invalid": _bad_records(simulator, record),
        "complaints": _complaints(simulator, parties, rounds),
    }


def _nonce(simulator: Simulator[PointT]) -> str:
    """The simulator draws the identities first and the nonce after them."""
    role = "trustees" if simulator.ceremony.group is G1 else "registrars"
    rng = DeterministicRngForVectors(f"identities vector {role}")
    for _ in simulator.identities:
        rng(32)
    return rng(32).hex()


def _deal(
    simulator: Simulator[PointT], parties: tuple[Party, ...], first: Messages, second: Messages
) -> Messages:
    """Round three with given ephemeral keys, so that the vectors can be made again."""
    ceremony, rng = simulator.ceremony, simulator.rng
    announced = check_announcements(ceremony, first)
    opened = check_openings(ceremony, announced, second)
    dealings = []
    for party in parties:
        body = opened.view
        for receiver in range(1, ceremony.parties + 1):
            if receiver != party.index:
                plain = b"".join(encode_scalar(evaluate(p, receiver)) for p in party.polynomials)
                info = share_info(ceremony, announced, party.index, receiver)
                kem = announced.kems[receiver - 1]
                body += seal_with_given_ephemeral_for_vectors(plain, kem, info, rng(32))
        dealings.append(sign_message(ceremony, Round.DEAL, party.index, body, party.identity))
    return tuple(dealings)


def _record(record: CeremonyRecord) -> list[list[str]]:
    rounds = (record.announcements, record.openings, record.dealings, record.confirmations)
    return [[message.encode().hex() for message in messages] for messages in rounds]


def _keys(simulator: Simulator[PointT], keys: CeremonyKeys[PointT]) -> Case:
    encode = simulator.ceremony.group.encode
    return {
        "public": [encode(key).hex() for key in keys.public],
        "share_keys": [[encode(key).hex() for key in row] for row in keys.shares],
        "transcript": keys.transcript.hex(),
    }


def _bad_records(simulator: Simulator[PointT], record: CeremonyRecord) -> list[Case]:
    cases = [*_bad_first_round(simulator, record), *_bad_openings(simulator, record)]
    cases += _bad_last_rounds(simulator, record)
    return [
        {"name": name, "record": _record(bad), "rejected_by": code, "culprit": culprit}
        for name, bad, code, culprit in cases
    ]


def _bad_first_round(simulator: Simulator[PointT], record: CeremonyRecord) -> list[BadRecord]:
    first = record.announcements
    small = simulator.signed_again(first[1], bytes(32) + first[1].body[32:])
    copied = simulator.signed_again(first[1], first[0].body[:32] + first[1].body[32:])
    return [
        ("announcement missing", replace(record, announcements=first[:1]), "K-02", 2),
        (
            "transport key of order one",
            replace(record, announcements=replaced(first, small)),
            "K-04",
            2,
        ),
        (
            "transport key of party 1",
            replace(record, announcements=replaced(first, copied)),
            "K-04",
            2,
        ),
    ]


def _bad_openings(simulator: Simulator[PointT], record: CeremonyRecord) -> list[BadRecord]:
    """Party 3 opens something else; its body is view, commitments, proofs."""
    second, width = record.openings, simulator.ceremony.group.point_bytes
    view, rest = second[2].body[:32], second[2].body[32:]
    bodies = [
        ("one commitment more", view + rest[:width] + rest, "K-05", 3),
        (
            "another commitment than announced",
            view + rest[width : 2 * width] + rest[width:],
            "K-06",
            3,
        ),
        ("proof of knowledge changed", view + rest[:-1] + bytes([rest[-1] ^ 1]), "K-07", 3),
        ("answer to other messages than published", bytes(32) + rest, "K-14", 0),
    ]
    return [
        (
            name,
            replace(record, openings=replaced(second, simulator.signed_again(second[2], body))),
            code,
            culprit,
        )
        for name, body, code, culprit in bodies
    ]


def _bad_last_rounds(simulator: Simulator[PointT], record: CeremonyRecord) -> list[BadRecord]:
    third, last = record.dealings, record.confirmations
    unsigned = replace(third[1], signature=third[0].signature)
    shorter = simulator.signed_again(third[1], third[1].body[:-112])
    other = simulator.signed_again(last[0], last[0].body[:32] + bytes(32))
    return [
        (
            "not signed by its sender",
            replace(record, dealings=replaced(third, unsigned)),
            "K-03",
            2,
        ),
        ("ciphertexts cut", replace(record, dealings=replaced(third, shorter)), "K-08", 2),
        (
            "another transcript confirmed",
            replace(record, confirmations=replaced(last, other)),
            "K-10",
            1,
        ),
    ]


def _complaints(
    simulator: Simulator[PointT], parties: tuple[Party, ...], rounds: Rounds
) -> list[Case]:
    """A false complaint, and one about the shares of another index."""
    ceremony = simulator.ceremony
    false = complain(ceremony, parties[1], 1, rounds[2])
    announced = check_announcements(ceremony, rounds[0])
    plain = b"".join(encode_scalar(evaluate(row, 2)) for row in parties[2].polynomials)
    info = share_info(ceremony, announced, 3, 1)
    sealed = seal_with_given_ephemeral_for_vectors(plain, announced.kems[0], info, bytes([7]) * 32)
    body = rounds[2][2].body
    bad = simulator.signed_again(rounds[2][2], body[:32] + sealed + body[32 + len(sealed) :])
    dealings = replaced(rounds[2], bad)
    true = complain(ceremony, parties[0], 3, dealings)
    return [
        {
            "name": name,
            "dealings": [message.encode().hex() for message in messages],
            "complaint": complaint.encode().hex(),
            "verdict": code,
            "culprit": culprit,
        }
        for name, messages, complaint, code, culprit in (
            ("false complaint", rounds[2], false, "K-12", 2),
            ("shares of another index", dealings, true, "K-09", 3),
        )
    ]
