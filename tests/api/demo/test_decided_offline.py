"""The demonstration's answers, decided by the verifier's command alone."""

import json
from pathlib import Path

import pytest

from verifier.__main__ import main


def test_the_offline_command_proposes_what_the_demonstration_says(
    allowance: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agreed = 0
    for folder in sorted((allowance / "applications").iterdir()):
        told = json.loads((folder / "outcome.json").read_bytes())
        if told["proposal"] is None:
            continue  # answered before: nothing is proposed on it
        main(
            [
                *("decide", str(folder / "presentation.json"), "--json"),
                *("--request", str(folder / "request.json")),
                *("--snapshot", str(allowance / "snapshot.json"), "--at", told["checked_at"]),
                *("--service", told["proposal"]["service_id"]),
                *("--round", told["proposal"]["round_id"]),
                *("--on", told["proposal"]["application_date"]),
            ]
        )
        made = json.loads(capsys.readouterr().out)
        assert made["proposal"] | {"case_id": ""} == told["proposal"] | {"case_id": ""}, folder
        agreed += 1
    assert agreed >= 10
