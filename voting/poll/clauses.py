"""The clauses of a poll's definition: options, times, registration, casting, contest, publication.

There are no defaults in the document: the defaults below are what an organiser is offered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from contracts.evidence.document import Document
from contracts.evidence.encoding import HASH_BYTES, Json, format_time
from voting.contest.naming import Title
from voting.contest.rules import ContestRules
from voting.crypto.threshold import CONTRACT_BYTES, LOWEST_MIN_BALLOTS
from voting.poll.errors import DefinitionError

DEFAULT_MAX_CASTS: Final = 10
DEFAULT_MIN_BALLOTS: Final = 20
MAX_MIN_BALLOTS: Final = 1 << 32
MAX_GRACE: Final = timedelta(days=7)
MAX_BUILDS: Final = 100
MAX_CLIENT_ID: Final = 300
DURING: Final = "during"
BEFORE: Final = "before"


@dataclass(frozen=True, slots=True)
class Option:
    """What can be chosen: an id and a name."""

    id: str
    title: Title

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {"id": self.id, "title": self.title.to_json()}

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``."""
        return cls(part.text("id"), Title.read(part.document("title")))


@dataclass(frozen=True, slots=True)
class Times:
    """When people vote.

    Args:
        opens: the first moment a ballot is taken.
        closes: the first moment none is taken any more.
        grace: how long after closing the final checkpoint may be anchored; whole seconds.
    """

    opens: datetime
    closes: datetime
    grace: timedelta

    @property
    def final(self) -> datetime:
        """The last moment at which a checkpoint can become the final one."""
        return self.closes + self.grace

    def to_json(self) -> dict[str, Json]:
        """All members; ``grace_seconds`` is a number."""
        return {
            "opens": format_time(self.opens),
            "closes": format_time(self.closes),
            "grace_seconds": int(self.grace.total_seconds()),
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``."""
        high = int(MAX_GRACE.total_seconds())
        grace = timedelta(seconds=part.integer("grace_seconds", 1, high))
        times = cls(part.time("opens"), part.time("closes"), grace)
        part.close()
        return times


@dataclass(frozen=True, slots=True)
class Registration:
    """Who may register, and when.

    Args:
        policy: id of the eligibility rules.
        policy_hash: 32 bytes that stand for them.
        pseudonym_claim: the ONE claim that tells persons apart.
        when: ``DURING`` voting, or closed ``BEFORE`` it opens.
        closes: when registrars' logs are closed.
        client_id: the audience that presentations are made for.
    """

    policy: str
    policy_hash: bytes
    pseudonym_claim: str
    when: str
    closes: datetime
    client_id: str

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "policy": self.policy,
            "policy_hash": self.policy_hash.hex(),
            "pseudonym_claim": self.pseudonym_claim,
            "when": self.when,
            "closes": format_time(self.closes),
            "client_id": self.client_id,
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``."""
        registration = cls(
            part.text("policy"),
            part.hash("policy_hash"),
            part.text("pseudonym_claim"),
            part.text("when"),
            part.time("closes"),
            part.text("client_id", MAX_CLIENT_ID),
        )
        part.close()
        return registration


@dataclass(frozen=True, slots=True)
class ContestPart:
    """The experts' half and how both halves become a result.

    Args:
        rules: blend, ties, awards, and ``min_sheets``.
        entries_hash: of the finalists, whose ids are those of the options.
        panel_hash: of the fixed list of experts.
        sheets_root: of the tree over the experts' commitments.
        deadline: until when experts open their sheets, after closing.
    """

    rules: ContestRules
    entries_hash: bytes
    panel_hash: bytes
    sheets_root: bytes
    deadline: datetime

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "rules": self.rules.to_json(),
            "entries_hash": self.entries_hash.hex(),
            "panel_hash": self.panel_hash.hex(),
            "sheets_root": self.sheets_root.hex(),
            "deadline": format_time(self.deadline),
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``."""
        contest = cls(
            ContestRules.from_json(part.take("rules")),
            part.hash("entries_hash"),
            part.hash("panel_hash"),
            part.hash("sheets_root"),
            part.time("deadline"),
        )
        part.close()
        return contest


class PublicationKind(StrEnum):
    """What publishes a poll; the set is closed, and any other kind is refused (Q-01)."""

    CHECKPOINT_LOG = "checkpoint-log"
    """The chain's contract for checkpoints of logs: it fixes them and their times, no more."""
    SIMULATION = "simulation"
    """Nothing: a synthetic poll whose times are invented; it names no chain and no contract."""


NO_CONTRACT: Final = bytes(CONTRACT_BYTES)
NO_CHAIN: Final = 0


@dataclass(frozen=True, slots=True)
class Publication:
    """Where the poll's evidence is signed and anchored.

    Args:
        kind: what publishes the poll; an auditor's check A-03 depends on it.
        origin: the name of the board's log.
        key: Ed25519 public key of its checkpoints, 32 bytes.
        chain_id: of the chain; ``NO_CHAIN`` for a simulation and for nothing else.
        contract: address of the contract of that kind, 20 bytes; ``NO_CONTRACT`` likewise.
        builds: name and hash (32 bytes) of each file that browsers run.

    Raises:
        DefinitionError: a simulation that names a chain, or another kind that names none.
    """

    kind: PublicationKind
    origin: str
    key: bytes
    chain_id: int
    contract: bytes
    builds: tuple[tuple[str, bytes], ...] = ()

    def __post_init__(self) -> None:
        named = (self.chain_id != NO_CHAIN, self.contract != NO_CONTRACT)
        if named != ((self.kind is not PublicationKind.SIMULATION,) * 2):
            raise DefinitionError("a simulation names no chain or contract; any other poll does")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "kind": self.kind.value,
            "origin": self.origin,
            "key": self.key.hex(),
            "chain_id": self.chain_id,
            "contract": self.contract.hex(),
            "builds": [{"name": name, "hash": digest.hex()} for name, digest in self.builds],
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``."""
        publication = cls(
            _read_kind(part.text("kind")),
            part.text("origin", 200),
            part.data("key", HASH_BYTES),
            part.integer("chain_id"),
            part.data("contract", CONTRACT_BYTES),
            tuple(part.items("builds", lambda b: (b.text("name"), b.hash("hash")), MAX_BUILDS)),
        )
        part.close()
        return publication


def _read_kind(text: str) -> PublicationKind:
    try:
        return PublicationKind(text)
    except ValueError as error:
        known = ", ".join(PublicationKind)
        raise DefinitionError(f"a poll is published by one of: {known}") from error


@dataclass(frozen=True, slots=True)
class Casting:
    """How one votes.

    Args:
        minimum: fewest choices.
        maximum: most choices.
        revote: whether a vote can be changed until closing.
        max_casts: highest sequence number; 1 without revoting.
        min_ballots: with fewer counted ballots nothing is decrypted.
        public_checks: whether opened ballots are published.
    """

    minimum: int
    maximum: int
    revote: bool = True
    max_casts: int = DEFAULT_MAX_CASTS
    min_ballots: int = DEFAULT_MIN_BALLOTS
    public_checks: bool = False

    def __post_init__(self) -> None:
        if self.revote != (self.max_casts > 1):
            raise DefinitionError("max_casts is 1 without revoting, and more with it")
        if not LOWEST_MIN_BALLOTS <= self.min_ballots <= MAX_MIN_BALLOTS:
            raise DefinitionError(f"min_ballots is at least {LOWEST_MIN_BALLOTS}")

    def to_json(self) -> dict[str, Json]:
        """All members."""
        return {
            "choose": {"min": self.minimum, "max": self.maximum},
            "revote": self.revote,
            "max_casts": self.max_casts,
            "min_ballots": self.min_ballots,
            "public_checks": self.public_checks,
        }

    @classmethod
    def read(cls, part: Document) -> Self:
        """The inverse of ``to_json``."""
        choose = part.document("choose")
        casting = cls(
            choose.integer("min"),
            choose.integer("max"),
            part.boolean("revote"),
            part.integer("max_casts"),
            part.integer("min_ballots"),
            part.boolean("public_checks"),
        )
        choose.close()
        part.close()
        return casting
