"""What the trails say: the published facts, every outcome, and figures that lead to files."""

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from api.demo.checking import check_folder
from api.demo.contest.polling import scaled
from api.demo.contest.source import read_source, source_bytes
from api.demo.contest.synthesis import make_ballots, make_entries, make_panel, make_sheets
from api.demo.folder import SNAPSHOT, Folder
from api.demo.trail import Sentence, Sources, resolve
from voting.contest.poll_counts import PollCounts
from voting.contest.result import decide
from voting.contest.rounds import advance

pytestmark = pytest.mark.usefixtures("audited_once")


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def chosen(result: Any) -> Any:
    """The outcome under the method of the rules."""
    (found,) = [one for one in result["outcomes"] if one["method"] == result["method"]]
    return found


@pytest.fixture(params=["allowance", "contest"])
def demo(request: pytest.FixtureRequest) -> Path:
    made: Path = request.getfixturevalue(request.param)
    return made


def test_demo_holds_against_its_snapshot(demo: Path) -> None:
    report = check_folder(demo, (demo / SNAPSHOT).read_bytes())
    assert report.findings == []
    assert report.ok
    assert len(report.held) > 80


def test_demo_is_refused_under_another_chains_snapshot(allowance: Path, contest: Path) -> None:
    assert not check_folder(allowance, (contest / SNAPSHOT).read_bytes()).ok


def test_every_figure_of_a_trail_stands_in_the_file_it_names(demo: Path) -> None:
    trail = load(demo / "trail.json")
    figures = [
        figure
        for step in trail["steps"]
        for sentence in [step["title"], *step["sentences"]]
        for figure in sentence["figures"]
    ]
    assert len(figures) > 50
    for figure in figures:
        assert resolve(load(demo / figure["source"]), figure["pointer"]) == figure["value"]


def test_no_digit_of_a_trail_comes_from_a_template(demo: Path) -> None:
    trail = load(demo / "trail.json")
    for step in trail["steps"]:
        for sentence in [step["title"], *step["sentences"]]:
            for language in ("ko", "en"):
                rest = sentence[language]
                for figure in sorted(sentence["figures"], key=lambda f: -len(str(f["value"]))):
                    shown = figure["value"]
                    rest = rest.replace(f"{shown:,}" if isinstance(shown, int) else shown, "")
                assert not re.search(r"\d", rest), sentence


def test_trail_texts_are_complete_in_both_languages(demo: Path) -> None:
    korean = (demo / "trail.ko.txt").read_text(encoding="utf-8")
    english = (demo / "trail.en.txt").read_text(encoding="utf-8")
    assert korean.count("\n1") == english.count("\n1")
    assert len(re.findall(r"[가-힣]", korean)) > 300
    steps = re.compile(r"(?m)^(\d+)\. ")
    assert steps.findall(korean) == steps.findall(english)


def test_contest_of_2020_tells_the_published_facts(contest: Path) -> None:
    text = (contest / "trail.en.txt").read_text(encoding="utf-8")
    assert "72 cases" in text
    assert "72 -> 18" in text
    assert "18 -> 9" in text
    assert "4,876 people" in text
    assert "14,628 votes" in text
    assert "2,508 votes, 17.15 %" in text
    assert "9,000,000 won" in text
    result = load(contest / "2020" / "result.json")
    awards = {a["entry"]: a["tier"] for a in chosen(result)["prizes"]["awards"]}
    assert awards["public-funeral"] == "grand"
    assert [awards[n] for n in ("bulky-waste", "youth-allowance", "visitor-register")] == [
        "excellence"
    ] * 3


def test_contest_of_2020_labels_every_unnamed_case_as_synthetic(contest: Path) -> None:
    entries = load(contest / "2020" / "entries.json")["entries"]
    assert len(entries) == 72
    unnamed = [entry for entry in entries if entry["synthetic"]]
    assert len(unnamed) == 68
    assert all("[합성]" in e["title"]["ko"] and "[synthetic]" in e["title"]["en"] for e in unnamed)


def test_contest_of_2023_names_all_nine_finalists_with_their_tiers(contest: Path) -> None:
    source = load(contest / "2023" / "source.json")["facts"]["named"]
    awards = chosen(load(contest / "2023" / "result.json"))["prizes"]["awards"]
    assert len(source) == 9
    assert {a["entry"]: a["tier"] for a in awards} == {f["id"]: f["tier"] for f in source}
    assert load(contest / "2023" / "poll.json")["published"]["voters"] == 6469


