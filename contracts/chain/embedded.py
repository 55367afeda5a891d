"""The embedded chain: eth-tester and py-evm, kept in a folder, owned by one process.

    account.key      the account that owns the contracts; only its owner may read it
    logs.key         the account that anchors, where it is another one
    status.key       the account that publishes status lists, where it is another one
    chain.sqlite     blocks, state and the index of log entries
    deployment.json  which chain this is and where the contracts are
    lock             held while the chain is open

A chain that one operator runs proves nothing to outsiders until its checkpoints are published
elsewhere.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from eth.exceptions import PyEVMError
from rlp.exceptions import RLPException
from web3 import Web3

from contracts.bindings.status_registry import StatusRegistry
from contracts.chain.accounts import KEY_FILE, Accounts, create_role_keys
from contracts.chain.deployment import deploy
from contracts.chain.events import LogEntry, moment
from contracts.chain.evm import (
    CHAIN_ID,
    DEMONSTRATION,
    GENESIS_BALANCE,
    Clock,
    EmbeddedBackend,
    Guard,
    create_chain,
)
from contracts.chain.files import FolderLock
from contracts.chain.keys import create_key, load_signer
from contracts.chain.ledger import ChainLedger
from contracts.chain.owner_acts import FOLDER as OWNER_ACTS
from contracts.chain.provider import EmbeddedProvider, Gate
from contracts.chain.sender import Terms
from contracts.chain.store import ChainStore
from contracts.evidence.errors import LedgerIdentityError, LedgerUnavailableError
from contracts.evidence.snapshot import Block

CHAIN_FILE: Final = "chain.sqlite"
DEPLOYMENT_FILE: Final = "deployment.json"
_FOLDER_MODE: Final = 0o700
_GWEI: Final = 10**9
FLOAT: Final = GENESIS_BALANCE >> 8
"""Wei that the first account gives to one that has none."""
_TERMS: Final = Terms(max_fee=10 * _GWEI, gas=5_000_000)
"""Nobody competes for these blocks: the base fee starts at 1 gwei and can only fall."""


def system_clock() -> int:
    """Seconds since 1970."""
    return int(time.time())


class EmbeddedEvents:
    """The index of log entries as an event source."""

    def __init__(self, store: ChainStore, backend: EmbeddedBackend, gate: Gate) -> None:
        self._store = store
        self._backend = backend
        self._gate = gate

    def head(self) -> Block:
        """The newest block; it is final, because nothing here goes back."""
        with self._gate.passed():
            header = self._backend.head()
            return Block(header.block_number, bytes(header.hash), moment(header.timestamp))

    def entries(self, addresses: Sequence[bytes], head: Block) -> Iterator[LogEntry]:
        """All entries of these contracts up to ``head``, oldest first."""
        with self._gate.passed():
            return iter(self._store.entries(addresses, head.number))

    def find(self, address: bytes, topics: Sequence[bytes]) -> Sequence[LogEntry]:
        """Entries of one contract whose first topics are these, oldest first."""
        with self._gate.passed():
            return self._store.find(address, topics)


class EmbeddedLedger(ChainLedger):
    """The ledger port on an embedded chain; a context manager that closes it."""

    def __init__(
        self,
        folder: Path,
        clock: Clock = system_clock,
        guard: Guard | None = None,
        *,
        separate: bool = False,
        demonstration: bool | None = None,
    ) -> None:
        """Open the chain in a folder, making it when the folder holds none.

        Args:
            folder: made when absent.
            clock: seconds since 1970; a block gets its time, or its parent's if that is later.
            separate: whether a chain that is made gets an account for each role; one that is there
                goes on as it is (``python -m contracts separate`` changes that).
            guard: is asked before each block, with its parent's time, and refuses by raising
                ``LedgerClockError``; None where whoever opens the chain sets its clock.
            demonstration: whether it must be, or be made, a demonstration's; None opens any.

        Raises:
            LedgerUnavailableError: another process has it open, or its file cannot be read.
            LedgerIdentityError: the folder's files do not belong together.
        """
        self._gate = Gate()
        with _told(), ExitStack() as opened, self._gate.passed():
            folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            opened.callback(FolderLock(folder).release)
            making = _Making(clock, guard, separate, demonstration)
            self._open(folder, making, opened)
            # From here on what was opened stays so; an error above has closed it again.
            self._opened = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the chain and free the folder. Nothing acknowledged is lost without this."""
        self._gate.close()
        self._opened.close()

    def _open(self, folder: Path, making: "_Making", opened: ExitStack) -> None:
        _check_folder(folder)
        if not (folder / KEY_FILE).exists():
            create_key(folder / KEY_FILE)
        signer = load_signer(folder / KEY_FILE)
        store = opened.enter_context(closing(ChainStore(folder / CHAIN_FILE)))
        if store.number(CHAIN_ID) is None:
            if (folder / DEPLOYMENT_FILE).exists():
                raise LedgerIdentityError("the folder holds a deployment record but no chain")
            making.create(folder, store, signer.address)
        making.check_mark(store)
        backend = EmbeddedBackend(store, store.number(CHAIN_ID) or 0, making.clock, making.guard)
        web3 = Web3(EmbeddedProvider(backend, self._gate))
        accounts = Accounts.open(folder, web3, _TERMS)
        deployment = deploy(accounts.owner, folder / DEPLOYMENT_FILE)
        events = EmbeddedEvents(store, backend, self._gate)
        super().__init__(accounts, events, deployment, folder / OWNER_ACTS)
        _fund_roles(accounts)
        if making.separate and accounts.are_separate and self.is_owner(StatusRegistry.NAME):
            self.take_status_lists()  # the constructor gave them to the account that deploys


