"""Vectors of encodings, transcripts and hashing to the curve."""

from tests.voting.crypto.vector_files import Vectors, describe
from voting.crypto.group import FIELD_MODULUS, G1, G2, SECOND_GENERATOR, hash_to_g1, ordinate
from voting.crypto.slack import slack_keys, slack_weights, split_slack
from voting.crypto.tokens import token_point
from voting.crypto.transcript import ORDER, challenge, transcript_hash

ORDER_THREE = b"\x80" + bytes(47)


def group_vectors() -> Vectors:
    """Valid and invalid encodings of every kind."""
    numbers = (1, 2, ORDER - 1, 0x1234567890ABCDEF)
    return describe(
        "Encodings of points and scalars: which bytes are accepted, and which check refuses others",
        "tests/voting/crypto/test_second_implementation.py (py_ecc)",
        g1=[_pair(G1, n) for n in numbers],
        g2=[_pair(G2, n) for n in numbers],
        invalid_g1=_refused(_bad_g1()),
        invalid_g2=_refused(_bad_g2()),
        invalid_g1_evm=_refused(_bad_evm()),
        invalid_scalars=_refused(
            [
                ("r", ORDER.to_bytes(32, "big"), "G-04"),
                ("2^256 - 1", b"\xff" * 32, "G-04"),
                ("31 bytes", bytes(31), "G-04"),
                ("33 bytes", bytes(33), "G-04"),
            ]
        ),
        ordinates=[_beside(name, data, y) for name, data, y in _good_ordinates()],
        invalid_ordinates=[
            _beside(name, data, y) | {"rejected_by": "B-11"} for name, data, y in _bad_ordinates()
        ],
    )


def transcript_vectors() -> Vectors:
    """Hashes, challenges, fixed points and slack."""
    cases = [("y", []), ("y", [b""]), ("y", [b"", b""]), ("y", [b"ab"]), ("y", [b"a", b"b"])]
    cases += [("x", [b"ab"]), ("ct", [bytes(32), bytes(range(200))])]
    digests = [transcript_hash("test", bytes([i])) for i in range(4)]
    poll_id, key = transcript_hash("poll"), G1.encode(G1.generator)
    return describe(
        "tr, chal, hashing to the curve, slack weights and the canonical split",
        "tests/voting/crypto/test_second_implementation.py (hashlib and py_ecc)",
        transcript=[
            {"name": n, "parts": [p.hex() for p in ps], "digest": transcript_hash(n, *ps).hex()}
            for n, ps in cases
        ],
        challenge=[
            {"digest": d.hex(), "scalar": challenge(d).to_bytes(32, "big").hex()} for d in digests
        ],
        hash_to_curve=[
            {"message": m.hex(), "purpose": p, "point": G1.encode(hash_to_g1(m, p)).hex()}
            for m, p in ((b"", "token"), (b"abc", "token"), (b"abc", "slack"))
        ],
        second_generator=G1.encode(SECOND_GENERATOR).hex(),
        slack_keys=[G1.encode(key).hex() for key in slack_keys(7)],
        token_point={
            "poll_id": poll_id.hex(),
            "V": key.hex(),
            "h": G1.encode(token_point(poll_id, key)).hex(),
        },
        slack=[
            {
                "spread": spread,
                "weights": list(slack_weights(spread)),
                "splits": [list(split_slack(r, slack_weights(spread))) for r in range(spread + 1)],
            }
            for spread in range(10)
        ],
    )


def _pair(group: object, number: int) -> dict[str, str]:
    assert group in {G1, G2}
    chosen = G1 if group is G1 else G2
    point = chosen.multiply(chosen.generator, number)  # type: ignore[arg-type]  # one of the two
    return {
        "scalar": number.to_bytes(32, "big").hex(),
        "compressed": chosen.encode(point).hex(),  # type: ignore[arg-type]  # as above
        "evm": chosen.encode_evm(point).hex(),  # type: ignore[arg-type]  # as above
    }


def _refused(cases: list[tuple[str, bytes, str]]) -> list[dict[str, str]]:
    return [{"name": n, "bytes": data.hex(), "rejected_by": code} for n, data, code in cases]


