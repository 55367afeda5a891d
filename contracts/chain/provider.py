"""The web3 provider of the embedded chain: one request at a time, and only harmless methods."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from eth_tester import EthereumTester
from eth_tester.exceptions import TransactionFailed
from eth_tester.exceptions import ValidationError as TesterValidationError
from eth_utils.exceptions import ValidationError
from web3.providers.eth_tester import EthereumTesterProvider
from web3.types import RPCEndpoint, RPCResponse

from contracts.chain.evm import EmbeddedBackend, RevertedError
from contracts.evidence.errors import LedgerUnavailableError

ALLOWED_METHODS: Final = frozenset(
    {
        "eth_accounts",
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_getBalance",
        "eth_getBlockByHash",
        "eth_getBlockByNumber",
        "eth_getCode",
        "eth_getStorageAt",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_sendRawTransaction",
        "web3_clientVersion",
    }
)
"""Nothing that goes back in time, mines, signs, or scans all blocks (``eth_getLogs``)."""
_REVERTED: Final = 3
_REFUSED: Final = -32000
_UNKNOWN_METHOD: Final = -32601


class Gate:
    """One at a time, and nobody after it was closed: py-evm and SQLite are not made for threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._closed = False

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Hold the gate.

        Raises:
            LedgerUnavailableError: it was closed, or the file could not be read or written.
        """
        with self._lock:
            if self._closed:
                raise LedgerUnavailableError("the embedded chain is closed")
            try:
                yield
            except sqlite3.Error as error:
                raise LedgerUnavailableError(f"the chain's file failed: {error}") from error

    def close(self) -> None:
        """Let nobody in any more; waits for whoever is inside."""
        with self._lock:
            self._closed = True


class EmbeddedProvider(EthereumTesterProvider):
    """eth-tester behind a gate.

    Args:
        backend: the stored chain.
        gate: held during every request; the index is read behind the same gate.
    """

    def __init__(self, backend: EmbeddedBackend, gate: Gate) -> None:
        super().__init__(EthereumTester(backend))
        self._backend = backend
        self._gate = gate

    def make_request(self, method: RPCEndpoint, params: object) -> RPCResponse:
        """Answer one JSON-RPC request.

        Raises:
            LedgerUnavailableError: the chain was closed, or its file failed.
        """
        if method not in ALLOWED_METHODS:
            return _error(_UNKNOWN_METHOD, f"the embedded chain does not offer {method}")
        with self._gate.passed():
            if method == "eth_chainId":
                # eth-tester answers with a constant of its own here.
                return _result(hex(self._backend.chain.chain_id))
            return self._guarded(lambda: super(EmbeddedProvider, self).make_request(method, params))

    def _guarded(self, request: Callable[[], RPCResponse]) -> RPCResponse:
        try:
            return request()
        except RevertedError as error:
            return _error(_REVERTED, "execution reverted", "0x" + error.data.hex())
        except (TransactionFailed, TesterValidationError, ValidationError) as error:
            return _error(_REFUSED, str(error))
        finally:
            self._backend.discard_pending()


def _result(value: str) -> RPCResponse:
    return {"jsonrpc": "2.0", "id": 0, "result": value}


def _error(code: int, message: str, data: str | None = None) -> RPCResponse:
    details = {"code": code, "message": message} | ({} if data is None else {"data": data})
    return {"jsonrpc": "2.0", "id": 0, "error": details}  # type: ignore[typeddict-item] # web3 leaves the optional data untyped
