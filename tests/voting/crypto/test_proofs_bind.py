"""What decryption proofs and proofs of knowledge hash (review, finding 14), each as an attack.

The forger works with a transcript that leaves one part out. If the product left it out as well, the
forgery would hold: a wrong decryption, or a proof about a key that nobody knows.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.voting.crypto.synthetic import DeterministicRngForVectors
from voting.crypto.elgamal import encrypt
from voting.crypto.errors import DecryptionProofError
from voting.crypto.group import G1, G1Point, hash_to_g1
from voting.crypto.randomness import random_scalar
from voting.crypto.schnorr import KnowledgeProof, Statement, holds
from voting.crypto.threshold import (
    Aggregate,
    Board,
    PartialDecryption,
    TrusteeKey,
    decrypt_partially,
    verify_partial,
)
from voting.crypto.transcript import ORDER, challenge, transcript_hash, u32

RNG = DeterministicRngForVectors("proofs bind")
SHARES = (random_scalar(RNG), random_scalar(RNG))
PUBLIC = tuple(G1.multiply(G1.generator, share) for share in SHARES)
TOTAL = encrypt(PUBLIC, [3, 4], random_scalar(RNG), RNG)
AGGREGATE = Aggregate(Board(31337, bytes(20), bytes(32), 10, bytes(32)), 7, TOTAL)
AGG, A = AGGREGATE.digest(), TOTAL.a
HONEST = tuple(G1.multiply(A, share) for share in SHARES)
WRONG = (random_scalar(RNG), random_scalar(RNG))
"""Logarithms of a decryption that nobody's shares give."""


def evm(*points: G1Point) -> bytes:
    return b"".join(G1.encode_evm(point) for point in points)


def rho_digest(public: tuple[G1Point, ...], points: tuple[G1Point, ...]) -> bytes:
    return transcript_hash("dec-rho", AGG, u32(1), evm(*public), evm(*points))


def weighted(rho: int, values: tuple[int, int]) -> int:
    return (rho * values[0] + rho * rho * values[1]) % ORDER


def refuse(partial: PartialDecryption, public: tuple[G1Point, ...] = PUBLIC) -> None:
    with pytest.raises(DecryptionProofError):
        verify_partial(AGGREGATE, [public], partial)


def proved(d1: bytes, points: tuple[G1Point, ...], secret: int) -> PartialDecryption:
    """An honest proof of equal logarithms for P and Q under a given digest."""
    w = random_scalar(RNG)
    w1, w2 = G1.multiply(G1.generator, w), G1.multiply(A, w)
    e = challenge(transcript_hash("dec-e", d1, evm(w1), evm(w2)))
    return PartialDecryption(AGG, 1, points, w1, w2, (w + e * secret) % ORDER)


def test_honest_partial_decryption_holds() -> None:
    partial = decrypt_partially(AGGREGATE, TrusteeKey(1, SHARES, PUBLIC), secrets.token_bytes)
    assert verify_partial(AGGREGATE, [PUBLIC], partial).points == HONEST
    own = proved(rho_digest(PUBLIC, HONEST), HONEST, weighted(_rho(HONEST), SHARES))
    assert verify_partial(AGGREGATE, [PUBLIC], own).points == HONEST


def _rho(points: tuple[G1Point, ...]) -> int:
    return challenge(rho_digest(PUBLIC, points))


def test_decryption_points_chosen_after_rho_are_refused() -> None:
    """D left out of ``dec-rho``: two shifts that cancel under the known weights."""
    d1 = transcript_hash("dec-rho", AGG, u32(1), evm(*PUBLIC))
    rho = challenge(d1)
    shift = random_scalar(RNG)
    other = -shift * pow(rho, -1, ORDER) % ORDER
    points = (
        HONEST[0] + G1.multiply(G1.generator, shift),
        HONEST[1] + G1.multiply(G1.generator, other),
    )
    refuse(proved(d1, points, weighted(rho, SHARES)))


def test_keys_chosen_after_rho_are_refused() -> None:
    """X left out of ``dec-rho``: public shares that fit a wrong decryption."""
    points = tuple(G1.multiply(A, value) for value in WRONG)
    d1 = transcript_hash("dec-rho", AGG, u32(1), evm(*points))
    rho = challenge(d1)
    secret = weighted(rho, WRONG)
    last = G1.combine([G1.generator, PUBLIC[0]], [secret, -rho % ORDER])
    fitting = (PUBLIC[0], G1.multiply(last, pow(rho * rho, -1, ORDER)))
    refuse(proved(d1, points, secret), fitting)


