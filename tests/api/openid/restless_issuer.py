"""A process that issues and seals for ever and tells each copy when it is acknowledged."""

import os
import sys
import threading
from pathlib import Path

from api.store.database import Database
from tests.api.databases import StillClock
from tests.simulators.openid_trial import AGENCY, SimulatedWallet, Trial


def issue(url: str, folder: str) -> None:
    """Issue on two threads and seal on a third until somebody ends the process."""
    trial = Trial.start(Database(url, threads=4), StillClock(), Path(folder))
    log = f"issuer-{AGENCY}"

    def go_on() -> None:
        while True:
            wallet = SimulatedWallet(trial)
            assert wallet.obtain(copies=3).status_code == 200
            os.write(1, b"".join(text.encode() + b"\n" for text, _ in wallet.held))

    def seal() -> None:
        while True:
            trial.openid.anchoring.anchor_now(log, trial.ground.clock())

    threads = [threading.Thread(target=act) for act in (go_on, go_on, seal)]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    issue(sys.argv[1], sys.argv[2])
