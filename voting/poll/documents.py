"""The documents inside a public record, each with one form (SPEC section 18)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import (
    HASH_BYTES,
    Json,
    canonical,
    format_time,
    parse_canonical,
)
from contracts.evidence.errors import EncodingError
from contracts.evidence.merkle import MAX_PROOF_NODES
from contracts.evidence.note import MAX_NOTE_BYTES
from voting.contest.commitments import SheetOpening
from voting.contest.panel import MAX_JUDGES
from voting.crypto.ceremony import SignedMessage
from voting.crypto.ceremony_record import CeremonyRecord
from voting.crypto.elgamal import Ciphertext
from voting.crypto.group import G1
from voting.crypto.poll_context import MAX_OPTIONS
from voting.crypto.transcript import PROTOCOL
from voting.poll.errors import RecordError
from voting.poll.parties import read_data
from voting.poll.record import MAX_DOCUMENT_BYTES

MAX_LINES: Final = 100_000
MAX_LINE_BYTES: Final = 1 << 18
_LINE: Final = re.compile(rb"[^\n]*\n|[^\n]+")
_LENGTH_BYTES: Final = 4
_ROUNDS: Final = 4


def encode_ceremony(record: CeremonyRecord) -> bytes:
    """Rounds one to four, party by party, each message as ``u32 length | message``."""
    rounds = (record.announcements, record.openings, record.dealings, record.confirmations)
    messages = [message.encode() for one in rounds for message in one]
    return b"".join(len(data).to_bytes(_LENGTH_BYTES, "big") + data for data in messages)


def decode_ceremony(data: bytes, parties: int) -> CeremonyRecord:
    """The inverse of ``encode_ceremony`` for n parties; claims until ``verify_ceremony``.

    Raises:
        RecordError: not exactly 4 n messages, or trailing bytes.
        CeremonySignatureError: bytes that are no message (K-03).
    """
    messages: list[SignedMessage] = []
    at = 0
    while at < len(data) and len(messages) < _ROUNDS * parties:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if at > len(data):
            raise RecordError("a message of a ceremony is cut off")
        messages.append(SignedMessage.decode(data[start:at]))
    if len(messages) != _ROUNDS * parties or at != len(data):
        raise RecordError(f"a ceremony of {parties} parties has {_ROUNDS * parties} messages")
    rounds = [tuple(messages[i * parties : (i + 1) * parties]) for i in range(_ROUNDS)]
    return CeremonyRecord(*rounds)


@dataclass(frozen=True, slots=True)
class AnchoredNote:
    """A checkpoint of the board, anchored.

    Args:
        note: the signed checkpoint.
        proof: consistency with the one before; empty for the first.
        anchored_at: the time of the block, as the publisher says.
    """

    note: str
    proof: tuple[bytes, ...]
    anchored_at: datetime

    def to_json(self) -> dict[str, Json]:
        """One line of the file."""
        return {
            "anchored_at": format_time(self.anchored_at),
            "note": self.note,
            "proof": [node.hex() for node in self.proof],
        }

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The inverse of ``to_json``."""
        part = Document.of(value, "checkpoint")
        proof = read_data(part, "proof", HASH_BYTES, MAX_PROOF_NODES)
        anchored = cls(part.text("note", MAX_NOTE_BYTES), proof, part.time("anchored_at"))
        part.close()
        return anchored


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A ballot that somebody posted to the contract.

    Args:
        ballot: the posted bytes.
        refused: the check that it fails, or empty if it stands in the log.
    """

    ballot: bytes
    refused: str

    def to_json(self) -> dict[str, Json]:
        """One line of the file."""
        return {"ballot": self.ballot.hex(), "refused": self.refused}

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """The inverse of ``to_json``."""
        part = Document.of(value, "inbox")
        text, refused = part.text("ballot", MAX_LINE_BYTES), part.text("refused", 8)
        part.close()
        if len(text) % 2 or text.strip("0123456789abcdef"):
            raise EncodingError("a posted ballot is given in lowercase hexadecimal")
        return cls(bytes.fromhex(text), refused)


def encode_lines(values: Iterable[Json]) -> bytes:
    """Canonical documents, one on each line."""
    return b"".join(canonical(value) + b"\n" for value in values)


def decode_lines(data: bytes) -> list[Json]:
    """The inverse of ``encode_lines``.

    Raises:
        EncodingError: a line that is not canonical, too long, or not ended; too many lines.
    """
    return [decode_line(line) for line in split_lines(data)]


def split_lines(data: bytes) -> list[bytes]:
    """The lines of a document, each with its line feed; the last one may lack it.

    Raises:
        EncodingError: too many lines.
    """
    if data.count(b"\n") > MAX_LINES:
        raise EncodingError(f"there are at most {MAX_LINES} lines")
    return _LINE.findall(data)


def decode_line(line: bytes) -> Json:
    """One line with its line feed.

    Raises:
        EncodingError: not canonical, too long, or not ended.
    """
    if not line.endswith(b"\n"):
        raise EncodingError("a line ends with a line feed")
    return parse_canonical(line[:-1], max_bytes=MAX_LINE_BYTES)


@dataclass(frozen=True, slots=True)
class PublishedSum:
    """The sum as published; a claim until the auditor has added up the ballots.

    Args:
        size: of the final checkpoint.
        root: of the final checkpoint, 32 bytes.
        ballots: N.
        points: A_sum, B_1sum..B_msum, 48 bytes each.
        decrypted_at: when the decryption was accepted, as the publisher says.
    """

    size: int
    root: bytes
    ballots: int
    points: tuple[bytes, ...]
    decrypted_at: datetime

    def ciphertext(self) -> Ciphertext:
        """The points.

        Raises:
            GroupError: one that is not valid (G-01 to G-03).
        """
        first, *rest = [G1.decode(point) for point in self.points]
        return Ciphertext(first, tuple(rest))

    def to_bytes(self) -> bytes:
        """The canonical document."""
        return canonical(
            {
                "version": f"{PROTOCOL}/aggregate",
                "size": self.size,
                "root": self.root.hex(),
                "ballots": self.ballots,
                "points": [point.hex() for point in self.points],
                "decrypted_at": format_time(self.decrypted_at),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``.

        Raises:
            EncodingError: not the canonical document of this version.
        """
        part = Document.of(parse_canonical(data), "aggregate")
        part.version(f"{PROTOCOL}/aggregate")
        points = read_data(part, "points", G1.point_bytes, MAX_OPTIONS + 1)
        size, root, ballots = part.integer("size"), part.hash("root"), part.integer("ballots")
        published = cls(size, root, ballots, points, part.time("decrypted_at"))
        part.close()
        if not points:
            raise EncodingError("a sum has at least one point")
        return published


