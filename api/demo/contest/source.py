"""The data sets of the contest demonstration: what was published, and what is synthetic.

``facts.assumed`` lists the members of ``facts`` that a contest needs and that were not published
for that year; the note for people says so too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from importlib.resources import files
from typing import Final

from api.demo.errors import FolderError
from contracts.evidence.document import Document
from contracts.evidence.encoding import Json, parse_json
from contracts.evidence.errors import EncodingError
from verifier.eligibility.wording import Bilingual
from voting.contest.awards import CITY_TIERS, Tier
from voting.contest.blend import BlendRules, Weights
from voting.contest.entries import Entry, Round
from voting.contest.naming import Title
from voting.contest.rules import ContestRules

SOURCE_VERSION: Final = "dojang-contest-source-v1"
YEARS: Final = ("2020", "2023")
CHOICES: Final = "poll.choices"
WEIGHTS: Final = "poll.weights"
TOLD: Final = "2020"
"""The year whose poll can be held in any size; the others are scaled down."""


@dataclass(frozen=True, slots=True)
class ContestSource:
    """One contest's data set.

    Args:
        year: its id.
        title: what it is called.
        source: where the facts were published.
        note: what is synthetic, for people.
        rules: with rounds, weights and prizes as published, everything else by default.
        named: the published finalists, and the tier each got.
        submitted: how many cases took part.
        voters: how many people voted, each with ``choices`` votes.
        votes: votes by entry id, published and synthetic together, finalists that have a name.
        published_votes: ids among them whose votes were published.
        votes_of_others: synthetic votes of the finalists without a name.
        standing: synthetic standing with the experts, 0 to 100, of the named.
        judges: how many synthetic judges there are.
        conflict: judge id and agency of the one who has to abstain.
        seed: of everything drawn.
        opens: when the poll opens (synthetic).
        days: how long it lasts.
        announced: when the result is published.
        assumed: places of ``facts`` that are our assumptions, such as ``CHOICES``.
    """

    year: str
    title: Title
    source: str
    note: Bilingual
    rules: ContestRules
    named: tuple[tuple[Entry, str], ...]
    submitted: int
    voters: int
    choices: int
    votes: dict[str, int]
    published_votes: tuple[str, ...]
    votes_of_others: tuple[int, ...]
    standing: dict[str, int]
    judges: int
    conflict: tuple[str, str]
    seed: str
    opens: datetime
    days: int
    announced: datetime
    assumed: frozenset[str] = frozenset()

    @property
    def closes(self) -> datetime:
        """When the poll closes."""
        return self.opens + timedelta(days=self.days)


def source_bytes(year: str) -> bytes:
    """The data set of a year as it comes with the product."""
    return (files("api.demo") / "data" / f"seoul-{year}.json").read_bytes()


def read_source(data: bytes) -> ContestSource:
    """Parse a data set.

    Raises:
        FolderError: another version, unknown or missing members.
    """
    try:
        document = Document.of(parse_json(data), "contest source")
        document.version(SOURCE_VERSION)
        facts, synthetic = document.document("facts"), document.document("synthetic")
        source = _source(document, facts, synthetic)
        for part in (document, facts, synthetic):
            part.close()
    except EncodingError as error:
        raise FolderError(f"contest source: {error}") from error
    return source


def _source(document: Document, facts: Document, synthetic: Document) -> ContestSource:
    poll = facts.document("poll")
    published = _numbers(facts.document("votes"))
    facts.take("not_published")
    assumed = frozenset(str(place) for place in facts.values("assumed"))
    conflict = synthetic.document("conflict")
    return ContestSource(
        year=document.text("id"),
        title=Title.read(document.document("title")),
        source=facts.text("source"),
        note=_note(synthetic.document("note")),
        rules=_rules(facts, poll.document("weights")),
        named=tuple(facts.items("named", _named)),
        submitted=facts.integer("submitted"),
        voters=poll.integer("voters"),
        choices=poll.integer("choices"),
        votes=published | _numbers(synthetic.document("votes")),
        published_votes=tuple(published),
        votes_of_others=tuple(_integers(synthetic.values("votes_of_others"))),
        standing=_numbers(synthetic.document("standing")),
        judges=synthetic.integer("judges"),
        conflict=(conflict.text("judge"), conflict.text("agency")),
        seed=synthetic.text("seed"),
        opens=synthetic.time("poll_opens"),
        days=poll.integer("days"),
        announced=synthetic.time("announced"),
        assumed=assumed,
    )


def _rules(facts: Document, weights: Document) -> ContestRules:
    expert, votes = weights.integer("expert"), weights.integer("votes")
    titles = {tier.id: tier.title for tier in CITY_TIERS}
    tiers = facts.items(
        "tiers",
        lambda part: (part.text("id"), part.integer("places"), part.integer("amount")),
    )
    return ContestRules(
        rounds=tuple(facts.items("rounds", Round.read)),
        blend=BlendRules(
            weights=Weights(Fraction(expert, expert + votes), Fraction(votes, expert + votes))
        ),
        tiers=tuple(Tier(name, titles[name], places, amount) for name, places, amount in tiers),
    )


def _note(part: Document) -> Bilingual:
    return Bilingual(part.text("ko"), part.text("en"))


def _named(part: Document) -> tuple[Entry, str]:
    agency = part.take("agency")
    entry = Entry(
        id=part.text("id"),
        title=Title.read(part.document("title")),
        agency=agency if isinstance(agency, str) else None,
        synthetic=False,
    )
    return entry, part.text("tier")


def _numbers(part: Document) -> dict[str, int]:
    return {name: part.integer(name) for name in part.names()}


def _integers(values: list[Json]) -> list[int]:
    return [value for value in values if isinstance(value, int)]
