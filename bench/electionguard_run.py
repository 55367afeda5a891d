"""Runs under another interpreter, which has PyPI's ``electionguard``; prints one line of JSON.

Arguments: ballots, options, choices. Nothing of ours is imported.
"""

import json
import logging
import sys
import time
from datetime import datetime, timezone
from importlib.metadata import version

from electionguard import manifest as m
from electionguard.ballot import PlaintextBallot, PlaintextBallotContest, PlaintextBallotSelection
from electionguard.election import make_ciphertext_election_context
from electionguard.elgamal import elgamal_keypair_random
from electionguard.encrypt import encrypt_ballot
from electionguard.group import int_to_q, rand_q
from electionguard.serialize import to_raw


def election(options: int, choices: int) -> m.Manifest:
    """One contest."""
    selections = [m.SelectionDescription(f"s{i}", i, f"c{i}") for i in range(options)]
    contest = m.ContestDescription(
        "contest", 0, "unit", m.VoteVariationType.n_of_m, choices, choices, "synthetic", selections
    )
    now = datetime.now(timezone.utc)  # noqa: UP017 # the package needs a Python before 3.11
    return m.Manifest(
        "synthetic",
        m.SpecVersion.EG1_0,
        m.ElectionType.other,
        now,
        now,
        [m.GeopoliticalUnit("unit", "unit", m.ReportingUnitType.other)],
        [],
        [m.Candidate(f"c{i}") for i in range(options)],
        [contest],
        [m.BallotStyle("style", ["unit"])],
    )


def main() -> None:
    """Make and verify."""
    logging.disable(logging.CRITICAL)
    count, options, choices = map(int, sys.argv[1:4])
    internal = m.InternalManifest(election(options, choices))
    pair = elgamal_keypair_random()
    context = make_ciphertext_election_context(
        1, 1, pair.public_key, int_to_q(2), internal.manifest_hash
    )
    plain = [
        PlaintextBallot(
            f"b{n}",
            "style",
            [
                PlaintextBallotContest(
                    "contest",
                    [PlaintextBallotSelection(f"s{i}", 1) for i in range(choices)],
                )
            ],
        )
        for n in range(count)
    ]
    started = time.process_time()
    seed = rand_q()
    made = [encrypt_ballot(ballot, internal, context, seed) for ballot in plain]
    making = time.process_time() - started
    started = time.process_time()
    base = context.crypto_extended_base_hash
    if not all(
        one.is_valid_encryption(internal.manifest_hash, pair.public_key, base) for one in made
    ):
        sys.exit("a ballot that was just made does not verify")
    verifying = time.process_time() - started
    result = {
        "version": version("electionguard"),
        "make_ms": 1000 * making / count,
        "verify_ms": 1000 * verifying / count,
        "bytes": len(to_raw(made[0])),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
