"""A dishonest voter who owns a valid token and makes ballots that honest software never would.

Each forgery calls the product's own transcript functions with placeholders in the place of what the
attacker wants to choose afterwards, so that it succeeds as soon as they stop hashing that part.
"""

from dataclasses import dataclass, field, replace

from tests.voting.crypto.square_roots import square_root
from tests.voting.crypto.synthetic import SyntheticPoll
from voting.crypto.ballot import split_ballot
from voting.crypto.ballot_proof import VoterKey
from voting.crypto.ballot_transcript import (
    Caster,
    complete_responses,
    quadratic_sum,
    signature_digest,
    tracking_code,
    x_digest,
    y_digest,
)
from voting.crypto.elgamal import Ciphertext, encrypt
from voting.crypto.group import G1, SECOND_GENERATOR, G1Point, encode_scalar
from voting.crypto.randomness import random_scalar
from voting.crypto.transcript import ORDER, challenge, u16

ANY_POINT = G1.encode(G1.generator)
ANY_CODE = bytes(32)


@dataclass(slots=True)
class Forgery:
    """The parts of a ballot in the making; mutable, as forgers change their mind."""

    voter: VoterKey
    ciphertext: Ciphertext
    announcement: Ciphertext
    bit_pair: bytes = b""
    f: list[int] = field(default_factory=list)
    z: int = 0
    t: int = 0


