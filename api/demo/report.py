"""What a check of a folder found: everything that holds and everything that does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from api.demo.errors import DemoError, MismatchError
from contracts.evidence.encoding import Json
from contracts.evidence.errors import EvidenceError
from verifier.eligibility.errors import EligibilityError
from verifier.errors import VerifierError
from voting.errors import VotingError

FAILURES = (DemoError, EvidenceError, VerifierError, EligibilityError, VotingError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: which check, at which file, and why."""

    check: str
    place: str
    code: str
    reason: str

    def line(self) -> str:
        """The finding as one line."""
        return f"{self.check}: {self.place}: {self.reason} ({self.code})"


@dataclass(slots=True)
class Report:
    """A check in progress. Findings are collected; the first one never ends the check."""

    held: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @contextmanager
    def examine(self, check: str, place: str) -> Iterator[None]:
        """Run one check; the product's own errors become a finding, all others are defects."""
        try:
            yield
        except FAILURES as error:
            self.findings.append(Finding(check, place, error.code, str(error)))
        else:
            self.held.append(f"{check}: {place}")

    @property
    def ok(self) -> bool:
        """Whether at least one check was made and all of them hold."""
        return bool(self.held) and not self.findings

    def to_json(self) -> Json:
        """The report for machines."""
        return {
            "version": "dojang-demo-report-v1",
            "ok": self.ok,
            "held": list[Json](self.held),
            "findings": [
                {"check": f.check, "place": f.place, "code": f.code, "reason": f.reason}
                for f in self.findings
            ],
        }


def require(holds: bool, reason: str) -> None:  # noqa: FBT001 # reads like an assertion
    """Raise unless something holds.

    Raises:
        MismatchError: with the reason.
    """
    if not holds:
        raise MismatchError(reason)
