"""The ledger port through the door: for the processes that do not own the chain."""

import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.operation.door_messages import (
    DOOR,
    MAX_ANSWER_BYTES,
    Argument,
    decode_answer,
    decode_block,
    decode_checkpoint,
    decode_identity,
    decode_status,
    encode_request,
    receive_message,
    send_message,
)
from api.operation.socket_path import reachable
from api.waiting.bulkhead import Bulkhead, NeighbourError
from contracts.evidence.errors import EncodingError, LedgerUnavailableError
from contracts.evidence.snapshot import (
    AnchoredCheckpoint,
    Block,
    ChainIdentity,
    Ending,
    StatusVersion,
    TrustSnapshot,
)
from contracts.evidence.snapshot_file import decode_snapshot

ANSWER_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class RemoteLedger:
    """``contracts.evidence.ledger.Ledger`` of whoever owns the folder now.

    Every method raises ``LedgerUnavailableError`` where nobody opens the door, or the answer has
    not come whole after so many seconds; every act may be asked again. Behind a bulkhead nobody
    waits for an owner that is silent: for the processes that answer requests.
    """

    folder: Path
    seconds: float = ANSWER_SECONDS
    calls: Bulkhead | None = None

    def is_open(self) -> bool:
        """Whether somebody owns the chain now and answers."""
        try:
            self.identity()
        except LedgerUnavailableError:
            return False
        return True

    def identity(self) -> ChainIdentity:
        """Which chain this is."""
        return decode_identity(self._ask("identity"))

    def head(self) -> Block:
        """The newest block."""
        return decode_block(self._ask("head"))

    def snapshot(self) -> TrustSnapshot:
        """What the chain says now, whole."""
        return decode_snapshot(self._ask("snapshot"))

    def register_issuer(self, issuer: bytes) -> None:
        """Enter an issuer in the registry."""
        self._ask("register_issuer", issuer)

    def accredit(self, issuer: bytes, credential_type: bytes) -> None:
        """Let an issuer issue a credential type."""
        self._ask("accredit", issuer, credential_type)

    def withdraw(self, issuer: bytes, credential_type: bytes, ending: Ending) -> None:
        """End an accreditation."""
        self._ask("withdraw", issuer, credential_type, ending)

    def suspend(self, issuer: bytes) -> None:
        """Stop an issuer for the time being."""
        self._ask("suspend", issuer)

    def resume(self, issuer: bytes) -> None:
        """End a suspension."""
        self._ask("resume", issuer)

    def add_key(self, issuer: bytes, point: bytes) -> None:
        """Add an ES256 key (64 bytes)."""
        self._ask("add_key", issuer, point)

    def end_key(self, issuer: bytes, point: bytes, ending: Ending) -> None:
        """End a key."""
        self._ask("end_key", issuer, point, ending)

    def open_log(self, log: bytes, key: bytes) -> None:
        """Open a log with the key that signs its notes."""
        self._ask("open_log", log, key)

    def anchor(self, log: bytes, sequence: int, size: int, root: bytes) -> AnchoredCheckpoint:
        """Anchor a log's next checkpoint."""
        return decode_checkpoint(self._ask("anchor", log, sequence, size, root))

    def publish_status(self, status_list: bytes, version: int, digest: bytes) -> StatusVersion:
        """Publish the digest of a status list's next version."""
        return decode_status(self._ask("publish_status", status_list, version, digest))

    def _ask(self, act: str, *arguments: Argument) -> bytes:
        request = encode_request(act, arguments)
        try:
            answer = (
                self._visit(request)
                if self.calls is None
                else self.calls.ask(lambda: self._visit(request))
            )
            return decode_answer(answer)
        except (OSError, EncodingError, NeighbourError):
            raise LedgerUnavailableError("the chain's owner does not answer") from None

    def _visit(self, request: bytes) -> bytes:
        deadline = time.monotonic() + self.seconds
        with (
            reachable(self.folder / DOOR) as address,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visit,
        ):
            visit.settimeout(self.seconds)
            visit.connect(address)
            send_message(visit, request)
            return receive_message(visit, MAX_ANSWER_BYTES, deadline)
