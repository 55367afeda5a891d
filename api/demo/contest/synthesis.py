"""Synthetic entries, judges, sheets and ballots around the published facts, all from one seed."""

from collections.abc import Sequence
from typing import Final

from api.demo.contest.source import ContestSource
from api.demo.draw import Draw
from voting.contest.criteria import Criterion
from voting.contest.entries import Entry
from voting.contest.judging import ScoreSheet
from voting.contest.naming import Title
from voting.contest.panel import Judge
from voting.contest.rules import ContestRules

FINALISTS: Final = 9
SECOND_ROUND: Final = 18
SPREAD: Final = 2


def make_entries(source: ContestSource) -> tuple[Entry, ...]:
    """The named cases and, up to the number handed in, cases labelled as synthetic."""
    named = [entry for entry, _ in source.named]
    unnamed = [
        Entry(
            id=f"synthetic-{number:02d}",
            title=Title(
                f"[합성] 이름이 공개되지 않은 사례 {number:02d}",
                f"[synthetic] Unnamed case {number:02d}",
            ),
            agency=None,
            synthetic=True,
        )
        for number in range(len(named) + 1, source.submitted + 1)
    ]
    return (*named, *unnamed)


def make_panel(source: ContestSource) -> tuple[Judge, ...]:
    """The judges; one belongs to an agency of a finalist, so that an abstention is shown."""
    conflicted, agency = source.conflict
    return tuple(
        Judge(name, agency if name == conflicted else None)
        for name in (f"judge-{number}" for number in range(1, source.judges + 1))
    )


def make_sheets(
    source: ContestSource, occasion: str, entries: Sequence[Entry], panel: Sequence[Judge]
) -> list[ScoreSheet]:
    """One sheet a judge for these entries: each mark lies near the entry's standing."""
    standing = _standings(source)
    return [_sheet(source, occasion, judge, entries, standing) for judge in panel]


def make_ballots(source: ContestSource, finalists: Sequence[Entry]) -> list[tuple[str, ...]]:
    """One ballot a voter with different choices, whose sums are exactly the given votes.

    The votes are dealt out like cards: no entry has more votes than there are voters, so dealing
    them one entry after the other gives nobody the same entry twice.
    """
    draw = Draw(f"{source.seed}/ballots")
    others = iter(source.votes_of_others)
    cards = [
        entry.id
        for entry in finalists
        for _ in range(source.votes[entry.id] if entry.id in source.votes else next(others))
    ]
    hands = [cards[voter :: source.voters] for voter in range(source.voters)]
    draw.shuffle(hands)
    return [tuple(sorted(hand)) for hand in hands]


def _standings(source: ContestSource) -> dict[str, int]:
    """A standing for every entry: finalists above the second round, that above the rest."""
    draw = Draw(f"{source.seed}/standings")
    named = [entry.id for entry, _ in source.named]
    standings = dict(source.standing)
    for number in range(len(named) + 1, source.submitted + 1):
        place = number
        if place <= FINALISTS:
            standings[f"synthetic-{number:02d}"] = 87 - (place - len(named))
        elif place <= SECOND_ROUND:
            standings[f"synthetic-{number:02d}"] = draw.between(73, 76)
        else:
            standings[f"synthetic-{number:02d}"] = draw.between(45, 66)
    return standings


def _sheet(
    source: ContestSource,
    occasion: str,
    judge: Judge,
    entries: Sequence[Entry],
    standing: dict[str, int],
) -> ScoreSheet:
    draw = Draw(f"{source.seed}/{occasion}/{judge.id}")
    own = {e.id for e in entries if judge.agency is not None and e.agency == judge.agency}
    marks = {
        entry.id: {
            criterion.id: min(100, standing[entry.id] + draw.between(-SPREAD, SPREAD))
            for criterion in _criteria(source.rules)
        }
        for entry in entries
        if entry.id not in own
    }
    return ScoreSheet(judge.id, marks, frozenset(own))


def _criteria(rules: ContestRules) -> Sequence[Criterion]:
    return rules.judging.criteria