@dataclass(frozen=True, slots=True)
class Forger:
    """Makes forgeries for one synthetic poll."""

    poll: SyntheticPoll
    sequence: int = 1

    def y(
        self, forgery: Forgery, code: bytes | None = None, announced: bytes | None = None
    ) -> bytes:
        """``dy``, with placeholders where given."""
        caster = Caster(forgery.voter.public, self.sequence, forgery.voter.token)
        code = code or tracking_code(self.poll.context, forgery.ciphertext.encode())
        return y_digest(self.poll.context, caster, code, announced or forgery.announcement.encode())

    def finish(self, forgery: Forgery) -> bytes:
        """Sign whatever is there, under the challenges as they should be."""
        context, voter = self.poll.context, forgery.voter
        dx = x_digest(self.y(forgery), forgery.bit_pair)
        sent = [*forgery.f]
        del sent[context.shape.options - 1]
        responses = b"".join(encode_scalar(s % ORDER) for s in (*sent, forgery.z, forgery.t))
        w = random_scalar(self.poll.rng)
        nonce = G1.encode(G1.multiply(G1.generator, w))
        c = challenge(signature_digest(dx, responses, nonce))
        signature = encode_scalar((w + c * voter.secret) % ORDER)
        head = bytes([1]) + context.poll_id + u16(self.sequence) + voter.public + voter.token
        body = forgery.ciphertext.encode() + forgery.announcement.encode() + forgery.bit_pair
        return head + body + responses + nonce + signature

    def dishonest_values(
        self,
        values: tuple[int, ...],
        weights: tuple[int, ...] | None = None,
        shift: G1Point | None = None,
    ) -> bytes:
        """Encrypt any values, with A shifted if asked for, and follow the protocol otherwise."""
        forgery, r, s, a = self._start(values, weights)
        if shift is not None:
            forgery.ciphertext = Ciphertext(forgery.ciphertext.a + shift, forgery.ciphertext.b)
        return self._prove(forgery, values, (r, s, a))

    def announcement_shifted(self, values: tuple[int, ...], shifts: tuple[int, ...]) -> bytes:
        """Add multiples of G to A', B'_1.. and prove as if nothing had happened."""
        forgery, r, s, a = self._start(values, None)
        points = (forgery.announcement.a, *forgery.announcement.b)
        moved = [
            point + G1.multiply(G1.generator, shift % ORDER)
            for point, shift in zip(points, shifts, strict=True)
        ]
        forgery.announcement = Ciphertext(moved[0], tuple(moved[1:]))
        return self._prove(forgery, values, (r, s, a))

    def _prove(
        self, forgery: Forgery, values: tuple[int, ...], secret: tuple[int, int, list[int]]
    ) -> bytes:
        r, s, a = secret
        y = challenge(self.y(forgery))
        c1, c0 = _bit_coefficients(values, a, y)
        t1, t0 = random_scalar(self.poll.rng), random_scalar(self.poll.rng)
        forgery.bit_pair = G1.encode(_commit(c1, t1)) + G1.encode(_commit(c0, t0))
        x = challenge(x_digest(self.y(forgery), forgery.bit_pair))
        self._respond(forgery, values, a, x)
        forgery.z, forgery.t = (x * r + s) % ORDER, (x * t1 + t0) % ORDER
        return self.finish(forgery)

    def c0_chosen_last(self, values: tuple[int, ...]) -> bytes:
        """Solve for C0 once x is known; works where C0 is not hashed."""
        forgery, r, s, a = self._start(values, None)
        dy = self.y(forgery)
        c1 = G1.multiply(SECOND_GENERATOR, random_scalar(self.poll.rng))
        x = challenge(x_digest(dy, G1.encode(c1) + ANY_POINT))
        self._respond(forgery, values, a, x)
        forgery.z, forgery.t = (x * r + s) % ORDER, random_scalar(self.poll.rng)
        total = quadratic_sum(tuple(forgery.f), x, challenge(dy))
        c0 = _commit(total, forgery.t) - G1.multiply(c1, x)
        forgery.bit_pair = G1.encode(c1) + G1.encode(c0)
        return self.finish(forgery)

    def c1_chosen_last(self, values: tuple[int, ...]) -> bytes:
        """Solve for C1 once x is known; works where C1 is not hashed."""
        forgery, r, s, a = self._start(values, None)
        dy = self.y(forgery)
        c0 = G1.multiply(SECOND_GENERATOR, random_scalar(self.poll.rng))
        x = challenge(x_digest(dy, ANY_POINT + G1.encode(c0)))
        self._respond(forgery, values, a, x)
        forgery.z, forgery.t = (x * r + s) % ORDER, random_scalar(self.poll.rng)
        total = quadratic_sum(tuple(forgery.f), x, challenge(dy))
        rest = _commit(total, forgery.t) - c0
        c1 = G1.multiply(rest, pow(x, -1, ORDER))
        forgery.bit_pair = G1.encode(c1) + G1.encode(c0)
        return self.finish(forgery)

    def ciphertext_chosen_last(self) -> bytes:
        """Choose votes that are no bits but cancel for a known y; works where y skips the code.

        For three options: ``y v1(1-v1) + y^2 v2(1-v2) + y^3 v3(1-v3) = 0`` with the sum right.
        """
        context, rng = self.poll.context, self.poll.rng
        forgery, r, s, a = self._start((1, 1, 1), None)
        y = challenge(self.y(forgery, code=ANY_CODE))
        values = _cancelling_values(y, context.shape.maximum)
        forgery.ciphertext = encrypt(context.keys, values, r, rng)
        c1, c0 = _bit_coefficients(values, a, y)
        t1, t0 = random_scalar(rng), random_scalar(rng)
        forgery.bit_pair = G1.encode(_commit(c1, t1)) + G1.encode(_commit(c0, t0))
        x = challenge(x_digest(self.y(forgery, code=ANY_CODE), forgery.bit_pair))
        self._respond(forgery, values, a, x)
        forgery.z, forgery.t = (x * r + s) % ORDER, (x * t1 + t0) % ORDER
        return self.finish(forgery)

    def announcement_chosen_last(self, values: tuple[int, ...]) -> bytes:
        """Solve for A' and B' once x is known; works where the announcement is not hashed."""
        context, rng = self.poll.context, self.poll.rng
        forgery, _, _, _ = self._start(values, None)
        dy = self.y(forgery, announced=ANY_POINT)
        t1, t0 = random_scalar(rng), random_scalar(rng)
        forgery.bit_pair = G1.encode(_commit(0, t1)) + G1.encode(_commit(0, t0))
        x = challenge(x_digest(dy, forgery.bit_pair))
        chosen = context.shape.maximum
        forgery.f = [x if i < chosen else 0 for i in range(context.shape.options)]
        forgery.z, forgery.t = random_scalar(rng), (x * t1 + t0) % ORDER
        a = G1.multiply(G1.generator, forgery.z) - G1.multiply(forgery.ciphertext.a, x)
        rows = zip(context.keys, forgery.ciphertext.b, forgery.f, strict=True)
        b = [
            G1.combine([G1.generator, key], [f, forgery.z]) - G1.multiply(sealed, x)
            for key, sealed, f in rows
        ]
        forgery.announcement = Ciphertext(a, tuple(b))
        return self.finish(forgery)

    def copy(self, data: bytes, voter: VoterKey) -> bytes:
        """Cast somebody else's ciphertext and proof under one's own key and token."""
        components = len(self.poll.context.keys)
        parts = split_ballot(data, components)
        dx = x_digest(
            y_digest(
                self.poll.context,
                Caster(voter.public, self.sequence, voter.token),
                tracking_code(self.poll.context, parts.ciphertext),
                parts.announcement,
            ),
            parts.bit_pair,
        )
        w = random_scalar(self.poll.rng)
        nonce = G1.encode(G1.multiply(G1.generator, w))
        c = challenge(signature_digest(dx, parts.responses, nonce))
        head = data[:33] + u16(self.sequence) + voter.public + voter.token
        body = parts.ciphertext + parts.announcement + parts.bit_pair + parts.responses
        return head + body + nonce + encode_scalar((w + c * voter.secret) % ORDER)

    def change_response(self, data: bytes, voter: VoterKey, place: int) -> bytes:
        """Add one to a sent response (f.., z, t in this order) and sign anew."""
        components = len(self.poll.context.keys)
        start = 35 + 48 * (2 * components + 6) + 32 * place
        value = (int.from_bytes(data[start : start + 32], "big") + 1) % ORDER
        changed = data[:start] + encode_scalar(value) + data[start + 32 :]
        return replace(self, sequence=int.from_bytes(data[33:35], "big")).copy(changed, voter)

    def _start(
        self, values: tuple[int, ...], weights: tuple[int, ...] | None
    ) -> tuple[Forgery, int, int, list[int]]:
        context, rng = self.poll.context, self.poll.rng
        options = context.shape.options
        weights = context.shape.weights if weights is None else weights
        r, s = random_scalar(rng), random_scalar(rng)
        a = [random_scalar(rng) for _ in context.keys]
        a[options - 1] = 0
        weighted = sum(w * b for w, b in zip(weights, a[options:], strict=True))
        a[options - 1] = -(sum(a[:options]) + weighted) % ORDER
        sealed = encrypt(context.keys, [v % ORDER for v in values], r, rng)
        announced = encrypt(context.keys, a, s, rng)
        return Forgery(self.poll.voter(), sealed, announced), r, s, a

    def _respond(self, forgery: Forgery, values: tuple[int, ...], a: list[int], x: int) -> None:
        """Responses as the verifier will complete them."""
        f = [(x * v + b) % ORDER for v, b in zip(values, a, strict=True)]
        del f[self.poll.context.shape.options - 1]
        forgery.f = list(complete_responses(self.poll.context, tuple(f), x))


