"""The ballot, token and decryption checks once more, on py_ecc and without a line of the product.

Written from voting/SPEC.md. Slow, plain, and in the order in which the specification numbers the
checks; ``Refused`` carries the number.
"""

import hashlib
from typing import Any

from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import compress_G1, decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import (
    FQ,
    FQ12,
    G1,
    G2,
    Z1,
    add,
    curve_order,
    eq,
    field_modulus,
    final_exponentiate,
    is_inf,
    is_on_curve,
    multiply,
    neg,
    normalize,
    pairing,
)

Point = Any
ORDER_THREE = {
    b"\x80" + bytes(47): (FQ(0), FQ(2), FQ(1)),
    b"\xa0" + bytes(47): (FQ(0), FQ(field_modulus - 2), FQ(1)),
}
SUITE = "BLS12381G1_XMD:SHA-256_SSWU_RO_"


class Refused(Exception):  # noqa: N818 - a verdict of the checks, named as the specification does
    """An input that a numbered check refuses."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def tr(name: str, *parts: bytes) -> bytes:
    tag = b"dojang-poll-v1/" + name.encode()
    data = bytes([len(tag)]) + tag + bytes([len(parts)])
    return hashlib.sha256(data + b"".join(len(p).to_bytes(4, "big") + p for p in parts)).digest()


def chal(digest: bytes) -> int:
    wide = hashlib.sha256(b"\x01" + digest).digest() + hashlib.sha256(b"\x02" + digest).digest()
    return int.from_bytes(wide[:48], "big") % curve_order


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def hash_to_point(message: bytes, purpose: str) -> Point:
    dst = f"dojang-poll-v1/{purpose}/{SUITE}".encode()
    return hash_to_G1(message, dst, hashlib.sha256)


def g1_bytes(point: Point) -> bytes:
    return compress_G1(point).to_bytes(48, "big")


def g1_point(data: bytes, *, subgroup: bool = True) -> Point:
    if len(data) != 48:
        raise Refused("G-01")
    if data[0] & 0x40:
        raise Refused("G-02")
    if not data[0] & 0x80:
        raise Refused("G-01")
    if data in ORDER_THREE:
        # py_ecc takes every x of zero for the neutral element.
        point = ORDER_THREE[data]
    else:
        try:
            point = decompress_G1(int.from_bytes(data, "big"))
        except ValueError as error:
            raise Refused("G-01") from error
    if subgroup:
        require_subgroup(point)
    return point


def g2_point(data: bytes) -> Point:
    if len(data) != 96:
        raise Refused("G-01")
    if data[0] & 0x40:
        raise Refused("G-02")
    halves = (int.from_bytes(data[:48], "big"), int.from_bytes(data[48:], "big"))
    if not data[0] & 0x80 or halves[0] % 2**381 >= field_modulus or halves[1] >= field_modulus:
        raise Refused("G-01")
    try:
        point = decompress_G2(halves)
    except ValueError as error:
        raise Refused("G-01") from error
    require_subgroup(point)
    return point


def evm_point(data: bytes) -> Point:
    if len(data) != 128:
        raise Refused("G-01")
    if data == bytes(128):
        raise Refused("G-02")
    x, y = int.from_bytes(data[:64], "big"), int.from_bytes(data[64:], "big")
    if x >= field_modulus or y >= field_modulus:
        raise Refused("G-01")
    point = (FQ(x), FQ(y), FQ(1))
    if not is_on_curve(point, FQ(4)):
        raise Refused("G-01")
    require_subgroup(point)
    return point


def evm_bytes(point: Point) -> bytes:
    x, y = normalize(point)
    return x.n.to_bytes(64, "big") + y.n.to_bytes(64, "big")


def require_subgroup(point: Point) -> None:
    if not is_inf(multiply(point, curve_order)):
        raise Refused("G-03")


def scalar(data: bytes) -> int:
    number = int.from_bytes(data, "big")
    if len(data) != 32 or number >= curve_order:
        raise Refused("G-04")
    return number


def total(*points: Point) -> Point:
    result = Z1
    for point in points:
        result = add(result, point)
    return result


def token_holds(poll_id: bytes, public: bytes, token: Point, key: Point) -> bool:
    h = hash_to_point(tr("token", poll_id, public), "token")
    product = pairing(G2, token, final_exponentiate=False)
    product *= pairing(key, neg(h), final_exponentiate=False)
    return bool(final_exponentiate(product) == FQ12.one())


class Poll:
    """Keys and context of one poll of a vector file."""

    def __init__(self, vector: dict[str, Any]) -> None:
        self.poll_id = bytes.fromhex(vector["poll_id"])
        self.options, self.low, self.high = vector["options"], vector["min"], vector["max"]
        self.max_casts = vector["max_casts"]
        spread = self.high - self.low
        bits = spread.bit_length()
        self.weights = [2**j for j in range(bits - 1)] + [spread - 2 ** (bits - 1) + 1] * (bits > 0)
        slack = [hash_to_point(tr("slack", u32(j)), "slack") for j in range(1, bits + 1)]
        encoded = b"".join(bytes.fromhex(key) for key in vector["option_keys"])
        self.keys = [g1_point(bytes.fromhex(key), subgroup=False) for key in vector["option_keys"]]
        self.keys += slack
        self.token_key = g2_point(bytes.fromhex(vector["token_key"]))
        self.h = hash_to_point(b"second generator", "second-generator")
        self.ctx = tr(
            "ctx",
            self.poll_id,
            u32(self.options),
            u32(self.low),
            u32(self.high),
            encoded,
            bytes.fromhex(vector["token_key"]),
            g1_bytes(self.h),
            b"".join(g1_bytes(point) for point in slack),
        )


class Reader:
    """Takes bytes off the front."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