def _bad_g1() -> list[tuple[str, bytes, str]]:
    good = G1.encode(G1.generator)
    modulus = FIELD_MODULUS.to_bytes(48, "big")
    outside = G1.on_curve(ORDER_THREE) + G1.generator
    return [
        ("empty", b"", "G-01"),
        ("one byte short", good[:-1], "G-01"),
        ("one byte more", good + b"\x00", "G-01"),
        ("a point of G2", G2.encode(G2.generator), "G-01"),
        ("flag of the compressed form missing", bytes([good[0] & 0x7F]) + good[1:], "G-01"),
        ("x is the modulus", bytes([modulus[0] | 0x80]) + modulus[1:], "G-01"),
        ("x is 2^381 - 1", b"\x9f" + b"\xff" * 47, "G-01"),
        ("x = 1 is on no point", b"\x80" + bytes(46) + b"\x01", "G-01"),
        ("neutral element", b"\xc0" + bytes(47), "G-02"),
        ("neutral element with sign", b"\xe0" + bytes(47), "G-02"),
        ("neutral element, rest not zero", b"\xc0" + bytes(46) + b"\x01", "G-02"),
        ("all ones", b"\xff" * 48, "G-02"),
        ("(0, 2), of order three", ORDER_THREE, "G-03"),
        ("generator plus a point of order three", outside.to_compressed_bytes(), "G-03"),
    ]


def _beside(name: str, compressed: bytes, y: bytes) -> dict[str, str]:
    return {"name": name, "compressed": compressed.hex(), "ordinate": y.hex()}


def _good_ordinates() -> list[tuple[str, bytes, bytes]]:
    opposite = -G1.generator
    two = (2).to_bytes(48, "big")
    return [
        ("generator", G1.encode(G1.generator), ordinate(G1.generator)),
        ("its opposite", G1.encode(opposite), ordinate(opposite)),
        ("(0, 2), of order three", ORDER_THREE, two),
        ("(0, -2), of order three", _flipped(ORDER_THREE), _negative(two)),
    ]


def _bad_ordinates() -> list[tuple[str, bytes, bytes]]:
    good, y = G1.encode(G1.generator), ordinate(G1.generator)
    opposite = _flipped(good)
    return [
        ("that of the opposite point", good, _negative(y)),
        ("that of another point", good, ordinate(SECOND_GENERATOR)),
        ("the last bit turned", good, y[:-1] + bytes([y[-1] ^ 1])),
        ("y + q", good, _above(y)),
        ("y + q for the opposite point, whose sign it has", opposite, _above(_negative(y))),
        ("zero", good, bytes(48)),
        ("one byte short", good, y[1:]),
        ("one byte more", good, b"\0" + y),
        ("empty", good, b""),
        ("zero for (0, 2)", ORDER_THREE, bytes(48)),
        ("-2 for (0, 2)", ORDER_THREE, _negative((2).to_bytes(48, "big"))),
    ]


def _flipped(compressed: bytes) -> bytes:
    return bytes([compressed[0] ^ 0x20]) + compressed[1:]


def _above(y: bytes) -> bytes:
    return (int.from_bytes(y, "big") + FIELD_MODULUS).to_bytes(48, "big")


def _negative(y: bytes) -> bytes:
    return (FIELD_MODULUS - int.from_bytes(y, "big")).to_bytes(48, "big")


def _bad_g2() -> list[tuple[str, bytes, str]]:
    good = G2.encode(G2.generator)
    modulus = FIELD_MODULUS.to_bytes(48, "big")
    return [
        ("one byte short", good[:-1], "G-01"),
        ("a point of G1", G1.encode(G1.generator), "G-01"),
        ("c1 is the modulus", bytes([modulus[0] | 0x80]) + modulus[1:] + good[48:], "G-01"),
        ("c0 is the modulus", good[:48] + modulus, "G-01"),
        ("neutral element", b"\xc0" + bytes(95), "G-02"),
        ("all ones", b"\xff" * 96, "G-02"),
        ("on the curve, outside the subgroup", _outside_g2(), "G-03"),
    ]


def _outside_g2() -> bytes:
    """The first x = (0, c0) that is on the curve; almost no such point is in the subgroup."""
    for number in range(1, 50):
        data = b"\x80" + bytes(47) + number.to_bytes(48, "big")
        try:
            point = G2.on_curve(data)
        except Exception:  # noqa: BLE001, S112 - searching; the next number is tried
            continue
        if not point.is_in_subgroup():
            return data
    raise AssertionError("half of all x are on the curve")


def _bad_evm() -> list[tuple[str, bytes, str]]:
    good = G1.encode_evm(G1.generator)
    modulus = FIELD_MODULUS.to_bytes(64, "big")
    return [
        ("one byte short", good[:-1], "G-01"),
        ("a point of G2", G2.encode_evm(G2.generator), "G-01"),
        ("padding not zero", b"\x01" + good[1:], "G-01"),
        ("x is the modulus", modulus + good[64:], "G-01"),
        ("off the curve", good[:-1] + bytes([good[-1] ^ 1]), "G-01"),
        ("neutral element", bytes(128), "G-02"),
        ("(0, 2), of order three", bytes(127) + b"\x02", "G-03"),
    ]
