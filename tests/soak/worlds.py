"""Sound keys, logs, presentations and a small poll, the same in every run: what is then changed.

A poll draws from the system while it is made, so its record is kept, and
``python -m tests.soak.worlds`` makes another one.
"""

from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.evidence.note import LogKey
from contracts.evidence.snapshot import TrustSnapshot
from tests.simulators.issuer import Seeded, answer
from tests.simulators.world import PATHS, World
from verifier.credential.bundle import PresentationFile
from verifier.credential.file_digest import DocumentFile, file_claim
from verifier.credential.issuance import IssuedCredential
from voting.poll import record
from voting.poll.definition import PollDefinition, parse_definition
from voting.simulate.plan import Plan, seeded_choices
from voting.simulate.simulation import Means, simulate

VOTERS: Final = 3
FILE: Final = b"synthetic"
NOTE_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN: Final = "soak.test/log"
KNOWN_KEYS: Final = (LogKey(ORIGIN, NOTE_KEY.public_key().public_bytes_raw()),)
RECORD: Final = Path(__file__).parents[1] / "vectors" / "poll" / "soak"
KEPT: Final = (
    record.DEFINITION,
    record.TRUSTEE_CEREMONY,
    record.ENDORSEMENTS,
    record.BALLOTS,
    record.CHECKPOINTS,
    record.CHECKS,
    record.OPENED,
    record.ENTRIES,
    record.PANEL,
    record.MANIFEST,
    record.token_names(1)[0],
)


@lru_cache(maxsize=1)
def poll() -> tuple[PollDefinition, dict[str, bytes]]:
    """A synthetic poll of three voters: its definition, and files of its record."""
    files = {name: (RECORD / name).read_bytes() for name in KEPT}
    return parse_definition(files[record.DEFINITION]), files


@lru_cache(maxsize=1)
def presented() -> tuple[World, TrustSnapshot, PresentationFile]:
    """A world with one anchored credential, its snapshot, and the holder's presentation."""
    world, _, credential = _issued()
    text = answer(credential, world.holder, world.request(), PATHS, world.chain.now)
    presentation = PresentationFile({"work": (text,)}, world.issuer.evidence())
    return world, world.chain.snapshot(), presentation


@lru_cache(maxsize=1)
def issued_document() -> DocumentFile:
    """What stands for the file ``FILE``, anchored in the same world."""
    world, (credential, salt), _ = _issued()
    return DocumentFile(credential.text, salt, world.issuer.evidence())


@lru_cache(maxsize=1)
def _issued() -> tuple[World, tuple[IssuedCredential, bytes], IssuedCredential]:
    world = World()
    claim, salt = file_claim(FILE, Seeded(b"soak"))
    for_file = world.issuer.issue(claim, world.holder)
    return world, (for_file, salt), world.anchored()


def write_record() -> None:
    """Make another synthetic poll and keep what the seeds need of its record."""
    plan = Plan(VOTERS, 3, 1, public_checks=True)
    files = simulate(plan, seeded_choices(plan), Means(Seeded(b"soak"))).files
    for name in KEPT:
        (RECORD / name).parent.mkdir(parents=True, exist_ok=True)
        (RECORD / name).write_bytes(files[name])


if __name__ == "__main__":
    write_record()
