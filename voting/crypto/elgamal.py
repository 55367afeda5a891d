"""Vector ElGamal in G1: one randomness, one key per option (Kurosawa, PKC 2002).

``A = rG``, ``B_i = v_i G + r Y_i``. Ciphertexts of one poll add up component by component.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from voting.crypto.errors import OperandCountError
from voting.crypto.fixed_base import generator_base, key_base
from voting.crypto.group import G1, G1Point
from voting.crypto.randomness import Rng


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """``A`` and the ``B_i``, one per key."""

    a: G1Point
    b: tuple[G1Point, ...]

    def encode(self) -> bytes:
        """``A | B_1 | .. ``, compressed: one part of a transcript."""
        return G1.encode_all((self.a, *self.b))

    def truncate(self, count: int) -> "Ciphertext":
        """The first ``count`` components: slack is never added up."""
        return Ciphertext(self.a, self.b[:count])


def encrypt(keys: Sequence[G1Point], values: Sequence[int], r: int, rng: Rng) -> Ciphertext:
    """Encrypt secret scalars under secret randomness.

    Args:
        keys: one per value.
        values: scalars 0..r-1 (ballots encrypt bits, proofs encrypt random scalars).
        r: the randomness, a fresh secret scalar; used twice, it tells the difference of the values.
        rng: for splitting secrets.

    Raises:
        OperandCountError: for lists that are empty or unequal (G-05).
    """
    if not 0 < len(keys) == len(values):
        raise OperandCountError(f"{len(keys)} keys and {len(values)} values")
    a = generator_base(G1.generator).multiply_secret(r, rng)
    masks = [key_base(key).multiply_secret(r, rng) for key in keys]
    pairs = zip(values, masks, strict=True)
    return Ciphertext(a, tuple(_times_generator(v, rng) + mask for v, mask in pairs))


def _times_generator(value: int, rng: Rng) -> G1Point:
    """``value * G``; the two values of a vote take the same path."""
    bit = (G1.identity(), G1.generator)
    return (
        bit[value] if value in {0, 1} else generator_base(G1.generator).multiply_secret(value, rng)
    )


def encrypt_known(keys: Sequence[G1Point], values: Sequence[int], r: int) -> Ciphertext:
    """The same for values and randomness that were opened: faster, and in variable time."""
    if not 0 < len(keys) == len(values):
        raise OperandCountError(f"{len(keys)} keys and {len(values)} values")
    pairs = zip(values, keys, strict=True)
    b = tuple(G1.combine([G1.generator, key], [value, r]) for value, key in pairs)
    return Ciphertext(G1.multiply(G1.generator, r), b)


def add(ciphertexts: Iterable[Ciphertext], count: int) -> Ciphertext:
    """The sum of ciphertexts with ``count`` components each; of none, neutral elements.

    Raises:
        OperandCountError: for one with another number of components (G-05).
    """
    a, b = G1.identity(), [G1.identity()] * count
    for ciphertext in ciphertexts:
        if len(ciphertext.b) != count:
            raise OperandCountError(f"{len(ciphertext.b)} components, expected {count}")
        a = a + ciphertext.a
        b = [total + part for total, part in zip(b, ciphertext.b, strict=True)]
    return Ciphertext(a, tuple(b))
