"""A process that opens applications for ever and tells each number when it is acknowledged."""

import os
import secrets
import sys
import threading
from datetime import UTC, datetime

from api.ports.means import Means
from api.store.database import Database
from tests.api.applying import apply_for_good
from verifier.eligibility.catalogue import load_catalogue

THREADS = 6


def write(url: str) -> None:
    """Open and finish applications on several threads until somebody ends the process."""
    means = Means(
        Database(url, THREADS),
        load_catalogue(),
        lambda: datetime(2026, 11, 20, tzinfo=UTC),
        secrets.token_bytes,
    )

    def go_on() -> None:
        while True:
            opened = apply_for_good(means)
            os.write(1, opened.application.number.encode() + b"\n")

    threads = [threading.Thread(target=go_on) for _ in range(THREADS)]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    write(sys.argv[1])
