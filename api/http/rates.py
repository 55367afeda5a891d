"""How often one address may ask. Counts live in memory and die with the process.

An address is kept as a keyed hash under a key that is random, in memory only, and made anew every
day: nobody can tell from a count who asked. IPv6 addresses count by their /64 network, because one
person has all of it. Each of several processes counts for itself, so each allows its share only.
"""

import hashlib
import ipaddress
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from api.ports.means import Clock, Randomness

WINDOW_SECONDS: Final = 60
MAX_CLIENTS: Final = 100_000
"""Clients that are counted apart in one minute; those after them share one count."""
_KEY_BYTES: Final = 32
_DIGEST_BYTES: Final = 16
_NETWORK_BYTES: Final = 8
_OTHERS: Final = b""


@dataclass(slots=True)
class Rates:
    """The counts of one process, in windows of a minute.

    Args:
        clock: tells the minute, and the day with which the key changes.
        rng: makes the key.
        workers: processes that share the limits.
        shared: key of the networks' names in the database, the same in all processes; without it
            each makes its own.
    """

    clock: Clock
    rng: Randomness = field(repr=False)
    workers: int = 1
    shared: bytes = field(default=b"", repr=False)
    _counts: Counter[tuple[str, bytes]] = field(default_factory=Counter, repr=False)
    _minute: int = 0
    _day: date = date.min
    _key: bytes = field(default=b"", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def wait(self, act: str, address: str, per_minute: int) -> int:
        """Count one request.

        Args:
            act: what is counted, as ``write``.
            address: the client's; kept only as a keyed hash.
            per_minute: how many are allowed, over all processes.

        Returns:
            0 if it is allowed, else the whole seconds to wait, at least 1.
        """
        now = self.clock()
        seconds = int(now.timestamp())
        with self._lock:
            self._turn(seconds // WINDOW_SECONDS, now.date())
            who = (act, self._who(address))
            if who not in self._counts and len(self._counts) >= MAX_CLIENTS:
                who = (act, _OTHERS)
            self._counts[who] += 1
            over = self._counts[who] > max(1, per_minute // self.workers)
        return WINDOW_SECONDS - seconds % WINDOW_SECONDS if over else 0

    def network(self, address: str) -> bytes:
        """The name, 16 bytes, under which what a network has begun is counted for a day."""
        self.shared = self.shared or self.rng(_KEY_BYTES)
        place = f"{self.clock().date()}|{_network(address)}".encode("utf-8", "replace")
        return hashlib.blake2b(place, key=self.shared, digest_size=_DIGEST_BYTES).digest()

    def _turn(self, minute: int, day: date) -> None:
        """Forget the last minute's counts, and the last day's key."""
        if minute != self._minute:
            self._counts.clear()
            self._minute = minute
        if day != self._day:
            self._key, self._day = self.rng(_KEY_BYTES), day

    def _who(self, address: str) -> bytes:
        place = _network(address).encode("utf-8", "replace")
        return hashlib.blake2b(place, key=self._key, digest_size=_DIGEST_BYTES).digest()


def _network(address: str) -> str:
    """What counts as one client."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return parsed.packed[:_NETWORK_BYTES].hex()