@dataclass(frozen=True, slots=True)
class OpenedSet:
    """The sheets that experts opened, anchored before anything was decrypted.

    Args:
        anchored_at: when, as the publisher says.
        openings: in ascending order of the experts.
    """

    anchored_at: datetime
    openings: tuple[SheetOpening, ...]

    def to_bytes(self) -> bytes:
        """The canonical document."""
        openings: list[Json] = [opening.to_json() for opening in self.openings]
        return canonical(
            {
                "version": f"{PROTOCOL}/opened",
                "anchored_at": format_time(self.anchored_at),
                "openings": openings,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The inverse of ``to_bytes``.

        Raises:
            EncodingError: not the canonical document of this version.
            RecordError: experts repeated or not in order.
            VotingError: a sheet that cannot be read.
        """
        part = Document.of(parse_canonical(data, max_bytes=MAX_DOCUMENT_BYTES), "opened sheets")
        part.version(f"{PROTOCOL}/opened")
        values = part.values("openings", MAX_JUDGES)
        opened = cls(part.time("anchored_at"), tuple(SheetOpening.from_json(v) for v in values))
        part.close()
        experts = [opening.expert for opening in opened.openings]
        if experts != sorted(set(experts)):
            raise RecordError("each expert opens once, in order of the list")
        return opened