def test_copied_decryption_under_another_number_is_refused() -> None:
    """The number left out of ``dec-rho``: one answer counts for two trustees of equal keys."""
    partial = decrypt_partially(AGGREGATE, TrusteeKey(1, SHARES, PUBLIC), secrets.token_bytes)
    with pytest.raises(DecryptionProofError):
        verify_partial(AGGREGATE, [PUBLIC, PUBLIC], replace(partial, trustee=2))


def wrong_decryption(
    e_of: Callable[[bytes, G1Point], bytes], *, first_last: bool
) -> PartialDecryption:
    """A wrong decryption whose W1 (or W2) is chosen after e, which does not cover it."""
    points = tuple(G1.multiply(A, value) for value in WRONG)
    d1 = rho_digest(PUBLIC, points)
    rho, w = challenge(d1), random_scalar(RNG)
    base, sums = (A, WRONG) if first_last else (G1.generator, SHARES)
    known = G1.multiply(base, w)
    e = challenge(e_of(d1, known))
    response = (w + e * weighted(rho, sums)) % ORDER
    others = PUBLIC if first_last else points
    weights = [response, -e * rho % ORDER, -e * rho * rho % ORDER]
    solved = G1.combine([G1.generator if first_last else A, *others], weights)
    w1, w2 = (solved, known) if first_last else (known, solved)
    return PartialDecryption(AGG, 1, points, w1, w2, response)


def test_wrong_decryption_with_w1_solved_for_is_refused() -> None:
    """W1 left out of ``dec-e``."""
    refuse(wrong_decryption(lambda d1, w2: transcript_hash("dec-e", d1, evm(w2)), first_last=True))


def test_wrong_decryption_with_w2_solved_for_is_refused() -> None:
    """W2 left out of ``dec-e``."""
    refuse(wrong_decryption(lambda d1, w1: transcript_hash("dec-e", d1, evm(w1)), first_last=False))


def test_proof_whose_challenge_does_not_cover_its_statement_is_refused() -> None:
    """d1 left out of ``dec-e``: no attack is known, as rho covers the statement; it stays bound."""
    d1, w = rho_digest(PUBLIC, HONEST), random_scalar(RNG)
    w1, w2 = G1.multiply(G1.generator, w), G1.multiply(A, w)
    e = challenge(transcript_hash("dec-e", evm(w1), evm(w2)))
    response = (w + e * weighted(challenge(d1), SHARES)) % ORDER
    refuse(PartialDecryption(AGG, 1, HONEST, w1, w2, response))


NOBODYS = hash_to_g1(b"synthetic point whose logarithm nobody knows", "slack")


def test_proof_of_knowledge_with_its_nonce_solved_for_does_not_hold() -> None:
    """R left out: ``R = sG - cP`` for any key, by anybody."""
    statement = Statement(G1, "synthetic", (b"context",), NOBODYS)
    c = challenge(transcript_hash("synthetic", b"context", G1.encode(NOBODYS)))
    s = random_scalar(RNG)
    nonce = G1.combine([G1.generator, NOBODYS], [s, -c % ORDER])
    assert not holds(statement, KnowledgeProof(nonce, s))


def test_proof_of_knowledge_with_its_key_solved_for_does_not_hold() -> None:
    """P left out: ``P = (sG - R) / c``, whose logarithm its maker need not know."""
    c = challenge(transcript_hash("synthetic", b"context", G1.encode(NOBODYS)))
    s = random_scalar(RNG)
    key = G1.multiply(G1.combine([G1.generator, NOBODYS], [s, ORDER - 1]), pow(c, -1, ORDER))
    assert not holds(Statement(G1, "synthetic", (b"context",), key), KnowledgeProof(NOBODYS, s))


def test_proof_of_knowledge_for_another_purpose_does_not_hold() -> None:
    s, w = random_scalar(RNG), random_scalar(RNG)
    key, nonce = G1.multiply(G1.generator, s), G1.multiply(G1.generator, w)
    made = Statement(G1, "synthetic", (b"context",), key)
    proof = KnowledgeProof(nonce, (w + made.challenge(nonce) * s) % ORDER)
    assert holds(made, proof)
    assert not holds(replace(made, name="other"), proof)
    assert not holds(replace(made, context=(b"other",)), proof)
