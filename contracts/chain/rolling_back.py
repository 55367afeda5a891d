"""Take the newest blocks of an embedded chain away, where a wrong clock dated them.

Nothing else may be mended this way: what was on chain and is gone was perhaps shown to somebody. A
copy of the file with all blocks stays beside it. The acts of the blocks that are gone are sent
again by the service, which compares its database with the chain at start.
"""

import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import rlp
from eth.abc import BlockHeaderAPI
from eth.db.schema import SchemaV1
from eth.rlp.sedes import chain_gaps
from eth_typing import BlockNumber

from contracts.chain.artifact import CONTRACT_NAMES
from contracts.chain.deployment import decode_deployment
from contracts.chain.embedded import CHAIN_FILE, DEPLOYMENT_FILE
from contracts.chain.events import moment
from contracts.chain.evm import CHAIN_ID, INDEXED_BLOCK, EmbeddedChain, chain_class
from contracts.chain.files import FolderLock
from contracts.chain.store import ChainStore
from contracts.evidence.errors import LedgerIdentityError
from contracts.evidence.snapshot import Block

_SUFFIX: Final = ".before-rolling-back-"


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The newest block before and after, and the copy that holds everything."""

    before: Block
    after: Block
    copy: Path


def newest_before(folder: Path, time: int) -> int:
    """Number of the newest block that is not later than a time.

    Raises:
        LedgerUnavailableError: another process has the chain open.
        LedgerIdentityError: the folder holds no chain.
    """
    with ExitStack() as opened:
        chain, _ = _open(folder, opened)
        low, high = 0, int(chain.get_canonical_head().block_number)
        while low < high:
            middle = (low + high + 1) // 2
            header = chain.get_canonical_block_header_by_number(BlockNumber(middle))
            low, high = (middle, high) if header.timestamp <= time else (low, middle - 1)
        return low


def roll_back(folder: Path, number: int) -> RolledBack:
    """Make a block the newest one; all at once, or not at all.

    Args:
        folder: the chain's, which nobody has open.
        number: of the block that shall be the newest.

    Raises:
        LedgerUnavailableError: another process has the chain open.
        LedgerIdentityError: no such block, or one in which the contracts do not stand yet.
        OSError: the copy cannot be written; nothing was changed.
    """
    with ExitStack() as opened:
        chain, store = _open(folder, opened)
        record = decode_deployment((folder / DEPLOYMENT_FILE).read_bytes())
        head = chain.get_canonical_head()
        if not record.block + len(CONTRACT_NAMES) <= number < head.block_number:
            raise LedgerIdentityError("there is no such block, or the contracts are not in it yet")
        copy = folder / f"{CHAIN_FILE}{_SUFFIX}{head.block_number}"
        store.copy_to(copy)
        goal = chain.get_canonical_block_header_by_number(BlockNumber(number))
        _forget_after(chain, store, goal, head.block_number)
        store.roll_back({INDEXED_BLOCK: number}, number)
        return RolledBack(_block(head), _block(goal), copy)


def _open(folder: Path, opened: ExitStack) -> tuple[EmbeddedChain, ChainStore]:
    if not ((folder / CHAIN_FILE).is_file() and (folder / DEPLOYMENT_FILE).is_file()):
        raise LedgerIdentityError("the folder holds no chain")
    opened.callback(FolderLock(folder).release)
    try:
        store = opened.enter_context(closing(ChainStore(folder / CHAIN_FILE)))
        chain_id = store.number(CHAIN_ID)
    except sqlite3.Error as error:
        raise LedgerIdentityError("the chain's file is damaged") from error
    if chain_id is None:
        raise LedgerIdentityError("the folder holds no chain")
    return chain_class(chain_id)(store), store


def _forget_after(
    chain: EmbeddedChain, store: ChainStore, goal: BlockHeaderAPI, newest: int
) -> None:
    """Unname later blocks and their transactions; what py-evm keeps by hash is found by nobody."""
    for number in range(goal.block_number + 1, newest + 1):
        block = chain.get_canonical_block_by_number(BlockNumber(number))
        for transaction in block.transactions:
            del store[SchemaV1.make_transaction_hash_to_block_lookup_key(transaction.hash)]
        del store[SchemaV1.make_block_number_to_hash_lookup_key(BlockNumber(number))]
    store[SchemaV1.make_canonical_head_hash_lookup_key()] = goal.hash
    whole = rlp.encode(((), goal.block_number + 1), sedes=chain_gaps)
    for key in (
        SchemaV1.make_header_chain_gaps_lookup_key(),
        SchemaV1.make_chain_gaps_lookup_key(),
    ):
        store[key] = whole


def _block(header: BlockHeaderAPI) -> Block:
    return Block(header.block_number, bytes(header.hash), moment(header.timestamp))
