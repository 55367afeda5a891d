"""The library's traps, each closed, and the algebra that everything stands on."""

import secrets
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.synthetic import DeterministicRngForVectors
from voting.crypto.errors import (
    IdentityPointError,
    OperandCountError,
    PointEncodingError,
    ScalarRangeError,
    SubgroupError,
)
from voting.crypto.fixed_base import generator_base, key_base
from voting.crypto.group import (
    FIELD_MODULUS,
    G1,
    G2,
    SECOND_GENERATOR,
    G1Point,
    decode_scalar,
    encode_scalar,
    hash_to_g1,
    ordinate,
    pairing_product_is_one,
    point_with_ordinate,
)
from voting.crypto.transcript import ORDER

scalars = st.integers(min_value=0, max_value=ORDER - 1)
GENERATOR = G1.encode(G1.generator)
ORDER_THREE = b"\x80" + bytes(47)  # (0, 2): on the curve, of order 3


def with_x(data: bytes, x: int) -> bytes:
    flags = data[0] & 0xE0
    raw = x.to_bytes(48, "big")
    return bytes([raw[0] | flags]) + raw[1:]


@pytest.mark.parametrize(
    "data",
    [
        b"\xc0" + bytes(47),
        b"\xff" * 48,
        b"\xe0" + bytes(47),
        b"\xc0" + bytes(46) + b"\x01",
        bytes([GENERATOR[0] | 0x40]) + GENERATOR[1:],
        b"\x40" + bytes(47),
    ],
    ids=["canonical", "all ones", "sign flag", "rest not zero", "generator with flag", "no 0x80"],
)
def test_every_encoding_of_the_neutral_element_is_refused(data: bytes) -> None:
    with pytest.raises(IdentityPointError):
        G1.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GENERATOR[:-1],
        GENERATOR + b"\x00",
        bytes([GENERATOR[0] & 0x7F]) + GENERATOR[1:],
        with_x(ORDER_THREE, FIELD_MODULUS),
        with_x(ORDER_THREE, 2**381 - 1),
        with_x(GENERATOR, 1),
    ],
    ids=["empty", "short", "trailing", "flag missing", "x = q", "x = 2^381-1", "not on the curve"],
)
def test_encoding_that_is_not_canonical_is_refused(data: bytes) -> None:
    with pytest.raises(PointEncodingError):
        G1.decode(data)


def test_generator_decodes_and_encodes_to_itself() -> None:
    assert G1.encode(G1.decode(GENERATOR)) == GENERATOR
    assert G2.encode(G2.decode(G2.encode(G2.generator))) == G2.encode(G2.generator)


@pytest.mark.parametrize("half", [0, 48])
def test_coordinate_of_g2_above_the_modulus_is_refused(half: int) -> None:
    data = G2.encode(G2.generator)
    raw = FIELD_MODULUS.to_bytes(48, "big")
    changed = bytearray(data)
    changed[half : half + 48] = raw
    changed[0] = changed[0] & 0x1F | 0x80
    with pytest.raises(PointEncodingError):
        G2.decode(bytes(changed))


def test_neutral_element_of_g2_is_refused() -> None:
    for data in (b"\xc0" + bytes(95), b"\xff" * 96):
        with pytest.raises(IdentityPointError):
            G2.decode(data)


def test_point_of_order_three_is_on_the_curve_but_refused() -> None:
    point = G1.on_curve(ORDER_THREE)
    assert point + point + point == G1.identity()
    with pytest.raises(SubgroupError):
        G1.decode(ORDER_THREE)
    with pytest.raises(SubgroupError):
        G1.in_subgroup(point + G1.generator)
    with pytest.raises(SubgroupError):
        G1.decode_evm(bytes(127) + b"\x02")


def test_neutral_element_is_never_written() -> None:
    for write in (G1.encode, G1.encode_evm, G2.encode, G2.encode_evm):
        with pytest.raises(IdentityPointError):
            write((G1 if write in {G1.encode, G1.encode_evm} else G2).identity())


