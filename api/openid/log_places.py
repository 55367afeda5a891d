"""Places in an agency's log, given out to copies at random before the log reaches them.

Copies of one batch that stood side by side would tell two agencies that pool what they were shown
whose they are. So places come from a block beyond the log's end, in a random order. A block grows
while it fills: half of its places at least are free at every draw. When the log is sealed its
blocks are appended whole, and what was not given out is padding, which nobody can tell from a leaf.

A block begins as large as the one before needed to be, so that in a steady flow everybody of the
same period draws from all of its places.
"""

from dataclasses import replace
from typing import Final

from api.ports.logs import BlockState, LogBlock, Logs
from contracts.evidence.encoding import HASH_BYTES
from contracts.evidence.tiled_tree import TiledTree
from verifier.credential.keys import Randomness
from verifier.credential.places import shuffle_places

SMALLEST_BLOCK: Final = 64
"""Places of a block of which little is known; a multiple of it is the log's size at every seal."""
LARGEST_BLOCK: Final = 1 << 17
"""Beyond it a block is closed and another one begun: a shuffle takes no longer than this one's."""
SLICE: Final = 1 << 14
"""Leaves that one transaction appends."""


def draw_log_places(
    logs: Logs, log: str, size: int, count: int, rng: Randomness
) -> tuple[int, ...]:
    """Give out random places beyond the log's end; the caller holds the log open.

    Args:
        logs: of the transaction, which must keep a leaf for every place.
        log: the log's name.
        size: leaves in the log now.
        count: how many places, at most ``SLICE``.
        rng: source of randomness.
    """
    block = _open_block(logs, log, size, count, rng)
    places = logs.ordered_places(block, count)
    taken, position = block.taken + count, block.position + count
    logs.keep_block(replace(block, taken=taken, position=position))
    return places


def close_blocks(logs: Logs, log: str) -> None:
    """Let nobody draw from what was drawn from so far: it is going to be appended."""
    for block in logs.blocks(log):
        if block.state is BlockState.OPEN and block.taken:
            logs.keep_block(replace(block, state=BlockState.CLOSED), ())


def append_slice(logs: Logs, log: str, anchored: int, rng: Randomness) -> int:
    """Append what comes next of the closed blocks; returns how many leaves, 0 if none is left.

    Leaves below the log's size are in it already: it was cut short, or brought up from what was
    published.

    Args:
        logs: of the transaction.
        log: the log's name.
        anchored: leaves that the newest signed state has.
        rng: source of randomness, for padding.
    """
    tree = logs.open(log)
    closed = [block for block in logs.blocks(log) if block.state is BlockState.CLOSED]
    end = max((block.end for block in closed), default=_padded(tree.size, anchored))
    goal = min(end, tree.size + SLICE)
    count = _append(logs, log, tree, goal, rng)
    logs.drop_waiting(log, tree.size)
    if count:
        logs.keep(log, tree)
    done = [block for block in logs.blocks(log) if block.end <= tree.size]
    for block in done[:-1]:
        logs.drop_block(block)
    if done and done[-1].state is not BlockState.APPENDED:
        logs.keep_block(replace(done[-1], state=BlockState.APPENDED), ())
    return count


def _append(logs: Logs, log: str, tree: TiledTree, goal: int, rng: Randomness) -> int:
    leaves, begun = logs.waiting(log, tree.size, goal), tree.size
    for index in range(begun, goal):
        tree.append(leaves[index] if index in leaves else rng(HASH_BYTES))
    return tree.size - begun


def _padded(size: int, anchored: int) -> int:
    """Where a log ends that grew without a block."""
    return _aligned(size) if size > anchored else size


def _open_block(logs: Logs, log: str, size: int, count: int, rng: Randomness) -> LogBlock:
    """The block to draw from, with as many free places again as are drawn."""
    known = logs.blocks(log)
    block = next((one for one in known if one.state is BlockState.OPEN), None)
    if block is not None and block.base < size:  # the log was brought up from what was published
        logs.keep_block(replace(block, state=BlockState.CLOSED), ())
        block = None
    if block is None:
        return _begin(logs, log, max([size, *(one.end for one in known)]), count, rng)
    needed = 2 * (block.taken + count)
    if needed <= block.size:
        return block
    if needed > LARGEST_BLOCK:
        logs.keep_block(replace(block, state=BlockState.CLOSED), ())
        return _begin(logs, log, block.end, count, rng)
    return _grow(logs, block, max(needed, 2 * block.size), rng)


def _begin(logs: Logs, log: str, base: int, count: int, rng: Randomness) -> LogBlock:
    before = [one for one in logs.blocks(log) if one.state is not BlockState.OPEN]
    hint = max(2 * before[-1].taken, before[-1].size // 2) if before else 0
    wanted = min(max(hint, SMALLEST_BLOCK), LARGEST_BLOCK)
    block = LogBlock(log, base, _aligned(base + max(wanted, 2 * count)) - base)
    logs.keep_block(block, shuffle_places(range(base, block.end), rng))
    return block


def _grow(logs: Logs, block: LogBlock, size: int, rng: Randomness) -> LogBlock:
    """A larger block, whose free places, old and new ones, are shuffled together."""
    grown = replace(block, size=_aligned(block.base + size) - block.base, position=0)
    free = logs.ordered_places(block, block.size - block.taken)
    logs.keep_block(grown, shuffle_places([*free, *range(block.end, grown.end)], rng))
    return grown


def _aligned(end: int) -> int:
    return -(-end // SMALLEST_BLOCK) * SMALLEST_BLOCK
