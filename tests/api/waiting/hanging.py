"""Neighbours that hang: they accept and never answer, or answer a byte at a time for ever."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle

PATIENCE = 60
"""Seconds after which a test has failed; nothing waits for them to pass."""
DRIP = 0.02


@dataclass
class Hanging:
    """A listener that nobody gets an answer from.

    Args:
        listener: bound and listening.
        drips: what is sent byte by byte without end; empty sends nothing.
        prefix: what is sent at once before.
    """

    listener: socket.socket
    drips: bytes = b""
    prefix: bytes = b""
    visits: int = 0
    left: threading.Event = field(default_factory=threading.Event)
    """A visitor has gone away."""

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self.listener.accept()
                self.visits += 1
                threading.Thread(target=self._keep, args=(visitor,), daemon=True).start()

    def _keep(self, visitor: socket.socket) -> None:
        with closing(visitor), suppress(OSError):
            visitor.sendall(self.prefix)
            if self.drips:
                for byte in cycle(self.drips):
                    visitor.sendall(bytes([byte]))
                    self.left.wait(DRIP)
            while visitor.recv(1024):
                pass
        self.left.set()


@contextmanager
def hanging(
    family: socket.AddressFamily, address: object, drips: bytes = b"", prefix: bytes = b""
) -> Iterator[Hanging]:
    """One that hangs, at an address."""
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(address)  # type: ignore[arg-type] # of either family
        listener.listen(16)
        made = Hanging(listener, drips, prefix)
        threading.Thread(target=made.serve, daemon=True).start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)
