"""What a poll is, frozen and anchored before it opens; its hash is the poll's id (SPEC section 14).

Every field is part of the id; the document has no defaults.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, canonical, parse_canonical
from contracts.evidence.note import LogKey, is_origin
from voting.contest.naming import Title, is_identifier, is_plain_text
from voting.crypto.identity_keys import is_sound_identity
from voting.crypto.poll_context import MAX_OPTIONS, PollContext, PollShape, make_context
from voting.crypto.transcript import PROTOCOL, transcript_hash
from voting.poll.clauses import (
    BEFORE,
    DURING,
    MAX_GRACE,
    Casting,
    ContestPart,
    Option,
    Publication,
    Registration,
    Times,
)
from voting.poll.errors import DefinitionError
from voting.poll.parties import Registrars, Trustees, registrar_origin

DEFINITION_VERSION: Final = f"{PROTOCOL}/definition"
MAX_DEFINITION_BYTES: Final = 1 << 18
LAST_YEAR: Final = 9000
"""Times are added to; the calendar of the language ends with 9999."""


@dataclass(frozen=True, slots=True)
class PollDefinition:
    """One poll; ``contest`` is None for a poll without experts."""

    title: Title
    options: tuple[Option, ...]
    casting: Casting
    times: Times
    registration: Registration
    trustees: Trustees
    registrars: Registrars
    publication: Publication
    contest: ContestPart | None = None

    def __post_init__(self) -> None:
        _check_options(self.options)
        _check_times(self)
        if len(self.trustees.keys) != len(self.options):
            raise DefinitionError("there is one key for each option")
        _check_names(self)
        _ = self.shape, self.trustees.ceremony(self.chain_id)
        _ = self.registrars.ceremony(self.chain_id)

    @property
    def chain_id(self) -> int:
        """Of the chain that the poll is anchored on."""
        return self.publication.chain_id

    @property
    def shape(self) -> PollShape:
        """The numbers that ballots depend on.

        Raises:
            PollShapeError: P-01.
        """
        casting = self.casting
        return PollShape(len(self.options), casting.minimum, casting.maximum, casting.max_casts)

    @property
    def board_key(self) -> LogKey:
        """The key of the board's checkpoints."""
        return LogKey(self.publication.origin, self.publication.key)

    @property
    def sheets_key(self) -> LogKey:
        """The key and name of the log that holds the opened sheets."""
        return LogKey(f"{self.publication.origin}/sheets", self.publication.key)

    @property
    def tally_key(self) -> LogKey:
        """The key and name of the log that holds the partial decryptions."""
        return LogKey(f"{self.publication.origin}/tally", self.publication.key)

    def log_keys(self) -> tuple[LogKey, ...]:
        """Every log of this poll: board, registrars, decryption, and sheets where there are any."""
        registrars = range(1, len(self.registrars.identities) + 1)
        sheets = () if self.contest is None else (self.sheets_key,)
        granted = (self.registrar_key(j) for j in registrars)
        return self.board_key, *granted, self.tally_key, *sheets

    def registrar_key(self, registrar: int) -> LogKey:
        """The key of a registrar's token log; ``registrar`` is 1-based."""
        origin = registrar_origin(self.publication.origin, registrar)
        return LogKey(origin, self.registrars.identities[registrar - 1])

    def to_json(self) -> dict[str, Json]:
        """The document; ``contest`` is null where there is none."""
        return {
            "version": DEFINITION_VERSION,
            "title": self.title.to_json(),
            "options": [option.to_json() for option in self.options],
            "casting": self.casting.to_json(),
            "times": self.times.to_json(),
            "registration": self.registration.to_json(),
            "trustees": self.trustees.to_json(),
            "registrars": self.registrars.to_json(),
            "publication": self.publication.to_json(),
            "contest": None if self.contest is None else self.contest.to_json(),
        }

    def to_bytes(self) -> bytes:
        """The canonical form that is hashed and published."""
        return canonical(self.to_json())

    def poll_id(self) -> bytes:
        """``tr("definition", canonical JSON)``, 32 bytes."""
        return transcript_hash("definition", self.to_bytes())

    def context(self) -> PollContext:
        """What every ballot's proof is bound to.

        Raises:
            GroupError: a key that is no valid point (G-01 to G-03).
            KeyClashError: keys that clash (P-02).
        """
        return make_context(self.poll_id(), self.shape, self.trustees.keys, self.registrars.key)


