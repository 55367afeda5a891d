"""The ledgers that every conformance test runs on."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.chain.embedded import EmbeddedLedger
from contracts.chain.node import NodeLedger
from contracts.evidence.ledger import Ledger
from tests.simulators.anvil import running_anvil
from tests.simulators.ledger import SimulatedLedger

START = 1_577_836_800  # 2020-01-01T00:00:00Z
BACKENDS = ("simulated", "embedded", "node")


class World:
    """A ledger whose block times a test sets, and names and keys that no other test uses."""

    ledger: Ledger

    def __init__(self, backend: str, folder: pytest.TempPathFactory, stack: ExitStack) -> None:
        self.now = START
        self._numbers = itertools.count(1)
        self._anvil = None
        if backend == "simulated":
            self.ledger = SimulatedLedger(lambda: self.now)
        elif backend == "embedded":
            self.ledger = stack.enter_context(
                EmbeddedLedger(folder.mktemp("embedded"), lambda: self.now)
            )
        else:
            self._anvil = stack.enter_context(running_anvil(START))
            keys = folder.mktemp("node")
            self._anvil.fund(keys)
            self.ledger = stack.enter_context(NodeLedger(self._anvil.url, keys))
        self.now += 1_000

    def later(self, seconds: int = 60) -> int:
        """Let time pass; returns the time of the next block, in seconds since 1970."""
        self.now += seconds
        if self._anvil is not None:
            self._anvil.set_next_time(self.now)
        return self.now

    def new_id(self) -> bytes:
        """32 bytes that were not used before."""
        return next(self._numbers).to_bytes(32, "big")

    def new_point(self) -> bytes:
        """A P-256 public key that was not used before."""
        # A deterministic private key: the numbers differ from test to test.
        secret = ec.derive_private_key(1_000_000 + next(self._numbers), ec.SECP256R1())
        numbers = secret.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")

    def new_issuer(self) -> bytes:
        """A registered issuer."""
        issuer = self.new_id()
        self.ledger.register_issuer(issuer)
        return issuer

    def new_log(self) -> bytes:
        """An open log."""
        log = self.new_id()
        self.ledger.open_log(log, b"\x01" * 32)
        return log


@pytest.fixture(scope="module", params=BACKENDS)
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(request.param, tmp_path_factory, stack)
