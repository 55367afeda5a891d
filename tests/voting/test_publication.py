"""What publishes a poll: a closed set of kinds, each with its own check of the chain."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.bindings.checkpoint_log import CheckpointLog
from contracts.evidence.encoding import Json, canonical, parse_json
from contracts.evidence.errors import EncodingError
from contracts.evidence.names import log_id
from contracts.evidence.snapshot import TrustSnapshot
from tests.simulators.poll import RNG, Forger, audited, simulated, snapshot
from voting.audit.findings import Report
from voting.audit.means import Trust
from voting.audit.setting import CONTRACTS
from voting.audit.statement import PUBLISHED_BY, TRUSTED, UNCHAINED, UNKNOWN, closing, opening
from voting.contest.naming import Title
from voting.errors import VotingError
from voting.poll import record
from voting.poll.clauses import NO_CHAIN, NO_CONTRACT, Option, PublicationKind
from voting.poll.definition import parse_definition
from voting.poll.errors import DefinitionError
from voting.poll.record import MemoryFolder
from voting.simulate.plan import Plan
from voting.simulate.scene import Scene
from voting.simulate.simulation import Means, Simulation, simulate

LANGUAGES = ("ko", "en")


def report_of(poll: Simulation, chain: TrustSnapshot | None = None) -> Report:
    trust = Trust(poll.definition.poll_id(), chain)
    return audited(MemoryFolder(dict(poll.files)), trust)


def found(poll: Simulation, chain: TrustSnapshot) -> set[str]:
    return {finding.check for finding in report_of(poll, chain).findings}


def changed(change: Callable[[dict[str, Json]], None]) -> bytes:
    document = parse_json(simulated().files[record.DEFINITION])
    assert isinstance(document, dict)
    change(document)
    return canonical(document)


def publication(document: dict[str, Json]) -> dict[str, Json]:
    part = document["publication"]
    assert isinstance(part, dict)
    return part


def test_contract_of_a_kind_bears_the_name_that_the_chain_gives_it() -> None:
    assert CONTRACTS == {PublicationKind.CHECKPOINT_LOG: CheckpointLog.NAME}


def test_every_kind_is_told_in_both_languages() -> None:
    assert PUBLISHED_BY.keys() == set(PublicationKind)


@pytest.mark.parametrize(
    "kind", ["contract", "poll", "Checkpoint-Log", "checkpoint-log ", "", "체인", "none"]
)
def test_unknown_kind_is_refused(kind: str) -> None:
    with pytest.raises(DefinitionError):
        parse_definition(changed(lambda document: publication(document).update(kind=kind)))


@pytest.mark.parametrize("kind", [None, 1, True, ["checkpoint-log"], {"kind": "checkpoint-log"}])
def test_kind_that_is_no_text_is_refused(kind: Json) -> None:
    with pytest.raises(EncodingError):
        parse_definition(changed(lambda document: publication(document).update(kind=kind)))


def test_definition_without_kind_or_publication_is_refused() -> None:
    for data in (
        changed(lambda document: publication(document).pop("kind") and None),
        changed(lambda document: document.pop("publication") and None),
        changed(lambda document: document.update(publication=None)),
    ):
        with pytest.raises((EncodingError, VotingError)):
            parse_definition(data)


def test_simulation_names_no_chain_and_every_other_poll_does() -> None:
    part = simulated().definition.publication
    for kind, chain_id, contract in (
        (PublicationKind.SIMULATION, part.chain_id, part.contract),
        (PublicationKind.SIMULATION, NO_CHAIN, part.contract),
        (PublicationKind.SIMULATION, part.chain_id, NO_CONTRACT),
        (PublicationKind.CHECKPOINT_LOG, NO_CHAIN, part.contract),
        (PublicationKind.CHECKPOINT_LOG, part.chain_id, NO_CONTRACT),
    ):
        with pytest.raises(DefinitionError):
            replace(part, kind=kind, chain_id=chain_id, contract=contract)


def test_record_whose_kind_was_changed_is_another_poll() -> None:
    """The forger remakes the manifest; the poll id that was announced does not fit any more."""
    poll, forger = simulated(), Forger(simulated())

    def pretend(document: dict[str, Json]) -> None:
        publication(document).update(kind="simulation", chain_id=NO_CHAIN, contract="00" * 20)

    forger.files[record.DEFINITION] = changed(pretend)
    trust = Trust(poll.definition.poll_id(), snapshot(poll))
    assert {"A-02", "A-03"} <= forger.failing(trust)
    forger.files[record.DEFINITION] = changed(lambda d: publication(d).update(kind="contract"))
    report = forger.report(trust)
    assert "A-02" in {finding.check for finding in report.findings}
    assert report.publication is None
    for language in LANGUAGES:
        said = UNKNOWN.told_in(language)
        assert opening(report, language).startswith(said)
        assert said in closing(report, language)


def other_chain(chain: TrustSnapshot) -> TrustSnapshot:
    return replace(chain, identity=replace(chain.identity, chain_id=1))


def other_contract(chain: TrustSnapshot) -> TrustSnapshot:
    contracts = (("CheckpointLog", bytes([7]) * 20),)
    return replace(chain, identity=replace(chain.identity, contracts=contracts))


def contract_under_another_name(chain: TrustSnapshot) -> TrustSnapshot:
    contracts = tuple(("poll", address) for _, address in chain.identity.contracts)
    return replace(chain, identity=replace(chain.identity, contracts=contracts))


def no_contract(chain: TrustSnapshot) -> TrustSnapshot:
    return replace(chain, identity=replace(chain.identity, contracts=()))


def without_log(name: str) -> Callable[[TrustSnapshot], TrustSnapshot]:
    def change(chain: TrustSnapshot) -> TrustSnapshot:
        gone = log_id(simulated().definition.publication.origin + name)
        return replace(chain, logs=tuple(log for log in chain.logs if log.log != gone))

    return change


def older_than_the_close(chain: TrustSnapshot) -> TrustSnapshot:
    head = simulated().definition.times.closes - timedelta(seconds=1)
    logs = tuple(
        replace(log, checkpoints=tuple(p for p in log.checkpoints if p.time <= head))
        for log in chain.logs
    )
    return replace(chain, head=replace(chain.head, time=head), logs=logs)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (other_chain, "A-03"),
        (other_contract, "A-03"),
        (contract_under_another_name, "A-03"),
        (no_contract, "A-03"),
        (without_log(""), "A-03"),
        (without_log("/tally"), "A-03"),
        (without_log("/sheets"), "A-03"),
        (without_log("/registrar/2"), "A-03"),
        (older_than_the_close, "A-10"),
    ],
)
def test_snapshot_that_does_not_publish_the_poll_is_found(
    change: Callable[[TrustSnapshot], TrustSnapshot], check: str
) -> None:
    poll = simulated()
    assert found(poll, snapshot(poll)) == set()
    assert check in found(poll, change(snapshot(poll)))


def test_no_chain_publishes_a_simulation() -> None:
    poll = held([(1, 0, 0)] * 20)
    assert report_of(poll).holds
    assert "A-03" in found(poll, snapshot(simulated()))


def test_snapshot_alone_does_not_fix_the_definition() -> None:
    poll = simulated()
    for trust, notes in (
        (Trust(), {TRUSTED, UNCHAINED}),
        (Trust(None, snapshot(poll)), {TRUSTED}),
        (Trust(poll.definition.poll_id()), {UNCHAINED}),
        (Trust(poll.definition.poll_id(), snapshot(poll)), set()),
    ):
        report = audited(MemoryFolder(dict(poll.files)), trust)
        assert report.to_json()["definition_taken_on_trust"] == (TRUSTED in notes)
        assert report.to_json()["publication"] == "checkpoint-log"
        for language in LANGUAGES:
            for note in (TRUSTED, UNCHAINED):
                for line in (opening(report, language), closing(report, language)):
                    assert (note.told_in(language) in line) == (note in notes)


def held(choices: Sequence[tuple[int, ...]]) -> Simulation:
    """A poll without experts, whose options have titles of their own."""
    titles = (Title("강", "River"), Title("산", "Hill"), Title("길"))
    options = tuple(Option(f"option-{i}", title) for i, title in enumerate(titles))
    return simulate(Plan(len(choices), 3, 1), choices, Means(RNG), scene=Scene(options=options))


def test_last_line_says_who_won() -> None:
    report = report_of(held([(1, 0, 0)] * 12 + [(0, 1, 0)] * 8))
    assert report.to_json()["winners"] == {
        "influence": None,
        "weights": None,
        "experts": False,
        "basis": "votes_only",
        "first": [{"option": "option-0", "title": {"ko": "강", "en": "River"}, "votes": 12}],
        "most_voted": [{"option": "option-0", "title": {"ko": "강", "en": "River"}, "votes": 12}],
        "votes": 20,
    }
    assert "Most votes: 'River' 12 votes, 60.00 % of 20 votes." in closing(report, "en")
    assert "득표 1위: '강' 12표, 전체 20표의 60.00 %." in closing(report, "ko")


def test_last_line_says_who_is_level() -> None:
    report = report_of(held([(1, 0, 0)] * 9 + [(0, 1, 0)] * 3 + [(0, 0, 1)] * 9))
    said = "Most votes (a tie of 2): 'River' 9 votes, '길' 9 votes, 42.86 % each of 21 votes."
    assert said in closing(report, "en")
    assert "득표 1위 (동점 2건): '강' 9표, '길' 9표, 각각 전체" in closing(report, "ko")


def test_last_line_of_a_poll_that_was_not_counted_names_nobody() -> None:
    report = report_of(held([(1, 0, 0)] * 19))
    assert report.holds
    assert "Too few ballots: nothing was counted." in closing(report, "en")
    assert "개표하지 않았습니다" in closing(report, "ko")


def test_last_line_names_both_who_won_with_experts_and_who_has_most_votes() -> None:
    report = report_of(simulated())
    assert report.winners is not None
    (first,), most = report.winners.first, report.winners.most_voted
    assert f"First by experts and votes: '{first.title.en or first.title.ko}'" in closing(
        report, "en"
    )
    assert "Actual influence (share of the scores' variance): experts " in closing(report, "en")
    assert "실제 영향" in closing(report, "ko")
    assert all(f"'{one.title.ko}' {one.votes}표" in closing(report, "ko") for one in most)


def test_nobody_is_named_where_something_is_wrong() -> None:
    forger = Forger(simulated())
    forger.files[record.CHECKS] = b"x"
    report = forger.report()
    assert report.winners is None
    assert closing(report, "en").startswith("DOES NOT HOLD: A-17 published checks. So nobody")
    assert closing(report, "ko").startswith("맞지 않습니다: A-17 공개된 점검. 그래서")
