"""What a key file holds: one identity, one ceremony, one poll, and everything that was signed.

A state is a value: every step makes a new one, which is on disk before its message leaves.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from contracts.evidence.errors import EncodingError
from voting.crypto.ceremony import MAX_PARTIES
from voting.crypto.dkg import Party
from voting.crypto.group import SCALAR_BYTES, decode_scalar, encode_scalar
from voting.crypto.randomness import Rng, draw_bytes
from voting.crypto.transcript import PROTOCOL
from voting.keeping.sealing import MAX_KEY_FILE_BYTES
from voting.keeping.setting import Role, Setting, read_role
from voting.poll.roll import RollEntry

STATE_VERSION: Final = f"{PROTOCOL}/key-state"
_SECRET_BYTES: Final = 32
_ROLL_BYTES: Final = (32, 48, 32, 32)
_MAX_ITEMS: Final = 4096
_HEX: Final = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Part:
    """This key's part in its ceremony.

    Args:
        setting: of the ceremony.
        index: own number, 1-based.
        kem_secret: X25519; empty once the keys are in force.
        polynomials: ``[i-1][k]``; none once the keys are in force.
        commitments: their public side.
        said: own messages, round one first, encoded: made once, sent again unchanged.
        seen: everybody's messages of the rounds that were answered to, encoded.
        complaint: own complaint, or empty.
        shares: x_l1..x_lm, from round four on.
        public: X_l1..X_lm, encoded.
        keys: Y_1..Y_m or PK, encoded.
        transcript: as confirmed.
        in_force: whether everybody's confirmation was seen.
    """

    setting: Setting
    index: int
    kem_secret: bytes = field(repr=False)
    polynomials: tuple[tuple[int, ...], ...] = field(repr=False)
    commitments: bytes = field(repr=False)
    said: tuple[bytes, ...] = ()
    seen: tuple[tuple[bytes, ...], ...] = field(default=(), repr=False)
    complaint: bytes = field(default=b"", repr=False)
    shares: tuple[int, ...] = field(default=(), repr=False)
    public: tuple[bytes, ...] = ()
    keys: tuple[bytes, ...] = ()
    transcript: bytes = b""
    in_force: bool = False

    def party(self, identity: Ed25519PrivateKey) -> Party:
        """The party with its secrets, as the ceremony wants it."""
        return Party(self.index, identity, self.kem_secret, self.polynomials, self.commitments)

    def to_json(self) -> Json:
        """All members."""
        return {
            "setting": self.setting.to_bytes().hex(),
            "index": self.index,
            "kem_secret": self.kem_secret.hex(),
            "polynomials": [_scalars(row) for row in self.polynomials],
            "commitments": self.commitments.hex(),
            "said": [one.hex() for one in self.said],
            "seen": [[one.hex() for one in messages] for messages in self.seen],
            "complaint": self.complaint.hex(),
            "shares": _scalars(self.shares),
            "public": [one.hex() for one in self.public],
            "keys": [one.hex() for one in self.keys],
            "transcript": self.transcript.hex(),
            "in_force": self.in_force,
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``."""
        body = cls(
            Setting.parse(_data(part, "setting")),
            part.integer("index", 1, MAX_PARTIES),
            _data(part, "kem_secret"),
            tuple(_read_scalars(row) for row in part.values("polynomials", _MAX_ITEMS)),
            _data(part, "commitments"),
            _list(part.take("said")),
            tuple(_list(messages) for messages in part.values("seen", _MAX_ITEMS)),
            _data(part, "complaint"),
            _read_scalars(part.take("shares")),
            _list(part.take("public")),
            _list(part.take("keys")),
            _data(part, "transcript"),
            part.boolean("in_force"),
        )
        part.close()
        return body


