"""Anchors for ever and tells of every acknowledged checkpoint; made to be killed.

Usage: anchoring_child.py FOLDER ACKNOWLEDGED
"""

import hashlib
import os
import sys
from pathlib import Path

from contracts.chain.embedded import EmbeddedLedger

LOG = b"\x01" * 32
KEY = b"\x02" * 32


def checkpoint(sequence: int) -> tuple[int, bytes]:
    """Size and root under a sequence number: the same in every life of the child."""
    return 3 * sequence + 1, hashlib.sha256(sequence.to_bytes(8, "big")).digest()


def main(folder: Path, acknowledged: Path) -> None:
    with EmbeddedLedger(folder) as ledger, acknowledged.open("a") as file:
        ledger.open_log(LOG, KEY)
        log = ledger.snapshot().log(LOG)
        sequence = 0 if log is None else len(log.checkpoints)
        while True:
            point = ledger.anchor(LOG, sequence, *checkpoint(sequence))
            file.write(f"{point.sequence} {point.size} {point.root.hex()} {point.block}\n")
            file.flush()
            os.fsync(file.fileno())
            sequence += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
