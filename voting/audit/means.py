"""What an audit is given besides the record: what to trust, and how to work."""

from dataclasses import dataclass, field

from contracts.evidence.snapshot import TrustSnapshot
from voting.audit.findings import Compared
from voting.crypto.randomness import Rng
from voting.workers import Progress, Workers, in_this_process, silent


@dataclass(frozen=True, slots=True)
class Trust:
    """Where the auditor has the poll from.

    Args:
        poll_id: as announced somewhere else, 32 bytes; None if not known.
        chain: a snapshot of the chain; None to leave out what stands there.
    """

    poll_id: bytes | None = None
    chain: TrustSnapshot | None = None

    @property
    def compared(self) -> Compared:
        """What a record is compared with."""
        return Compared(self.poll_id is not None, self.chain is not None)


@dataclass(frozen=True, slots=True)
class Means:
    """How the work is done.

    Args:
        rng: secure source of random bytes, picklable, for the weights of batch checks.
        workers: where ballots are checked.
        progress: told how many ballots of how many are done.
    """

    rng: Rng = field(repr=False)
    workers: Workers = in_this_process
    progress: Progress = silent
