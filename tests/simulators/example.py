"""The worked example of ``verifier/SPEC.md``: one synthetic credential from issue to answer.

``python -m tests.simulators.example`` prints the files that stand in ``tests/vectors/credential``.
"""

import json
import sys
from datetime import timedelta

from contracts.evidence.snapshot_file import encode_snapshot
from tests.simulators.issuer import answer
from tests.simulators.world import PATHS, World
from verifier.credential.bundle import PresentationFile, encode_presentation
from verifier.credential.inclusion import credential_leaf
from verifier.credential.presentation import HeldCredential
from verifier.credential.request import encode_request


def files() -> dict[str, bytes]:
    """Name and content of each file; the same bytes in every run."""
    world = World()
    world.issuer.pad(2)
    credential = world.issue()
    world.issuer.pad(2)
    world.chain.wait(timedelta(minutes=1))
    world.issuer.anchor()
    request = world.request()
    text = answer(credential, world.holder, request, PATHS, world.chain.now)
    evidence = world.issuer.evidence()
    return {
        "snapshot.json": encode_snapshot(world.chain.snapshot()),
        "request.json": encode_request(request),
        "presentation.json": encode_presentation(PresentationFile({"work": (text,)}, evidence)),
        "credential.txt": credential.text.encode(),
    }


def explain() -> str:
    """What the parts of the example say."""
    held = HeldCredential.of(files()["credential.txt"].decode())
    lines = [
        json.dumps(dict(held.sd_jwt.jws.header)),
        json.dumps(held.sd_jwt.jws.payload, indent=1, ensure_ascii=False),
        credential_leaf(held.sd_jwt.issuer_jwt).hex(),
    ]
    lines += [f"{d.text} {d.digest} {d.name} {d.value}" for d in held.sd_jwt.disclosures]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(explain() + "\n")
