"""A development node (anvil) as a subprocess, with an account that owns test money."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from contracts.chain.keys import create_key, load_signer

ROOT = Path(__file__).parents[2]
LISTENING = re.compile(r"Listening on (127\.0\.0\.1:\d+)")
TEST_BALANCE = 10**24
FIRST_OUTPUT = 1 << 16


def anvil_binary() -> Path:
    """The program itself: npm's launcher would outlive a kill."""
    found = sorted((ROOT / "node_modules" / "@foundry-rs").glob("anvil-*/bin/anvil"))
    assert found, "anvil is missing: run 'npm ci' in the root of the checkout"
    return found[0]


class Anvil:
    """A running node."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.web3 = Web3(HTTPProvider(url, exception_retry_configuration=None))

    def rpc(self, method: str, *parameters: object) -> object:
        answer = self.web3.provider.make_request(RPCEndpoint(method), list(parameters))
        assert "error" not in answer, answer
        return answer.get("result")

    def fund(self, folder: Path) -> None:
        """Put the key of a new, rich account into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        create_key(folder / "account.key")
        address = load_signer(folder / "account.key").address
        self.rpc("anvil_setBalance", "0x" + address.hex(), hex(TEST_BALANCE))

    def set_next_time(self, time: int) -> None:
        self.rpc("evm_setNextBlockTimestamp", hex(time))


@contextmanager
def running_anvil(start: int) -> Iterator[Anvil]:
    """A node whose genesis has the time ``start``; it mines a block for every transaction."""
    command = [str(anvil_binary()), "--port", "0", "--hardfork", "prague", "--accounts", "1"]
    # It tells of every request: a pipe that nobody reads would stop it before long.
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [*command, "--timestamp", str(start)], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield Anvil(f"http://{_listening_address(process, output)}")
        finally:
            process.kill()
            process.wait()


def _listening_address(process: "subprocess.Popen[bytes]", output: IO[str]) -> str:
    while process.poll() is None:
        # Where the child writes is not moved by reading at a place of our own.
        found = LISTENING.search(os.pread(output.fileno(), FIRST_OUTPUT, 0).decode())
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError("anvil ended before it listened")