@dataclass(frozen=True, slots=True)
class _Making:
    """How a chain is made where the folder holds none, and what it must be where it does."""

    clock: Clock
    guard: Guard | None
    separate: bool
    demonstration: bool | None

    def create(self, folder: Path, store: ChainStore, owner: bytes) -> None:
        """Write the first block.

        Raises:
            LedgerClockError: the clock is in doubt.
        """
        if self.guard is not None:
            self.guard(0)
        roles = create_role_keys(folder) if self.separate else []
        accounts = [owner, *(role.address for role in roles)]
        create_chain(store, accounts, self.clock(), demonstration=bool(self.demonstration))

    def check_mark(self, store: ChainStore) -> None:
        """Whether the chain may be opened for this.

        Raises:
            LedgerIdentityError: it is a demonstration's and should not be, or the other way round.
        """
        is_one = bool(store.number(DEMONSTRATION))
        if self.demonstration is not None and is_one is not self.demonstration:
            raise LedgerIdentityError("a demonstration's chain serves demonstrations alone")


def _fund_roles(accounts: Accounts) -> None:
    """Key files may be younger than the chain: its money is worth nothing, but acts need it."""
    for role in (accounts.logs, accounts.status):
        if not accounts.owner.balance(role.account):
            accounts.owner.pay(role.account, FLOAT)


@contextmanager
def _told() -> Iterator[None]:
    """Tell what keeps a chain from being opened in the port's own errors."""
    try:
        yield
    except OSError as error:
        raise LedgerUnavailableError(
            f"the chain's folder cannot be used: {error.strerror}"
        ) from error
    except (PyEVMError, RLPException) as error:
        raise LedgerIdentityError("the chain's file is damaged") from error


def _check_folder(folder: Path) -> None:
    """A chain without its key, or the other way round, is not quietly made anew."""
    key, chain = (folder / KEY_FILE).exists(), (folder / CHAIN_FILE).exists()
    record = (folder / DEPLOYMENT_FILE).exists()
    if (chain and not key) or (record and not (key and chain)):
        raise LedgerIdentityError("the folder holds parts of a chain: key, chain or record is gone")
