"""Secret scalars never meet the curve library, or a table, as they are (review, finding 12)."""

import secrets
from collections.abc import Callable

import pytest

from tests.voting.crypto.synthetic import DeterministicRngForVectors
from voting.crypto import group
from voting.crypto.elgamal import encrypt
from voting.crypto.fixed_base import FixedBase, generator_base, key_base
from voting.crypto.group import G1, G2, SECOND_GENERATOR
from voting.crypto.randomness import random_scalar
from voting.crypto.schnorr import Statement, holds, prove_knowledge
from voting.crypto.threshold import Aggregate, Board, TrusteeKey, decrypt_partially
from voting.crypto.tokens import sign_blinded
from voting.crypto.transcript import ORDER

SECRET = 0x1234567 << 180


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every scalar that the curve library is given."""
    seen: list[int] = []
    original = group._library_scalar

    def spy(scalar: int) -> object:
        seen.append(scalar)
        return original(scalar)

    monkeypatch.setattr(group, "_library_scalar", spy)
    return seen


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every scalar whose digits choose rows of a table."""
    seen: list[int] = []
    original = FixedBase.multiply

    def spy(table: FixedBase, scalar: int) -> group.G1Point:
        seen.append(scalar)
        return original(table, scalar)

    monkeypatch.setattr(FixedBase, "multiply", spy)
    return seen


@pytest.mark.parametrize("base", [generator_base, key_base])
def test_table_is_never_read_by_the_digits_of_a_secret(
    base: Callable[[group.G1Point], FixedBase], tables: list[int]
) -> None:
    for _ in range(2):
        base(SECOND_GENERATOR).multiply_secret(SECRET, secrets.token_bytes)
    assert len(set(tables)) == 4
    assert sum(tables[:2]) % ORDER == sum(tables[2:]) % ORDER == SECRET


def test_randomness_of_a_ciphertext_is_split(tables: list[int], library: list[int]) -> None:
    encrypt([SECOND_GENERATOR, G1.generator], [1, 0], SECRET, secrets.token_bytes)
    assert len(tables) == 6
    assert SECRET not in tables + library


def test_share_of_a_trustee_is_split_when_it_decrypts(library: list[int]) -> None:
    shares = (SECRET, SECRET + 1)
    public = tuple(G1.multiply(G1.generator, share) for share in shares)
    total = encrypt(public, [3, 4], random_scalar(secrets.token_bytes), secrets.token_bytes)
    board = Board(1, bytes(20), bytes(32), 10, bytes(32))
    library.clear()
    for _ in range(2):
        key = TrusteeKey(1, shares, public)
        decrypt_partially(Aggregate(board, 10, total), key, secrets.token_bytes)
    assert not set(shares) & set(library)
    assert len(set(library)) == len(library)


def test_share_of_a_registrar_is_split_when_it_signs(library: list[int]) -> None:
    sign_blinded(SECRET, G1.encode(G1.generator), secrets.token_bytes)
    assert len(library) == 2
    assert SECRET not in library


@pytest.mark.parametrize("place", [G1, G2], ids=["G1", "G2"])
def test_nonce_of_a_proof_of_knowledge_is_split(
    place: group.Group[group.G1Point], library: list[int]
) -> None:
    """With w known, the published response tells the secret."""
    statement = Statement(place, "synthetic", (), place.multiply(place.generator, SECRET))
    nonce = random_scalar(DeterministicRngForVectors("nonce"))
    library.clear()
    proof = prove_knowledge(statement, SECRET, DeterministicRngForVectors("nonce"))
    assert proof.nonce == place.multiply(place.generator, nonce)
    assert library.pop() == nonce  # the test's own multiplication
    assert not {nonce, SECRET} & set(library)
    assert holds(statement, proof)
