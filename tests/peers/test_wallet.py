"""An independent wallet, made of public libraries, against the product's own commands.

``dojang serve`` runs on ports of the system's choice; offers and requests come from
``dojang demo offer`` and ``dojang demo request``.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
WALLET: Final = ROOT / "tests" / "peers" / "wallet" / "wallet.mjs"
WAIT: Final = 90
ALLOWANCE: Final = (
    "resident-registration",
    "school-record",
    "employment-insurance",
    "health-premium",
    "benefit",
    "programme-record",
)


def dojang(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "api.cli", *arguments]


def spoken(output: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(output.splitlines()[-1])
    return value


@dataclass(frozen=True)
class Running:
    """A service on this machine and a wallet's file."""

    server: str
    file: Path

    def offer(self, kind: str, service: str) -> dict[str, Any]:
        command = dojang(
            "demo", "offer", "--type", kind, "--service", service, "--server", self.server
        )
        return spoken(run(command))

    def obtain(self, kind: str, service: str, copies: int) -> dict[str, Any]:
        offered = self.offer(kind, service)
        return self.wallet(
            "obtain", offered["offer"], "--tx", offered["tx_code"], "--copies", str(copies)
        )

    def wallet(self, *arguments: str) -> dict[str, Any]:
        return spoken(run(["node", str(WALLET), *arguments, "--wallet", str(self.file)]))

    def show(self, service: str, *options: str, deny: bool = False) -> tuple[Any, Any]:
        """Ask, let the wallet answer, and wait for the result as the command does."""
        command = dojang("demo", "request", "--service", service, "--server", self.server, *options)
        with subprocess.Popen(
            [*command, "--wait"], stdout=subprocess.PIPE, cwd=ROOT, text=True
        ) as asking:
            assert asking.stdout is not None
            request = json.loads(asking.stdout.readline())["request"]
            said = self.wallet("present", request, *(["--deny"] if deny else []))
            result = json.loads(asking.stdout.readline())
            assert asking.wait(WAIT) == 0
        return said, result


def run(command: list[str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=WAIT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("wallet")
    environment = {
        **os.environ,
        "PORT": "0",
        "DOJANG_TRIAL": "1",
        "DOJANG_CHAIN": str(folder / "chain"),
    }
    environment.pop("DATABASE_URL", None)
    with subprocess.Popen(
        dojang("serve"), cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as service:
        assert service.stderr is not None
        address = service.stderr.readline().split()[-1]
        wait_for(int(address.rpartition(":")[2]))
        yield Running(address, folder / "wallet.json")
        service.terminate()
        service.communicate(timeout=WAIT)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        connection = HTTPConnection("localhost", port, timeout=5)
        try:
            connection.request("GET", "/livez")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    pytest.fail("the service did not start")


def test_a_batch_is_obtained_and_shown_in_every_way(running: Running) -> None:
    got = running.obtain("delivery-entitlement", "document-delivery", 5)
    assert got["copies"] == 5
    ways = (
        ("direct_post", "reference", "x509_hash"),
        ("direct_post.jwt", "reference", "x509_hash"),
        ("direct_post.jwt", "value", "x509_hash"),
        ("direct_post", "plain", "redirect_uri"),
        ("direct_post.jwt", "plain", "redirect_uri"),
    )
    for mode, form, prefix in ways:
        said, result = running.show("document-delivery", "--mode", mode, "--form", form)
        assert (said["status"], said["asked"]["prefix"]) == (200, prefix)
        assert (result["status"], result["outcome"]) == ("checked", "eligible")


def test_credentials_of_six_kinds_are_one_persons(running: Running) -> None:
    for kind in ALLOWANCE:
        running.obtain(kind, "youth-allowance", 1)
    _, result = running.show("youth-allowance")
    assert result["outcome"] == "eligible"
    assert len({one["issuer"] for one in result["credentials"]}) == 5


def test_the_wallet_says_that_the_citizen_refused(running: Running) -> None:
    said, result = running.show("document-delivery", deny=True)
    assert said["status"] == 200
    assert (result["status"], result["error"]) == ("refused", "access_denied")


def test_a_wrong_transaction_code_gives_the_wallet_nothing(running: Running) -> None:
    offered = running.offer("delivery-entitlement", "document-delivery")
    wrong = "000000" if offered["tx_code"] != "000000" else "000001"
    command = ["node", str(WALLET), "obtain", offered["offer"], "--tx", wrong]
    done = subprocess.run(
        [*command, "--wallet", str(running.file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "invalid_grant" in done.stderr


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("offer", "--type", "passport"), "unknown_credential_configuration"),
        (("offer", "--type", "benefit", "--person", "synthetic-4"), "issuer.person_unknown"),
        (("offer", "--type", "benefit", "--service", "passport"), "service.unknown"),
        (("request", "--service", "passport"), "no such service or round"),
        (("request", "--service", "youth-allowance", "--round", "1999"), "service or round"),
    ],
)
def test_what_the_service_does_not_have_is_said_plainly(
    running: Running, command: tuple[str, ...], told: str
) -> None:
    words = dojang("demo", *command, "--server", running.server)
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert "DOJANG_TRIAL" not in done.stderr


def test_an_unreachable_service_is_said_in_one_line() -> None:
    command = dojang("demo", "offer", "--type", "benefit", "--server", "http://localhost:1")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "localhost:1 cannot be reached" in done.stderr