@pytest.mark.parametrize("year", ["2020", "2023"])
def test_votes_are_those_of_the_audited_tally(contest: Path, year: str) -> None:
    counts = load(contest / year / "poll" / "tally" / "counts.json")
    result = load(contest / year / "result.json")["poll"]
    assert (result["voters"], result["votes"]) == (counts["voters"], counts["votes"])
    assert (counts["voters"], sum(counts["votes"].values())) == (20, 60)


def test_scaled_down_poll_is_labelled_beside_the_facts(contest: Path) -> None:
    for name, label in (("trail.en.txt", "scaled down to 20"), ("trail.ko.txt", "20명으로 줄인")):
        text = " ".join((contest / name).read_text(encoding="utf-8").split())
        assert text.count(label) == 2
    assert load(contest / "2020" / "poll.json")["scaled_down"] is True
    title = load(contest / "2020" / "poll" / "definition.json")["title"]
    assert title["ko"].startswith("[시험]")
    assert title["en"].startswith("[test]")


def test_votes_are_shared_out_by_largest_remainders() -> None:
    source = read_source(source_bytes("2020"))
    assert scaled(source, source.voters) is source
    small = scaled(source, 20)
    shared = [*small.votes.values(), *small.votes_of_others]
    assert shared == [10, 8, 8, 7, 6, 6, 5, 5, 5]
    for voters in (20, 21, 97, 200, 4875):
        small = scaled(source, voters)
        votes = [*small.votes.values(), *small.votes_of_others]
        assert sum(votes) == 3 * voters
        exact = [3 * voters * count / 14628 for count in (2508, 1893, 1846, 1790, 1478)]
        assert all(abs(a - b) < 1 for a, b in zip(votes, exact, strict=False))
        assert max(votes) <= voters


def test_whole_poll_has_exactly_the_published_votes() -> None:
    source = read_source(source_bytes("2020"))
    finalists = tuple(make_entries(source)[:9])
    ballots = make_ballots(source, finalists)
    assert len(ballots) == 4876
    assert all(len(set(ballot)) == 3 for ballot in ballots)
    assert sum("public-funeral" in ballot for ballot in ballots) == 2508


OUTCOMES = {
    "01": ("eligible", ""),
    "02": ("not_eligible", ""),
    "03a": ("not_eligible", ""),
    "03b": ("eligible", ""),
    "04": ("refused", "status.suspended"),
    "05": ("refused", "status.revoked"),
    "06": ("refused", "issuer.not_accredited"),
    "07": ("refused", "claims.expired"),
    "08": ("refused", "request.replayed"),
    "09": ("cannot_verify", "not_one_person"),
    "10": ("cannot_verify", "status.undetermined"),
}


@pytest.mark.parametrize("application", OUTCOMES)
def test_allowance_application_comes_out_as_it_must(allowance: Path, application: str) -> None:
    outcome = load(allowance / "applications" / application / "outcome.json")
    assert (outcome["outcome"], outcome["code"]) == OUTCOMES[application]


def test_only_one_rule_separates_the_boundary_of_2020_and_2023(allowance: Path) -> None:
    def failed(application: str) -> list[str]:
        outcome = load(allowance / "applications" / application / "outcome.json")
        return [
            finding["predicate"]
            for finding in outcome["proposal"]["findings"]
            if finding["result"] != "pass"
        ]

    assert failed("03a") == ["income_below"]
    assert failed("03b") == []
    assert failed("02") == ["age_between"]


def test_presentations_hold_no_claim_that_was_not_asked_for(allowance: Path) -> None:
    from verifier.credential.sdjwt import parse_sd_jwt

    asked = load(allowance / "applications" / "01" / "request.json")["credentials"]
    answers = load(allowance / "applications" / "01" / "presentation.json")["answers"]
    for query in asked:
        shown = {d.name for d in parse_sd_jwt(answers[query["id"]][0]).disclosures}
        assert shown == {path[0] for path in query["claims"]}


def test_agency_files_hold_no_birth_date_and_no_amount(allowance: Path) -> None:
    secret = {"1994-06-15", "2300000", "1988-03-14", "3846357", "2019-02-20"}
    for path in (allowance / "applications").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not [value for value in secret if value in text], path


def test_undetermined_is_told_apart_from_wrong(allowance: Path) -> None:
    text = (allowance / "trail.en.txt").read_text(encoding="utf-8")
    undetermined = text.split("Application 10")[1].split("What the agency")[0]
    revoked = text.split("Application 05")[1].split("Application 06")[0]
    assert "cannot be checked at the moment" in " ".join(undetermined.split())
    assert "cannot be checked" not in " ".join(revoked.split())