def _bit_coefficients(values: tuple[int, ...], a: list[int], y: int) -> tuple[int, int]:
    """c1 and c0 of whatever polynomial in x the verifier computes, read off at x = 0, 1, -1."""

    def at(x: int) -> int:
        responses = [(x * v + b) % ORDER for v, b in zip(values, a, strict=True)]
        return quadratic_sum(tuple(responses), x, y)

    return (at(1) - at(-1)) * pow(2, -1, ORDER) % ORDER, at(0)


def _commit(value: int, mask: int) -> G1Point:
    return G1.combine([G1.generator, SECOND_GENERATOR], [value % ORDER, mask % ORDER])


def _cancelling_values(y: int, total: int) -> tuple[int, int, int]:
    """No bits, with the right sum, for which the quadratic sum at y vanishes."""
    for v1 in range(5, 200):
        rest = total - v1  # v3 = rest - v2
        # y v1(1-v1) + y^2 (v2 - v2^2) + y^3 ((rest - v2) - (rest - v2)^2) = 0, divided by y:
        quadratic = -(y + y * y) % ORDER
        linear = (y + y * y * (2 * rest - 1)) % ORDER
        constant = (v1 * (1 - v1) + y * y * (rest - rest * rest)) % ORDER
        root = square_root(linear * linear - 4 * quadratic * constant)
        if root is not None:
            v2 = (root - linear) * pow(2 * quadratic, -1, ORDER) % ORDER
            return v1, v2, (rest - v2) % ORDER
    raise AssertionError("half of all numbers are squares")
