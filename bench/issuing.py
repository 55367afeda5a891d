"""Issuing in thousands: one-time copies of one credential, against its floor.

``python -m bench.issuing``: medians of five interleaved runs, CPU time of one thread. The floor is
one ES256 signature by ``cryptography`` for each copy, deterministic as the product's are. A copy
has its own salts, decoys, holder's key, status index and place in the log. Making the holders' keys
is the wallet's work and is not counted.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.simulators.issuer import GENESIS, VCT, Seeded
from tests.simulators.world import CLAIMS
from verifier.credential.inclusion import LogPlace
from verifier.credential.issuance import Copy, CredentialOrder, issue_batch
from verifier.credential.keys import SigningKey
from verifier.credential.status import StatusReference

RUNS = 5
COPIES = 1000
HOLDERS = 100
ISSUER = "https://issuer.test/insurance"
SIGNING = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def copies() -> list[Copy]:
    """Distinct copies; a point is distinct by its bytes, so that few keys need to be made."""
    rng = Seeded(b"holders")
    points = [SigningKey.generate(rng).point for _ in range(HOLDERS)]
    return [
        Copy(
            (int.from_bytes(points[n % HOLDERS], "big") ^ n).to_bytes(64, "big"),
            StatusReference(f"{ISSUER}/status/1", n),
            LogPlace("issuer.test/insurance/log", n),
        )
        for n in range(COPIES)
    ]


def cpu_seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return (time.process_time() - start) / COPIES


def main() -> None:
    rng = Seeded(b"issuer")
    key = SigningKey.generate(rng)
    plain = ec.derive_private_key(key.secret, ec.SECP256R1())
    order = CredentialOrder(ISSUER, VCT, CLAIMS, GENESIS, GENESIS + timedelta(days=180), decoys=2)
    batch = copies()
    message = bytes(1000)
    acts: dict[str, Callable[[], object]] = {
        "floor": lambda: [plain.sign(message, SIGNING) for _ in batch],
        "issue": lambda: issue_batch(order, batch, key, rng),
    }
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(RUNS):
        for name, act in acts.items():
            taken[name].append(cpu_seconds(act))
    floor = statistics.median(taken["floor"])
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"{name:6} {1 / median:8.0f} per CPU second  {floor / median:5.2f} of the floor")


if __name__ == "__main__":
    main()