class Parts:
    """A ballot's bytes, cut and decoded (B-01 to B-04, G-01, G-02, G-04)."""

    def __init__(self, poll: Poll, data: bytes) -> None:
        n = len(poll.keys)
        if len(data) != 35 + 48 * (2 * n + 7) + 32 * (n + 2):
            raise Refused("B-01")
        if data[0] != 1:
            raise Refused("B-02")
        if data[1:33] != poll.poll_id:
            raise Refused("B-03")
        self.sequence = int.from_bytes(data[33:35], "big")
        if not 1 <= self.sequence <= poll.max_casts:
            raise Refused("B-04")
        reader = Reader(data)
        reader.take(35)
        self.v, self.sigma = reader.take(48), reader.take(48)
        self.sealed = [reader.take(48) for _ in range(n + 1)]
        self.announced = [reader.take(48) for _ in range(n + 1)]
        self.pair = [reader.take(48), reader.take(48)]
        self.sent = [reader.take(32) for _ in range(n + 1)]
        self.nonce, last = reader.take(48), reader.take(32)
        encoded = (self.v, self.sigma, *self.sealed, *self.announced, *self.pair, self.nonce)
        self.points = {part: g1_point(part, subgroup=False) for part in encoded}
        self.numbers = [scalar(part) for part in self.sent]
        self.signature = scalar(last)


def verify_ballot(poll: Poll, data: bytes, *, subgroup: bool = False, token: bool = False) -> bytes:
    """All checks of a ballot in order, the two slow ones where asked for; its tracking code."""
    parts = Parts(poll, data)
    points = parts.points
    if subgroup:
        for point in points.values():
            require_subgroup(point)
    code = tr("ct", poll.ctx, b"".join(parts.sealed))
    who = (parts.v, u32(parts.sequence), parts.sigma)
    dy = tr("y", poll.ctx, *who, code, b"".join(parts.announced))
    dx = tr("x", dy, b"".join(parts.pair))
    c = chal(tr("sig", dx, b"".join(parts.sent), parts.nonce))
    right = add(points[parts.nonce], multiply(points[parts.v], c))
    if not eq(multiply(G1, parts.signature), right):
        raise Refused("B-05")
    if token and not token_holds(poll.poll_id, parts.v, points[parts.sigma], poll.token_key):
        raise Refused("B-06")
    check_proof(poll, parts, chal(dy), chal(dx))
    return code


def check_proof(poll: Poll, parts: Parts, y: int, x: int) -> None:
    """B-07 to B-09."""
    points, sealed, announced = parts.points, parts.sealed, parts.announced
    f, z, t = parts.numbers[:-2], parts.numbers[-2], parts.numbers[-1]
    if not eq(multiply(G1, z), add(multiply(points[sealed[0]], x), points[announced[0]])):
        raise Refused("B-07")
    before = poll.options - 1
    weighted = sum(w * s for w, s in zip(poll.weights, f[before:], strict=True))
    f.insert(before, (poll.high * x - sum(f[:before]) - weighted) % curve_order)
    for key, response, b, b_announced in zip(poll.keys, f, sealed[1:], announced[1:], strict=True):
        left = add(multiply(G1, response), multiply(key, z))
        if not eq(left, add(multiply(points[b], x), points[b_announced])):
            raise Refused("B-08")
    value = sum(pow(y, i, curve_order) * r * (x - r) for i, r in enumerate(f, 1)) % curve_order
    left = add(multiply(G1, value), multiply(poll.h, t))
    if not eq(left, add(multiply(points[parts.pair[0]], x), points[parts.pair[1]])):
        raise Refused("B-09")


