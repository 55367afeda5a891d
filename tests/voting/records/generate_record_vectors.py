"""Writes a whole small poll and changed records of it.

    python -m tests.voting.records.generate_record_vectors

Keys and ballots are random, so every run makes another poll. The record has no ordinates; a few
of the changed ones have, right or wrong. The changed records were made by
somebody with every key: hashes, tree nodes, checkpoints, sums, proofs, results and the manifest are
made anew wherever the change alone does not forbid it.
"""

import json
import shutil
from collections.abc import Callable

from contracts.evidence.snapshot_file import encode_snapshot
from tests.simulators.poll import Forger, simulated, snapshot
from tests.simulators.poll_forgeries import TAMPERING
from tests.voting.records.record_vectors import CASES, HONEST, SNAPSHOT, Patch, patch_between
from voting.audit.means import Trust
from voting.poll import record
from voting.simulate.simulation import Simulation

VOTERS = 25


def main() -> None:
    """Write the honest record, its snapshot, and the cases."""
    poll = simulated(VOTERS)
    shutil.rmtree(HONEST, ignore_errors=True)
    honest = _without_ordinates(poll)
    for name, data in honest.files.items():
        path = HONEST / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    SNAPSHOT.write_bytes(encode_snapshot(snapshot(poll)))
    cases = [
        _case("honest", poll, lambda _: None, []),
        _case("with_ordinates", poll, lambda forger: forger.change_ordinates(len), []),
        *(_case(tamper.__name__, poll, tamper, [check]) for tamper, check in TAMPERING),
    ]
    document = {
        "format": "dojang-poll-v1 vectors",
        "about": "changes of the files in record/; each is found by exactly the checks named",
        "origin": "synthetic, made for this project",
        "generator": "tests/voting/records/generate_record_vectors.py",
        "licence": "Apache-2.0",
        "conventions": "files: name to [first byte that changes, bytes taken out, bytes put in "
        "(hexadecimal)], or null for a file that is taken away; a file that record/ lacks starts "
        "empty. findings: numbers of the auditor's checks without a snapshot",
        "poll_id": poll.definition.poll_id().hex(),
        "cases": cases,
    }
    CASES.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _case(
    name: str, poll: Simulation, tamper: Callable[[Forger], None], findings: list[str]
) -> dict[str, object]:
    honest, forger = _without_ordinates(poll), _without_ordinates(poll)
    tamper(forger)
    found = sorted(forger.failing(Trust()))
    if found != findings:
        raise SystemExit(f"{name}: found by {found}")
    return {"name": name, "findings": findings, "files": _changes(honest.files, forger.files)}


def _without_ordinates(poll: Simulation) -> Forger:
    forger = Forger(poll)
    del forger.files[record.ORDINATES]
    forger.seal()
    return forger


def _changes(before: dict[str, bytes], after: dict[str, bytes]) -> dict[str, Patch | None]:
    changed: dict[str, Patch | None] = {}
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            changed[name] = None
        elif before.get(name) != after[name]:
            changed[name] = patch_between(before.get(name, b""), after[name])
    return changed


if __name__ == "__main__":
    main()
