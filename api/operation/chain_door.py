"""The door to the chain: its owner answers the other processes of the service.

The embedded chain belongs to one process, the job worker. The processes that answer requests read
it, and now and then write it, through a socket in the chain's folder, which only the service's own
account may enter.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from api.operation.door_messages import (
    DOOR,
    MAX_REQUEST_BYTES,
    decode_request,
    encode_block,
    encode_checkpoint,
    encode_error,
    encode_identity,
    encode_status,
    receive_message,
    send_message,
)
from api.operation.socket_path import reachable
from contracts.evidence.errors import EvidenceError, LedgerError, LedgerUnavailableError
from contracts.evidence.ledger import Ledger
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    StatusVersion,
    TrustSnapshot,
)
from contracts.evidence.snapshot_file import encode_snapshot

PATIENCE_SECONDS: Final = 10.0
"""For a request to arrive whole, and again for its answer to be taken."""
MOST_VISITORS: Final = 64
_MODE: Final = 0o600


@dataclass(slots=True)
class ChainDoor:
    """Answers at the door, each visitor in a thread of its own; the ledger has its own lock."""

    ledger: Ledger
    listener: socket.socket
    _places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(MOST_VISITORS)
    )

    def receive(self) -> None:
        """Answer visitors until the listener is closed."""
        while True:
            try:
                visitor, _ = self.listener.accept()
            except OSError:
                return
            if not self._places.acquire(blocking=False):
                visitor.close()  # as many as may be are attended to
                continue
            threading.Thread(target=self._attend, args=(visitor,), daemon=True).start()

    def _attend(self, visitor: socket.socket) -> None:
        try:
            with visitor:
                deadline = time.monotonic() + PATIENCE_SECONDS
                request = receive_message(visitor, MAX_REQUEST_BYTES, deadline)
                answer = self._answer(request)
                visitor.settimeout(PATIENCE_SECONDS)
                send_message(visitor, answer)
        except (OSError, EvidenceError):
            return  # the visitor went away, or is none of ours
        finally:
            self._places.release()

    def _answer(self, request: bytes) -> bytes:
        act, arguments = decode_request(request)
        try:
            return b"+" + _encode(getattr(self.ledger, act)(*arguments))
        except LedgerError as error:
            return encode_error(error)


def _encode(result: object) -> bytes:
    match result:
        case None:
            return b""
        case ChainIdentity():
            return encode_identity(result)
        case Block():
            return encode_block(result)
        case TrustSnapshot():
            return encode_snapshot(result)
        case AnchoredCheckpoint():
            return encode_checkpoint(result)
        case StatusVersion():
            return encode_status(result)
    raise LedgerUnavailableError("the ledger answered with something unknown")


@contextmanager
def open_door(ledger: Ledger, folder: Path) -> Iterator[None]:
    """Answer at the door of the chain's folder; whoever calls this owns the folder.

    Raises:
        LedgerUnavailableError: the socket cannot be made.
    """
    path = folder / DOOR
    with ExitStack() as stack:
        try:
            path.unlink(missing_ok=True)  # of an owner that was killed
            listener = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            with reachable(path) as address:
                listener.bind(address)
            path.chmod(_MODE)
            listener.listen(MOST_VISITORS)
        except OSError as error:
            raise LedgerUnavailableError(f"no door to the chain: {error.strerror}") from error
        threading.Thread(target=ChainDoor(ledger, listener).receive, daemon=True).start()
        stack.callback(path.unlink, missing_ok=True)
        stack.callback(_wake, listener)
        yield


def _wake(listener: socket.socket) -> None:
    """End the wait of whoever accepts: closing alone would leave it waiting."""
    listener.shutdown(socket.SHUT_RDWR)