def test_points_of_one_group_are_refused_in_the_other() -> None:
    with pytest.raises(PointEncodingError):
        G1.decode(G2.encode(G2.generator))
    with pytest.raises(PointEncodingError):
        G2.decode(GENERATOR)
    with pytest.raises(PointEncodingError):
        G1.decode_evm(G2.encode_evm(G2.generator))


def test_evm_form_is_padded_big_endian() -> None:
    data = G1.encode_evm(G1.generator)
    assert len(data) == 128
    assert data[:16] == data[64:80] == bytes(16)
    assert data[16:64] == with_x(GENERATOR, 0)[:0] + bytes([GENERATOR[0] & 0x1F]) + GENERATOR[1:]
    assert G1.decode_evm(data) == G1.generator
    other = G2.encode_evm(G2.generator)
    assert len(other) == 256
    assert G2.decode_evm(other) == G2.generator


@pytest.mark.parametrize("place", [0, 15, 64, 79])
def test_evm_form_with_padding_not_zero_is_refused(place: int) -> None:
    data = bytearray(G1.encode_evm(G1.generator))
    data[place] = 1
    with pytest.raises(PointEncodingError):
        G1.decode_evm(bytes(data))


def test_evm_form_off_the_curve_above_the_modulus_or_neutral_is_refused() -> None:
    data = G1.encode_evm(G1.generator)
    with pytest.raises(PointEncodingError):
        G1.decode_evm(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(PointEncodingError):
        G1.decode_evm(bytes(16) + FIELD_MODULUS.to_bytes(48, "big") + data[64:])
    with pytest.raises(PointEncodingError):
        G1.decode_evm(data[:-1])
    with pytest.raises(IdentityPointError):
        G1.decode_evm(bytes(128))


@given(scalars)
def test_scalar_survives_its_encoding(scalar: int) -> None:
    assert decode_scalar(encode_scalar(scalar)) == scalar


@pytest.mark.parametrize(
    "data",
    [ORDER.to_bytes(32, "big"), b"\xff" * 32, bytes(31), bytes(33), b""],
    ids=["r", "2^256-1", "short", "long", "empty"],
)
def test_scalar_not_below_the_order_or_of_wrong_length_is_refused(data: bytes) -> None:
    with pytest.raises(ScalarRangeError):
        decode_scalar(data)


@pytest.mark.parametrize("scalar", [-1, ORDER, ORDER + 5, 1 << 300])
def test_scalar_out_of_range_is_never_reduced_silently(scalar: int) -> None:
    with pytest.raises(ScalarRangeError):
        G1.multiply(G1.generator, scalar)
    with pytest.raises(ScalarRangeError):
        G1.combine([G1.generator], [scalar])
    with pytest.raises(ScalarRangeError):
        encode_scalar(scalar)


def test_sum_of_unequal_or_empty_lists_is_refused() -> None:
    assert G1.combine([G1.generator], [1]) == G1.generator
    for points, factors in (([], []), ([G1.generator] * 2, [1]), ([G1.generator], [1, 2])):
        with pytest.raises(OperandCountError):
            G1.combine(points, factors)


def test_empty_pairing_product_is_refused() -> None:
    with pytest.raises(OperandCountError):
        pairing_product_is_one([])


def test_pairing_product_tells_equal_from_unequal() -> None:
    left = (G1.multiply(G1.generator, 6), G2.generator)
    assert pairing_product_is_one(
        [left, (-G1.multiply(G1.generator, 2), G2.multiply(G2.generator, 3))]
    )
    assert not pairing_product_is_one([left, (-G1.generator, G2.multiply(G2.generator, 5))])


@settings(max_examples=20, deadline=None)
@given(scalars)
def test_secret_multiplication_equals_the_plain_one(scalar: int) -> None:
    expected = G1.multiply(G1.generator, scalar)
    assert G1.multiply_secret(G1.generator, scalar, secrets.token_bytes) == expected
    assert generator_base(G1.generator).multiply_secret(scalar, secrets.token_bytes) == expected
    other = G1.multiply(SECOND_GENERATOR, scalar)
    assert key_base(SECOND_GENERATOR).multiply_secret(scalar, secrets.token_bytes) == other


def test_secret_multiplication_never_hands_the_secret_to_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both factors that the library sees change from one multiplication to the next."""
    seen: list[int] = []

    def spy(scalar: int) -> object:
        seen.append(scalar)
        return original(scalar)

    from voting.crypto import group

    original = group._library_scalar
    monkeypatch.setattr(group, "_library_scalar", spy)
    for _ in range(2):
        G1.multiply_secret(G1.generator, 12345, secrets.token_bytes)
    assert len(set(seen)) == 4
    assert 12345 not in seen
    assert sum(seen[:2]) % ORDER == sum(seen[2:]) % ORDER == 12345


def test_hash_to_curve_differs_by_purpose_and_message() -> None:
    points = [hash_to_g1(m, p) for m in (b"", b"a") for p in ("token", "slack", "second-generator")]
    assert len({G1.encode(point) for point in points}) == 6
    assert hash_to_g1(b"second generator", "second-generator") == SECOND_GENERATOR


@settings(max_examples=20, deadline=None)
@given(st.integers(min_value=1, max_value=ORDER - 1))
def test_ordinate_gives_the_same_point(scalar: int) -> None:
    point = G1.multiply(G1.generator, scalar)
    assert point_with_ordinate(G1.encode(point), ordinate(point)) == point


def test_ordinate_of_another_point_is_refused() -> None:
    """Also that of the opposite point, which differs in nothing but the sign of y."""
    for other in (-G1.generator, SECOND_GENERATOR):
        with pytest.raises(PointEncodingError):
            point_with_ordinate(GENERATOR, ordinate(other))


def test_ordinate_off_the_curve_cut_or_not_below_the_modulus_is_refused() -> None:
    y = ordinate(G1.generator)
    above = (int.from_bytes(y, "big") + FIELD_MODULUS).to_bytes(48, "big")
    for wrong in (y[:-1] + bytes([y[-1] ^ 1]), y[:-1], b"", y + b"\x00", above):
        with pytest.raises(PointEncodingError):
            point_with_ordinate(GENERATOR, wrong)


def test_ordinate_does_not_save_an_encoding_that_is_refused() -> None:
    y = ordinate(G1.generator)
    for wrong in (GENERATOR[:-1], bytes([GENERATOR[0] & 0x7F]) + GENERATOR[1:], b""):
        with pytest.raises(PointEncodingError):
            point_with_ordinate(wrong, y)
    with pytest.raises(IdentityPointError):
        point_with_ordinate(b"\xc0" + bytes(47), bytes(48))


def test_ordinate_that_the_library_reads_as_the_neutral_element_is_refused() -> None:
    """(0, 0) has the x and the sign of the point (0, 2) of order three, and is on no curve."""
    order_three = b"\x80" + bytes(47)
    point = G1.on_curve(order_three)
    assert point_with_ordinate(order_three, ordinate(point)) == point
    with pytest.raises(PointEncodingError):
        point_with_ordinate(order_three, bytes(48))


def test_only_the_group_module_imports_the_curve_library() -> None:
    sources = Path(__file__).parents[3].joinpath("voting").rglob("*.py")
    users = [path.name for path in sources if "py_arkworks" in path.read_text(encoding="utf-8")]
    assert users == ["group.py"]


def test_deterministic_source_repeats_itself_and_differs_by_label() -> None:
    one, same, other = (DeterministicRngForVectors(label)(40) for label in ("a", "a", "b"))
    assert one == same != other
    assert isinstance(G1.generator, G1Point)