def test_a_figure_can_only_be_taken_from_where_one_stands(contest: Path) -> None:
    from api.demo.errors import FolderError

    sources = Sources(Folder(contest))
    assert sources.at("2020/poll.json", "/published/voters").value == 4876
    for pointer in ("/poll", "/none", "/outcomes/99", "/outcomes/x"):
        with pytest.raises(FolderError):
            sources.at("2020/result.json", pointer)


def test_a_sentence_without_its_figure_cannot_be_told() -> None:
    with pytest.raises(KeyError):
        Sentence("{missing}", "{missing}").text("ko")


def test_trail_lines_are_no_wider_than_a_terminal(demo: Path) -> None:
    from unicodedata import east_asian_width

    for name in ("trail.ko.txt", "trail.en.txt"):
        for line in (demo / name).read_text(encoding="utf-8").splitlines():
            if " " in line.strip() and line.startswith("  "):
                assert sum(2 if east_asian_width(c) in "WF" else 1 for c in line) <= 92


@pytest.mark.parametrize("year", ["2020", "2023"])
def test_influence_is_told_for_every_method_and_warned_of(contest: Path, year: str) -> None:
    """Our own fifty-fifty was nineteen to eighty-one under the method that was the default."""
    result = load(contest / year / "result.json")
    assert result["method"] == "z_score"
    english = " ".join((contest / "trail.en.txt").read_text(encoding="utf-8").split())
    for outcome in result["outcomes"]:
        shares = outcome["effective_weights"]
        expert, votes = shares["expert"]["shown"], shares["votes"]["shown"]
        assert f"experts {expert}, votes {votes}. Stated:" in english
        real, stated = (
            Fraction(shares["expert"]["exact"]),
            Fraction(outcome["weights"]["expert"]),
        )
        codes = [notice["code"] for notice in outcome["notices"]]
        assert ("blend.influence_differs" in codes) == (abs(real - stated) > Fraction(1, 20))
    relative = result["outcomes"][0]
    assert (relative["method"], relative["notices"][0]["code"]) == (
        "max_relative",
        "blend.influence_differs",
    )
    assert "was not published. This demonstration's assumption: standard scores" in english


@pytest.mark.parametrize("year", ["2020", "2023"])
def test_tiers_of_the_whole_poll_are_the_published_ones(year: str) -> None:
    """With all voters, under the method that this demonstration assumes."""
    source = read_source(source_bytes(year))
    panel, taken = make_panel(source), make_entries(source)
    for this in source.rules.rounds:
        sheets = make_sheets(source, this.id, taken, panel)
        taken = advance(source.rules.judging, this, taken, panel, sheets).advanced
    others = iter(source.votes_of_others)
    votes = {one.id: source.votes.get(one.id) or next(others) for one in taken}
    sheets = make_sheets(source, "final", taken, panel)
    result = decide(source.rules, taken, panel, sheets, PollCounts(source.voters, votes))
    assert result.chosen is not None
    tiers = {award.entry: award.tier for award in result.chosen.awards.awards}
    assert {entry.id: tiers[entry.id] for entry, _ in source.named} == {
        entry.id: tier for entry, tier in source.named
    }


@pytest.mark.parametrize("year", ["2020", "2023"])
def test_what_is_told_as_a_published_fact_is_one(contest: Path, year: str) -> None:
    """Against the data's own list of facts and assumptions."""
    facts = load(contest / year / "source.json")["facts"]
    published = load(contest / year / "poll.json")["published"]
    known = {"voters": facts["poll"]["voters"]}
    if "poll.choices" not in facts["assumed"]:
        known["votes"] = facts["poll"]["voters"] * facts["poll"]["choices"]
    first = {one["entry"]: one["votes"] for one in published.pop("first")}
    assert (published, first) == (known, facts["votes"])
    told = [
        sentence
        for step in load(contest / "trail.json")["steps"]
        for sentence in step["sentences"]
        if sentence["en"].startswith("Published fact")
        and sentence["figures"][0]["source"].startswith(year)
    ]
    assert told
    for sentence in told:
        fact = sentence["en"].split("Assumption")[0]
        for figure in sentence["figures"]:
            shown = figure["value"]
            text = f"{shown:,}" if isinstance(shown, int) else shown
            assert figure["pointer"].startswith("/published/") or text not in fact


def test_assumptions_of_2023_are_told_as_such(contest: Path) -> None:
    text = " ".join((contest / "trail.en.txt").read_text(encoding="utf-8").split())
    assert "6,469 people voted. How many votes each had was not published." in text
    assert "Assumption: 19,407 votes in all." in text
    assert text.count("These weights are an assumption") == 1
    assert text.count("--voters holds the whole") == 1
