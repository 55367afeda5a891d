import secrets

import pytest

from tests.voting.crypto.synthetic import DeterministicRngForVectors
from voting.crypto.errors import (
    IdentityPointError,
    OperandCountError,
    PointEncodingError,
    ShareIdError,
    SubgroupError,
    TokenCombinationError,
    TokenShareError,
)
from voting.crypto.group import G1, G2
from voting.crypto.randomness import random_scalar
from voting.crypto.sharing import evaluate, evaluate_public, lagrange_at_zero
from voting.crypto.tokens import (
    BlindedKey,
    TokenKeys,
    blind_key,
    check_share,
    combine_shares,
    sign_blinded,
    verify_token,
)
from voting.crypto.transcript import ORDER

RNG = DeterministicRngForVectors("tokens")
POLL_ID = RNG(32)
POLYNOMIAL = [random_scalar(RNG) for _ in range(3)]
SHARES = {j: evaluate(POLYNOMIAL, j) for j in range(1, 5)}
KEYS = TokenKeys(
    3,
    G2.multiply(G2.generator, POLYNOMIAL[0]),
    tuple(G2.multiply(G2.generator, share) for share in SHARES.values()),
)
V = G1.encode(G1.multiply(G1.generator, random_scalar(RNG)))
OTHER_V = G1.encode(G1.multiply(G1.generator, random_scalar(RNG)))
ORDER_THREE = b"\x80" + bytes(47)


def answers(request: BlindedKey, ids: tuple[int, ...]) -> dict[int, bytes]:
    return {j: sign_blinded(SHARES[j], request.blinded, secrets.token_bytes) for j in ids}


@pytest.mark.parametrize("ids", [(1, 2, 3), (1, 3, 4), (4, 2, 1)])
def test_any_t_registrars_make_the_same_token(ids: tuple[int, ...]) -> None:
    request = blind_key(POLL_ID, V, secrets.token_bytes)
    token = combine_shares(KEYS, request, answers(request, ids), secrets.token_bytes)
    again = blind_key(POLL_ID, V, secrets.token_bytes)
    other = combine_shares(KEYS, again, answers(again, (2, 3, 4)), secrets.token_bytes)
    assert token == other
    verify_token(POLL_ID, V, token, KEYS.key)


def test_two_blinded_points_of_one_key_have_nothing_in_common() -> None:
    one, other = (blind_key(POLL_ID, V, secrets.token_bytes) for _ in range(2))
    assert one.blinded != other.blinded
    assert str(one.blind) not in repr(one)


def test_token_is_refused_for_another_key_poll_or_common_key() -> None:
    request = blind_key(POLL_ID, V, secrets.token_bytes)
    token = combine_shares(KEYS, request, answers(request, (1, 2, 3)), secrets.token_bytes)
    for poll_id, public, key in (
        (POLL_ID, OTHER_V, KEYS.key),
        (bytes(32), V, KEYS.key),
        (POLL_ID, V, KEYS.shares[0]),
    ):
        with pytest.raises(TokenCombinationError):
            verify_token(poll_id, public, token, key)


def test_bad_share_is_named_with_its_registrar() -> None:
    request = blind_key(POLL_ID, V, secrets.token_bytes)
    shares = answers(request, (1, 2, 3))
    shares[2] = sign_blinded(SHARES[4], request.blinded, secrets.token_bytes)
    with pytest.raises(TokenShareError) as caught:
        combine_shares(KEYS, request, shares, secrets.token_bytes)
    assert caught.value.registrar == 2


def test_share_of_another_request_is_refused() -> None:
    request, other = (blind_key(POLL_ID, V, secrets.token_bytes) for _ in range(2))
    share = answers(other, (1,))[1]
    with pytest.raises(TokenShareError):
        check_share(KEYS, 1, request.blinded, share)
    assert check_share(KEYS, 1, other.blinded, share) == G1.decode(share)


def test_common_key_that_does_not_belong_to_the_share_keys_is_found() -> None:
    request = blind_key(POLL_ID, V, secrets.token_bytes)
    foreign = TokenKeys(3, G2.multiply(G2.generator, 5), KEYS.shares)
    with pytest.raises(TokenCombinationError):
        combine_shares(foreign, request, answers(request, (1, 2, 3)), secrets.token_bytes)


@pytest.mark.parametrize("ids", [(1, 2), (1, 2, 3, 4), ()])
def test_other_number_of_shares_than_t_is_refused(ids: tuple[int, ...]) -> None:
    request = blind_key(POLL_ID, V, secrets.token_bytes)
    with pytest.raises(ShareIdError):
        combine_shares(KEYS, request, answers(request, ids), secrets.token_bytes)


@pytest.mark.parametrize("stranger", [0, 5, -1])
def test_share_of_an_unknown_registrar_is_refused(stranger: int) -> None:
    request = blind_key(POLL_ID, V, secrets.token_bytes)
    shares = answers(request, (1, 2, 3))
    shares[stranger] = shares.pop(3)
    with pytest.raises(ShareIdError):
        combine_shares(KEYS, request, shares, secrets.token_bytes)
    with pytest.raises(ShareIdError):
        check_share(KEYS, stranger, request.blinded, shares[1])


@pytest.mark.parametrize(
    ("blinded", "error"),
    [
        (ORDER_THREE, SubgroupError),
        (b"\xc0" + bytes(47), IdentityPointError),
        (b"\xff" * 48, IdentityPointError),
        (bytes(48), PointEncodingError),
        (V + b"\x00", PointEncodingError),
    ],
    ids=["order three", "neutral", "neutral, other form", "no flag", "trailing"],
)
def test_registrar_signs_no_point_that_would_tell_about_its_key(
    blinded: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        sign_blinded(SHARES[1], blinded, secrets.token_bytes)


def test_share_that_is_no_valid_point_is_refused() -> None:
    request = blind_key(POLL_ID, V, secrets.token_bytes)
    shares = answers(request, (1, 2, 3))
    for bad, error in ((ORDER_THREE, SubgroupError), (b"\xc0" + bytes(47), IdentityPointError)):
        with pytest.raises(error):
            combine_shares(KEYS, request, {**shares, 2: bad}, secrets.token_bytes)


def test_lagrange_weights_recombine_any_t_shares() -> None:
    for ids in ((1, 2, 3), (4, 1, 3)):
        weights = lagrange_at_zero(ids)
        total = sum(w * SHARES[j] for w, j in zip(weights, ids, strict=True)) % ORDER
        assert total == POLYNOMIAL[0]
        assert (
            evaluate_public(G2, [G2.multiply(G2.generator, c) for c in POLYNOMIAL], ids[0])
            == (KEYS.shares[ids[0] - 1])
        )


@pytest.mark.parametrize("ids", [(), (1, 1), (0, 1), (-1, 2)])
def test_lagrange_weights_of_repeated_or_impossible_indices_are_refused(
    ids: tuple[int, ...],
) -> None:
    with pytest.raises(OperandCountError):
        lagrange_at_zero(ids)
