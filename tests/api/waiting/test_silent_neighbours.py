"""Neighbours that accept and never answer, or a byte at a time: each call ends by its deadline.

Whoever hangs here does so for ever: a test that ends has seen the call given up.
"""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.identity.provider import Client, OidcProvider
from api.identity.provider_documents import Documents
from api.openid.retrieval import SafeFetcher, UnreachableError
from api.operation.door_messages import DOOR
from api.operation.remote_ledger import RemoteLedger
from api.ports.door import ProviderSecrets, ProviderUnavailableError
from api.waiting.bulkhead import Bulkhead
from api.waiting.http import ExchangeError, Question, Target, exchange
from contracts.evidence.errors import LedgerUnavailableError
from tests.api.waiting.hanging import PATIENCE, Hanging, hanging

SHORT = 0.2
HEADERS = b"HTTP/1.1 200 OK\r\n"
CASES = {
    "never answers": (b"", b""),
    "status line by the byte": (b"HTTP/1.1 ", b""),
    "headers by the byte": (b"X-Slow: yes\r\n", HEADERS),
    "body by the byte": (b"x", HEADERS + b"Content-Length: 1000000\r\n\r\n"),
    "chunks by the byte": (b"1\r\nx\r\n", HEADERS + b"Transfer-Encoding: chunked\r\n\r\n"),
}


@pytest.fixture(params=CASES.values(), ids=CASES)
def neighbour(request: pytest.FixtureRequest) -> Iterator[Hanging]:
    drips, prefix = request.param
    with hanging(socket.AF_INET, ("127.0.0.1", 0), drips, prefix) as made:
        yield made


def address(neighbour: Hanging) -> str:
    return f"http://127.0.0.1:{neighbour.listener.getsockname()[1]}"


def test_an_exchange_ends_by_its_deadline(neighbour: Hanging) -> None:
    target = Target(["127.0.0.1"], "localhost", neighbour.listener.getsockname()[1])
    with pytest.raises(ExchangeError):
        exchange(target, Question("GET", "/"), 1_000_000, time.monotonic() + SHORT)
    assert neighbour.left.wait(PATIENCE)  # and nothing goes on behind it


def test_a_status_list_that_does_not_come_is_given_up(neighbour: Hanging) -> None:
    with pytest.raises(UnreachableError):
        SafeFetcher(local=True, seconds=SHORT).fetch(address(neighbour), 1_000_000)
    assert neighbour.left.wait(PATIENCE)


def test_an_identity_provider_that_does_not_answer_is_not_asked_again_and_again(
    neighbour: Hanging,
) -> None:
    client = Client(address(neighbour), "client", "", "http://localhost/return")
    calls = Bulkhead("provider", SHORT, rest=PATIENCE)
    provider = OidcProvider(client, calls=calls)
    secrets = ProviderSecrets("state", "nonce", "v" * 43)
    with pytest.raises(ProviderUnavailableError):
        provider.address(secrets)
    assert neighbour.left.wait(PATIENCE)
    for _ in range(20):
        with pytest.raises(ProviderUnavailableError):
            provider.address(secrets)
    assert neighbour.visits == 1


def test_a_provider_has_one_deadline_for_all_of_its_documents(neighbour: Hanging) -> None:
    with pytest.raises(ProviderUnavailableError):
        Documents(seconds=PATIENCE).get(address(neighbour), time.monotonic() + SHORT)


@pytest.mark.parametrize("drips", [b"", b"\x00", b"\x00\x00\x10\x00++++++"])
def test_the_chains_owner_is_given_up(tmp_path: Path, drips: bytes) -> None:
    with hanging(socket.AF_UNIX, str(tmp_path / DOOR), drips) as owner:
        calls = Bulkhead("chain", PATIENCE, rest=PATIENCE)
        ledger = RemoteLedger(tmp_path, SHORT, calls)
        with pytest.raises(LedgerUnavailableError):
            ledger.identity()
        assert owner.left.wait(PATIENCE)
        calls.silence.unheard()
        for _ in range(20):
            with pytest.raises(LedgerUnavailableError):
                ledger.snapshot()
        assert owner.visits == 1
