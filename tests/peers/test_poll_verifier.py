"""The audit of a poll against a second verifier, which was written from voting/SPEC.md alone.

`poll_verifier/` shares no line with the product: JavaScript, another curve library, another
reader of the same document. Where both come to the same findings, the document says enough. Its
maker (`poll_verifier/make.mjs`) also writes whole polls in which everything is signed and proven
by those who hold the keys, and one thing is wrong.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.peers.poll_records import (
    BY_BOTH,
    CHAINED,
    CHAINED_BY_BOTH,
    CONSEQUENCES,
    PEER,
    ROOT,
    TAMPERED,
    VECTORS,
    WITHOUT_ORDINATES,
    Found,
    canonical,
    findings,
    node,
    nothing,
    peer,
    poll_id,
    product,
    seal,
)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    record = tmp_path_factory.mktemp("simulated") / "record"
    asked = "--voters 20 --options 3 --choose 1 --trustees 2of3 --registrars 3of4 --seed peer"
    command = [sys.executable, "-m", "voting", "simulate", *asked.split(), "--out", str(record)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return record


@pytest.fixture(scope="module")
def tampered(
    simulated: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Found]]:
    """By name; under no name the record as it was."""
    folder = tmp_path_factory.mktemp("tampered")
    records = {"": simulated}
    changes = {**TAMPERED, "without ordinates": (WITHOUT_ORDINATES, True, "")}
    for number, (name, (change, sealed, _)) in enumerate(changes.items()):
        record = folder / str(number)
        shutil.copytree(simulated, record)
        change(record)
        if sealed:
            seal(record)
        records[name] = record
    reports = peer(records.values())
    return {name: (records[name], report) for name, report in zip(records, reports, strict=True)}


@pytest.fixture(scope="module")
def chained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path, Found]]:
    folder = tmp_path_factory.mktemp("chained")
    snapshot = (VECTORS / "record-snapshot.json").read_bytes()
    records, chains = [], []
    for number, (change, edit, _) in enumerate(CHAINED.values()):
        record = folder / str(number)
        shutil.copytree(VECTORS / "record", record)
        change(record)
        if change is not nothing:
            seal(record)
        said = json.loads(snapshot)
        edit(said)
        chain = folder / f"{number}.json"
        chain.write_bytes(canonical(said))
        records.append(record)
        chains.append(chain)
    reports = peer(records, chains=chains)
    return dict(zip(CHAINED, zip(records, chains, reports, strict=True), strict=True))


Made = dict[str, tuple[Path, list[str], Found]]


@pytest.fixture(scope="module")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """By name: those scenarios that this run asks for."""
    folder = tmp_path_factory.mktemp("made")
    every = any(
        item.name == test_no_scenario_is_forgotten.__name__ for item in request.session.items
    )
    done = node("make.mjs", str(folder), *([] if every else sorted(MADE_BY_BOTH)))
    assert done.returncode == 0, done.stderr
    index = json.loads((folder / "index.json").read_bytes())
    found: Made = {}
    for with_chain in (False, True):
        part = {
            case["name"]: (folder / str(number), case["finds"])
            for number, case in enumerate(index)
            if case["chain"] is with_chain
        }
        own = [path for path, _ in part.values()]
        chains = [path / "chain.json" for path in own if with_chain]
        reports = peer([path / "record" for path in own], chains=chains)
        for (name, case), report in zip(part.items(), reports, strict=True):
            found[name] = (*case, report)
    return found


def test_every_vector_is_accepted_or_refused_as_it_says() -> None:
    done = node("vectors.mjs", str(VECTORS))
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" right, 0 wrong\n")


def test_the_worked_record_holds_with_its_chain(
    chained: dict[str, tuple[Path, Path, Found]],
) -> None:
    checks = chained["unchanged"][2]["checks"]
    # It has no ordinates.
    assert {name: state for name, state in checks.items() if state != "holds"} == {
        "A-24": "undetermined"
    }


@pytest.mark.parametrize("name", CHAINED)
def test_what_the_chain_says_of_the_worked_record(
    chained: dict[str, tuple[Path, Path, Found]], name: str
) -> None:
    record, chain, ours = chained[name]
    assert findings(ours) == CHAINED[name][2]
    if name in CHAINED_BY_BOTH:
        theirs = product(record, "--chain", str(chain))
        assert findings(theirs) == findings(ours)
        assert theirs["checks"] == ours["checks"]


def changed_record(folder: Path, changes: dict[str, list[Any] | None]) -> Path:
    """The record of a case: bytes from some offset on are taken out and others put in."""
    shutil.copytree(VECTORS / "record", folder)
    for name, change in changes.items():
        path = folder / name
        if change is None:
            path.unlink()
            continue
        at, length, put_in = change
        data = path.read_bytes() if path.exists() else b""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data[:at] + bytes.fromhex(put_in) + data[at + length :])
    return folder


def test_every_changed_record_of_the_vectors_is_found_by_the_same_checks(tmp_path: Path) -> None:
    cases = json.loads((VECTORS / "records.json").read_bytes())["cases"]
    records = [
        changed_record(tmp_path / str(number), case["files"]) for number, case in enumerate(cases)
    ]
    found = {
        case["name"]: findings(report) for case, report in zip(cases, peer(records), strict=True)
    }
    assert found == {case["name"]: sorted(case["findings"]) for case in cases}


def test_an_honest_record_is_accepted_by_both(tampered: dict[str, tuple[Path, Found]]) -> None:
    record, ours = tampered[""]
    theirs = product(record)
    assert findings(theirs) == findings(ours) == []
    for member in ("poll", "ballots", "counted", "checks", "definition_taken_on_trust"):
        assert ours[member] == theirs[member]


def test_ordinates_may_be_left_out(tampered: dict[str, tuple[Path, Found]]) -> None:
    _, ours = tampered["without ordinates"]
    assert findings(ours) == []
    assert ours["checks"] == {**tampered[""][1]["checks"], "A-24": "undetermined"}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_record_is_refused(tampered: dict[str, tuple[Path, Found]], name: str) -> None:
    record, ours = tampered[name]
    assert findings(ours)[0] == TAMPERED[name][2]
    if name in BY_BOTH:
        theirs = product(record)
        assert findings(theirs)[0] == TAMPERED[name][2]
        assert set(findings(ours)) ^ set(findings(theirs)) <= CONSEQUENCES


def scenario_names() -> list[str]:
    source = (PEER / "make" / "scenarios.mjs").read_text(encoding="utf-8")
    table = source[source.index("export const SCENARIOS") :]
    lines = [line for line in table.splitlines() if line.startswith('  "') and ": {" in line]
    return ["plain", *(line.split('"')[1] for line in lines)]


# Honest ones, and what only this maker makes.
MADE_BY_BOTH = {
    "plain",
    "too few for a tally",
    "with everything and the chain",
    "few, with the chain",
    "keys that are opposite",
    "an A outside the subgroup",
    "with ordinates",
    "an A outside the subgroup, with its ordinate",
    "an A outside the subgroup, with the opposite ordinate",
    "no ordinates of a ballot that cannot be read",
    "an unsigned line after the honest checkpoints",
    "a checkpoint with a renamed member",
    "ballots without a checkpoint",
    "a board without ballots",
    "a sheet left out after anchoring",
    "partial decryptions made anew",
    "a tally of too few anchored and kept back",
}


def scenarios() -> list[Any]:
    """What only this maker makes and only this verifier judges is left to the acceptance run."""
    mark = pytest.mark.acceptance
    return [n if n in MADE_BY_BOTH else pytest.param(n, marks=mark) for n in scenario_names()]


@pytest.mark.parametrize("name", scenarios())
def test_a_record_of_the_second_maker(made: Made, name: str) -> None:
    folder, finds, ours = made[name]
    assert findings(ours) == finds
    if name in MADE_BY_BOTH:
        chain = folder / "chain.json"
        theirs = product(folder / "record", *(["--chain", str(chain)] if chain.exists() else []))
        assert findings(theirs) == finds
        assert theirs["checks"] == ours["checks"]


@pytest.mark.acceptance
def test_no_scenario_is_forgotten(made: Made) -> None:
    assert sorted(made) == sorted(scenario_names())


def test_what_both_are_asked_for_exists() -> None:
    assert TAMPERED.keys() >= BY_BOTH
    assert CHAINED.keys() >= CHAINED_BY_BOTH
    assert set(scenario_names()) >= MADE_BY_BOTH


def test_the_poll_that_was_asked_for(made: Made) -> None:
    wanted, other = (made[name][0] / "record" for name in ("plain", "too few for a tally"))
    own = poll_id((wanted / "definition.json").read_bytes())
    fits, differs = peer([wanted, other], "--poll-id", own)
    assert findings(fits) == []
    assert not fits["definition_taken_on_trust"]
    assert findings(differs) == ["A-02"]


@pytest.mark.parametrize(
    "arguments",
    [(), ("/nowhere",), (str(PEER / "verify.mjs"),), ("--unknown",), (str(PEER), "--poll-id", "0")],
)
def test_arguments_that_cannot_be_used(arguments: tuple[str, ...]) -> None:
    assert node("verify.mjs", *arguments).returncode == 2