def check_opening(poll: Poll, data: bytes) -> tuple[int, ...]:
    """Recompute the tracking code from an opening."""
    n = poll.options
    if len(data) != 98 + n or data[0] != 1 or data[1:33] != poll.poll_id or data[65] != n:
        raise Refused("O-01")
    votes, r = tuple(data[66 : 66 + n]), int.from_bytes(data[66 + n :], "big")
    if set(votes) - {0, 1} or not poll.low <= sum(votes) <= poll.high or not 0 < r < curve_order:
        raise Refused("O-01")
    rest, bits = poll.high - sum(votes), [0] * len(poll.weights)
    for j in sorted(range(len(bits)), key=lambda j: (-poll.weights[j], j)):
        if poll.weights[j] <= rest:
            bits[j], rest = 1, rest - poll.weights[j]
    parts = [g1_bytes(multiply(G1, r))]
    for key, bit in zip(poll.keys, (*votes, *bits), strict=True):
        parts.append(g1_bytes(add(multiply(G1, bit), multiply(key, r))))
    if tr("ct", poll.ctx, b"".join(parts)) != data[33:65]:
        raise Refused("O-02")
    return votes


def aggregate_digest(vector: dict[str, Any]) -> bytes:
    """agg, from the numbers and points of a vector."""
    return tr(
        "aggregate",
        vector["chain_id"].to_bytes(32, "big"),
        bytes.fromhex(vector["contract"]),
        bytes.fromhex(vector["poll_id"]),
        vector["size"].to_bytes(8, "big"),
        bytes.fromhex(vector["root"]),
        vector["ballots"].to_bytes(8, "big"),
        bytes.fromhex(vector["A_sum"] + "".join(vector["B_sum"])),
    )


def verify_partial(
    vector: dict[str, Any], share_keys: list[list[bytes]], data: bytes
) -> tuple[int, list[Point]]:
    """A partial decryption against an aggregate: the trustee and the points D."""
    m = len(vector["B_sum"])
    if len(data) != 36 + 128 * (m + 2) + 32:
        raise Refused("D-01")
    reader = Reader(data)
    named, trustee = reader.take(32), int.from_bytes(reader.take(4), "big")
    encoded = [reader.take(128) for _ in range(m + 2)]
    points = [evm_point(part) for part in encoded]
    response = scalar(reader.take(32))
    if not 1 <= trustee <= len(share_keys):
        raise Refused("D-02")
    agg = aggregate_digest(vector)
    if named != agg:
        raise Refused("D-03")
    public = [g1_point(key, subgroup=False) for key in share_keys[trustee - 1]]
    public_evm = b"".join(evm_bytes(point) for point in public)
    d1 = tr("dec-rho", agg, u32(trustee), public_evm, b"".join(encoded[:m]))
    rho, e = chal(d1), chal(tr("dec-e", d1, encoded[m], encoded[m + 1]))
    powers = [pow(rho, i, curve_order) for i in range(1, m + 1)]
    p = total(*(multiply(x, s) for x, s in zip(public, powers, strict=True)))
    q = total(*(multiply(d, s) for d, s in zip(points, powers, strict=False)))
    a_sum = evm_point(bytes.fromhex(vector["A_sum"]))
    keys_fit = eq(multiply(G1, response), add(points[m], multiply(p, e)))
    if not keys_fit or not eq(multiply(a_sum, response), add(points[m + 1], multiply(q, e))):
        raise Refused("D-04")
    return trustee, points[:m]


def counts(vector: dict[str, Any], parts: list[tuple[int, list[Point]]]) -> list[int]:
    """Lagrange combination at zero, then counting upwards."""
    ids = [trustee for trustee, _ in parts]
    weights = []
    for j in ids:
        weight = 1
        for i in ids:
            if i != j:
                weight = weight * i * pow(i - j, -1, curve_order) % curve_order
        weights.append(weight)
    found = []
    for place, encoded in enumerate(vector["B_sum"]):
        mask = total(*(multiply(ds[place], w) for (_, ds), w in zip(parts, weights, strict=True)))
        result, count, point = add(evm_point(bytes.fromhex(encoded)), neg(mask)), 0, Z1
        while not eq(point, result):
            count, point = count + 1, add(point, G1)
            if count > vector["ballots"]:
                raise Refused("D-05")
        found.append(count)
    return found