def draft_id(definition: PollDefinition) -> bytes:
    """``tr("draft", ..)`` of the document without ``contest.sheets_root``: what experts seal for.

    Raises:
        DefinitionError: a poll without experts.
    """
    if definition.contest is None:
        raise DefinitionError("a poll without experts has no sheets")
    contest = definition.contest.to_json()
    del contest["sheets_root"]
    return transcript_hash("draft", canonical(definition.to_json() | {"contest": contest}))


def parse_definition(data: bytes) -> PollDefinition:
    """Read a definition.

    Args:
        data: hostile bytes, at most ``MAX_DEFINITION_BYTES``.

    Raises:
        EncodingError: not canonical JSON of this version, unknown or missing members.
        VotingError: numbers, names, times or parties that are out of range (Q-01, P-01, K-01,
            K-02, and the contest's own errors).

    Not checked: that keys are valid points (``context`` does) and came out of a ceremony, and that
    the definition is anchored.
    """
    value = parse_canonical(data, max_bytes=MAX_DEFINITION_BYTES)
    part = Document.of(value, "definition")
    part.version(DEFINITION_VERSION)
    contest = part.take("contest")
    definition = PollDefinition(
        Title.read(part.document("title")),
        tuple(part.items("options", Option.read, MAX_OPTIONS)),
        Casting.read(part.document("casting")),
        Times.read(part.document("times")),
        Registration.read(part.document("registration")),
        Trustees.read(part.document("trustees")),
        Registrars.read(part.document("registrars")),
        Publication.read(part.document("publication")),
        None if contest is None else ContestPart.read(Document.of(contest, "contest")),
    )
    part.close()
    return definition


def _check_options(options: Sequence[Option]) -> None:
    ids = [option.id for option in options]
    if len(set(ids)) != len(ids) or not all(is_identifier(option) for option in ids):
        raise DefinitionError("options have different ids of a-z, 0-9, - and _")


def _check_names(definition: PollDefinition) -> None:
    registration, publication = definition.registration, definition.publication
    texts = (registration.policy, registration.pseudonym_claim, registration.client_id)
    names = [name for name, _ in publication.builds]
    if not all(is_plain_text(text) for text in (*texts, *names)):
        raise DefinitionError("a name is empty, too long, or holds what nobody sees")
    if not is_origin(publication.origin) or len(set(names)) != len(names):
        raise DefinitionError("the board's name or the list of builds cannot be used")
    if not is_sound_identity(publication.key):
        raise DefinitionError("the board's key is no canonical point of prime order")


def _check_times(definition: PollDefinition) -> None:
    times, registration = definition.times, definition.registration
    if not times.opens < times.closes or not timedelta(0) < times.grace <= MAX_GRACE:
        raise DefinitionError("a poll opens before it closes, and its grace is at most a week")
    if times.closes.year > LAST_YEAR:
        raise DefinitionError(f"a poll closes in the year {LAST_YEAR} at the latest")
    if registration.when not in {DURING, BEFORE}:
        raise DefinitionError(f"registration is {DURING} or {BEFORE} voting")
    if registration.when == DURING and registration.closes != times.closes:
        raise DefinitionError("registration during voting closes with the poll")
    if registration.when == BEFORE and registration.closes > times.opens:
        raise DefinitionError("registration before voting closes before the poll opens")
    if definition.contest is not None and definition.contest.deadline <= times.final:
        raise DefinitionError("experts open their sheets after the final checkpoint")