@dataclass(frozen=True, slots=True)
class Signed:
    """A line of the journal: what was signed, and the SHA-256 of what was handed over."""

    what: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class KeyState:
    """The content of a key file.

    Args:
        role: of its owner.
        identity: Ed25519 seed, 32 bytes.
        nullifier_key: of a registrar, 32 bytes; drawn for trustees too, and not used.
        part: in the current ceremony.
        ended: digests of ceremonies that were given up; none of them is joined again.
        poll: the one poll that was endorsed, 32 bytes, or empty.
        endorsement: its signature.
        aggregate: the one sum that is answered, 32 bytes, noted before anything is computed.
        partial: the answer.
        roll: of a registrar: whom it gave shares to, in the order of the blinded keys.
        closed: of a registrar: the signed note of its finished token log.
        journal: everything that was signed, in order.
    """

    role: Role
    identity: bytes = field(repr=False)
    nullifier_key: bytes = field(repr=False)
    part: Part | None = None
    ended: tuple[bytes, ...] = ()
    poll: bytes = b""
    endorsement: bytes = b""
    aggregate: bytes = b""
    partial: bytes = b""
    roll: tuple[RollEntry, ...] = field(default=(), repr=False)
    closed: str = ""
    journal: tuple[Signed, ...] = ()

    @property
    def signer(self) -> Ed25519PrivateKey:
        """The identity key."""
        return Ed25519PrivateKey.from_private_bytes(self.identity)

    @property
    def public(self) -> bytes:
        """The public identity key, 32 bytes."""
        return self.signer.public_key().public_bytes_raw()

    def noted(self, what: str, handed_over: bytes) -> "KeyState":
        """The state with one more line in its journal."""
        line = Signed(what, hashlib.sha256(handed_over).digest())
        return replace(self, journal=(*self.journal, line))

    def to_bytes(self) -> bytes:
        """The canonical document."""
        roll = sorted(self.roll, key=lambda entry: entry.blinded)
        return canonical(
            {
                "version": STATE_VERSION,
                "role": str(self.role),
                "identity": self.identity.hex(),
                "nullifier_key": self.nullifier_key.hex(),
                "part": None if self.part is None else self.part.to_json(),
                "ended": [one.hex() for one in self.ended],
                "poll": self.poll.hex(),
                "endorsement": self.endorsement.hex(),
                "aggregate": self.aggregate.hex(),
                "partial": self.partial.hex(),
                "roll": b"".join(map(_encode_entry, roll)).hex(),
                "closed": self.closed,
                "journal": [{"what": j.what, "digest": j.digest.hex()} for j in self.journal],
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``.

        Raises:
            EncodingError: not the canonical document of this version.
        """
        part = Document.of(parse_canonical(data, max_bytes=MAX_KEY_FILE_BYTES), "key")
        part.version(STATE_VERSION)
        taken = part.take("part")
        state = cls(
            read_role(part),
            part.data("identity", _SECRET_BYTES),
            part.data("nullifier_key", _SECRET_BYTES),
            None if taken is None else Part.read(Document.of(taken, "part")),
            _list(part.take("ended")),
            _data(part, "poll"),
            _data(part, "endorsement"),
            _data(part, "aggregate"),
            _data(part, "partial"),
            _read_roll(_data(part, "roll")),
            part.text("closed"),
            tuple(part.items("journal", lambda j: Signed(j.text("what"), j.hash("digest")))),
        )
        part.close()
        return state


def new_state(role: Role, rng: Rng) -> KeyState:
    """A fresh identity."""
    return KeyState(role, draw_bytes(rng, _SECRET_BYTES), draw_bytes(rng, _SECRET_BYTES))


def _encode_entry(entry: RollEntry) -> bytes:
    return entry.nullifier + entry.blinded + entry.presentation + entry.salt


def _read_roll(data: bytes) -> tuple[RollEntry, ...]:
    if len(data) % sum(_ROLL_BYTES):
        raise EncodingError("the roll is no whole number of entries")
    return tuple(
        _read_entry(data[at : at + sum(_ROLL_BYTES)])
        for at in range(0, len(data), sum(_ROLL_BYTES))
    )


def _read_entry(data: bytes) -> RollEntry:
    fields, at = [], 0
    for length in _ROLL_BYTES:
        fields.append(data[at : at + length])
        at += length
    return RollEntry(*fields)


def _scalars(values: Sequence[int]) -> Json:
    return b"".join(encode_scalar(value) for value in values).hex()


def _read_scalars(value: Json) -> tuple[int, ...]:
    data = _bytes(value)
    if len(data) % SCALAR_BYTES:
        raise EncodingError("these are no whole scalars")
    places = range(0, len(data), SCALAR_BYTES)
    return tuple(decode_scalar(data[at : at + SCALAR_BYTES]) for at in places)


def _data(part: Document, name: str) -> bytes:
    return _bytes(part.take(name))


def _list(value: Json) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > _MAX_ITEMS:
        raise EncodingError(f"expected a list of at most {_MAX_ITEMS}")
    return tuple(_bytes(one) for one in value)


def _bytes(value: Json) -> bytes:
    if not isinstance(value, str) or len(value) % 2 or value.strip(_HEX):
        raise EncodingError("expected bytes in lowercase hexadecimal")
    return bytes.fromhex(value)
