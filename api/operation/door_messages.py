"""What the chain's owner and the other processes say to each other: one request, one answer.

A request is canonical JSON ``{"act": <method of Ledger>, <argument>: ...}``. An answer begins with
``+`` and the result, or with ``-`` and ``{"code", "text"}``. Each is preceded by its length in four
bytes. Both sides belong to one service on one machine and run the same program.
"""

import socket
import time
from collections.abc import Mapping
from typing import Final

from contracts.evidence.document import Document
from contracts.evidence.encoding import (
    Json,
    canonical,
    format_time,
    parse_canonical,
)
from contracts.evidence.errors import (
    EncodingError,
    LedgerClockError,
    LedgerError,
    LedgerIdentityError,
    LedgerRefusedError,
    LedgerUnavailableError,
    OwnerActPendingError,
)
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    StatusVersion,
)
from contracts.evidence.snapshot_file import MAX_SNAPSHOT_BYTES

MAX_REQUEST_BYTES: Final = 4096
MAX_ANSWER_BYTES: Final = MAX_SNAPSHOT_BYTES + 1
DOOR: Final = "door"
"""The socket's name in the chain's folder."""
ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "identity": (),
    "head": (),
    "snapshot": (),
    "register_issuer": ("issuer",),
    "accredit": ("issuer", "credential_type"),
    "withdraw": ("issuer", "credential_type", "ending"),
    "suspend": ("issuer",),
    "resume": ("issuer",),
    "add_key": ("issuer", "point"),
    "end_key": ("issuer", "point", "ending"),
    "open_log": ("log", "key"),
    "anchor": ("log", "sequence", "size", "root"),
    "publish_status": ("status_list", "version", "digest"),
}
_NUMBERS: Final = frozenset({"sequence", "size", "version"})
_LENGTHS: Final = {"point": 64}
_USUAL_LENGTH: Final = 32
_LENGTH_BYTES: Final = 4
_ADDRESS_BYTES: Final = 20
_PIECE_BYTES: Final = 1 << 16
_ERRORS: Final = (
    LedgerUnavailableError,
    OwnerActPendingError,
    LedgerClockError,
    LedgerRefusedError,
    LedgerIdentityError,
)
Argument = bytes | int | Ending


def encode_request(act: str, arguments: tuple[Argument, ...]) -> bytes:
    """One call of the port."""
    values = dict(zip(ACTS[act], arguments, strict=True))
    return canonical({"act": act, **{name: _plain(value) for name, value in values.items()}})


def decode_request(data: bytes) -> tuple[str, list[Argument]]:
    """The act and its arguments in their order.

    Raises:
        EncodingError: no request of this form.
    """
    document = Document.of(parse_canonical(data, max_bytes=MAX_REQUEST_BYTES), "door")
    act = document.text("act")
    arguments = [_argument(document, name) for name in ACTS.get(act, ("unknown",))]
    document.close()
    return act, arguments


def _plain(value: Argument) -> Json:
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int) else value.value


def _argument(document: Document, name: str) -> Argument:
    if name in _NUMBERS:
        return document.integer(name)
    if name == "ending":
        return (
            document.choice(name, Ending)
            if hasattr(document, "choice")
            else Ending(document.text(name))
        )
    return document.data(name, _LENGTHS.get(name, _USUAL_LENGTH))


def encode_error(error: LedgerError) -> bytes:
    """What went wrong at the chain."""
    detail = error.reason if isinstance(error, LedgerRefusedError) else str(error)
    return b"-" + canonical({"code": error.code, "text": detail[:MAX_REQUEST_BYTES]})


def decode_answer(data: bytes) -> bytes:
    """The result of an act.

    Raises:
        LedgerError: what the chain's owner met.
    """
    if data[:1] == b"+":
        return data[1:]
    document = Document.of(parse_canonical(data[1:]), "door")
    code, told = document.text("code"), document.text("text")
    for kind in _ERRORS:
        if kind.code == code:
            raise kind(told)
    raise LedgerUnavailableError("the chain's owner met an error of its own")


def encode_identity(identity: ChainIdentity) -> bytes:
    """A chain's identity."""
    contracts: dict[str, Json] = {name: address.hex() for name, address in identity.contracts}
    genesis = identity.genesis.hex()
    return canonical({"chain_id": identity.chain_id, "genesis": genesis, "contracts": contracts})


def decode_identity(data: bytes) -> ChainIdentity:
    """A chain's identity."""
    document = Document.of(parse_canonical(data), "door")
    contracts = document.document("contracts")
    addresses = tuple(
        (name, contracts.data(name, _ADDRESS_BYTES)) for name in sorted(contracts.names())
    )
    return ChainIdentity(document.integer("chain_id"), document.hash("genesis"), addresses)


def encode_block(block: Block) -> bytes:
    """A block."""
    moment = format_time(block.time)
    return canonical({"number": block.number, "hash": block.hash.hex(), "time": moment})


def decode_block(data: bytes) -> Block:
    """A block."""
    document = Document.of(parse_canonical(data), "door")
    return Block(document.integer("number"), document.hash("hash"), document.time("time"))


def encode_checkpoint(found: AnchoredCheckpoint) -> bytes:
    """An anchored checkpoint."""
    return canonical(
        {
            "sequence": found.sequence,
            "size": found.size,
            "root": found.root.hex(),
            "block": found.block,
            "time": format_time(found.time),
        }
    )


def decode_checkpoint(data: bytes) -> AnchoredCheckpoint:
    """An anchored checkpoint."""
    document = Document.of(parse_canonical(data), "door")
    return AnchoredCheckpoint(
        sequence=document.integer("sequence"),
        size=document.integer("size"),
        root=document.hash("root"),
        block=document.integer("block"),
        time=document.time("time"),
    )


def encode_status(found: StatusVersion) -> bytes:
    """A status list's version."""
    digest, moment = found.digest.hex(), format_time(found.time)
    return canonical({"version": found.version, "digest": digest, "time": moment})


def decode_status(data: bytes) -> StatusVersion:
    """A status list's version."""
    document = Document.of(parse_canonical(data), "door")
    return StatusVersion(
        document.integer("version"), document.hash("digest"), document.time("time")
    )


def send_message(connection: socket.socket, data: bytes) -> None:
    """Send one message with its length."""
    connection.sendall(len(data).to_bytes(_LENGTH_BYTES, "big") + data)


def receive_message(connection: socket.socket, most: int, deadline: float) -> bytes:
    """Receive one message whole.

    Args:
        connection: to whoever sends it.
        most: bytes that it may have.
        deadline: by ``time.monotonic``, when all of it must have come, however slowly it comes.

    Raises:
        EncodingError: longer than ``most``, or it ended early.
        OSError: not in time, or the connection broke.
    """
    length = int.from_bytes(_receive(connection, _LENGTH_BYTES, deadline), "big")
    if length > most:
        raise EncodingError("the message is too long")
    return _receive(connection, length, deadline)


def _receive(connection: socket.socket, count: int, deadline: float) -> bytes:
    data = bytearray()
    while len(data) < count:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the message comes too slowly")
        connection.settimeout(left)
        piece = connection.recv(min(count - len(data), _PIECE_BYTES))
        if not piece:
            raise EncodingError("the message ended early")
        data += piece
    return bytes(data)
