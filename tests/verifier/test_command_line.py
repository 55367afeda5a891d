"""``python -m verifier``: outputs, error codes and exit codes, each as in the specification."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest

from contracts.evidence.encoding import format_time
from contracts.evidence.snapshot_file import encode_snapshot
from tests.simulators.cwt_forger import KEY, ForgedCwt, list_of
from tests.simulators.issuer import answer
from tests.simulators.sd_jwt_forger import AUDIENCE, ISSUER, NONCE, NOW, STRANGER, sound
from tests.simulators.world import PATHS, World
from verifier.__main__ import main
from verifier.credential.bundle import PresentationFile, encode_presentation
from verifier.credential.file_digest import DocumentFile, encode_document
from verifier.credential.keys import SigningKey, public_jwk
from verifier.credential.request import encode_request
from verifier.credential.status import StatusList, StatusTerms, issue_status_token

AT = "2026-11-18T11:06:40Z"
assert datetime.fromisoformat(AT).timestamp() == NOW


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "jwk").write_text(json.dumps(public_jwk(ISSUER.point)))
    (tmp_path / "other").write_text(json.dumps(public_jwk(STRANGER.point)))
    (tmp_path / "plain").write_text(sound().text())
    (tmp_path / "bound").write_text(sound().bound() + "\n")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as error:
        code = int(error.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def verify(
    capsys: pytest.CaptureFixture[str], files: Path, name: str, *more: object
) -> tuple[int, str, str]:
    jwk = files / "jwk"
    return run(capsys, "sd-jwt", "verify", files / name, "--issuer-jwk", jwk, "--at", AT, *more)


BOUND = ("--require-key-binding", "--nonce", NONCE, "--audience", AUDIENCE)


def test_a_sound_sd_jwt_is_printed_as_disclosed(
    capsys: pytest.CaptureFixture[str], files: Path
) -> None:
    for name, more in (("plain", ()), ("bound", ()), ("bound", BOUND)):
        code, out, err = verify(capsys, files, name, *more)
        assert (code, err) == (0, "")
        assert json.loads(out)["given_name"] == "John"


def test_a_rejection_is_one_line_with_its_code(
    capsys: pytest.CaptureFixture[str], files: Path
) -> None:
    code, out, err = verify(capsys, files, "plain", *BOUND)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert json.loads(err)["code"] == "key_binding.missing"
    assert json.loads(err)["check"] == "C-26"
    (files / "bad").write_bytes(b"\xff\xfe")
    assert verify(capsys, files, "bad")[0] == 1
    (files / "empty").write_bytes(b"")
    assert verify(capsys, files, "empty")[0] == 1
    jwk = files / "other"
    late = ("sd-jwt", "verify", files / "plain", "--issuer-jwk", jwk, "--at", AT)
    code, _, err = run(capsys, *late)
    assert (code, json.loads(err)["code"]) == (1, "jws.signature")


def test_only_one_line_end_behind_the_token_is_ignored(
    capsys: pytest.CaptureFixture[str], files: Path
) -> None:
    text = sound().text()
    for content, expected in ((text + "\r\n", 0), (text + "\n\n", 1), (" " + text, 1)):
        (files / "file").write_bytes(content.encode())
        assert verify(capsys, files, "file")[0] == expected


def test_a_file_may_be_standard_input(
    capsys: pytest.CaptureFixture[str], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(sound().text().encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    jwk = files / "jwk"
    assert run(capsys, "sd-jwt", "verify", "-", "--issuer-jwk", jwk, "--at", AT)[0] == 0
    assert run(capsys, "sd-jwt", "verify", "-", "--issuer-jwk", "-", "--at", AT)[0] == 2


def test_arguments_that_cannot_be_used_end_with_2(
    capsys: pytest.CaptureFixture[str], files: Path
) -> None:
    jwk = files / "jwk"
    (files / "no jwk").write_text("{}")
    (files / "no json").write_text("{")
    unusable: list[tuple[object, ...]] = [
        (),
        ("unknown",),
        ("sd-jwt", "verify", files / "plain"),
        ("sd-jwt", "verify", files / "missing", "--issuer-jwk", jwk),
        ("sd-jwt", "verify", files / "plain", "--issuer-jwk", files / "missing"),
        ("sd-jwt", "verify", files / "plain", "--issuer-jwk", files / "no jwk"),
        ("sd-jwt", "verify", files / "plain", "--issuer-jwk", files / "no json"),
        ("sd-jwt", "verify", files / "plain", "--issuer-jwk", jwk, "--at", "yesterday"),
        ("sd-jwt", "verify", files / "plain", "--issuer-jwk", jwk, "--at", "2026-11-18T00:00:00"),
        *(
            ("sd-jwt", "verify", files / "plain", "--issuer-jwk", jwk, "--at", moment)
            for moment in (
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-14:00",
                "2026-W47-5T07:02:00Z",
                "20261120T070200Z",
                "2026-13-01T00:00:00Z",
            )
        ),
        ("sd-jwt", "verify", files / "bound", "--issuer-jwk", jwk, *BOUND[:1]),
        ("sd-jwt", "verify", files / "bound", "--issuer-jwk", jwk, *BOUND[:3]),
        ("sd-jwt", "verify", files / "bound", "--issuer-jwk", jwk, *BOUND[1:]),
        ("status-list", files / "plain"),
        ("status-list", files / "plain", "--index", "x"),
        ("status-list", files / "plain", "--index", "-1"),
        ("presentation", files / "plain", "--snapshot", jwk, "--request", jwk),
        ("document", files / "plain", "--credential", files / "plain"),
        ("document", "-", "--credential", "-", "--snapshot", jwk),
        ("service",),
        ("service", "no-such-service"),
        ("service", "youth-allowance", "--round", "1999"),
        ("service", "youth-allowance", "--lang", "fr"),
        ("service", "youth-allowance", "--on", "2026-02-30"),
        ("service", "youth-allowance", "--on", "yesterday"),
    ]
    for arguments in unusable:
        assert run(capsys, *arguments)[0] == 2, arguments


def test_a_status_list_is_read_at_an_index(capsys: pytest.CaptureFixture[str], files: Path) -> None:
    key = SigningKey.of_secret(5)
    terms = StatusTerms("https://i.test", "https://i.test/1", timedelta(days=1), timedelta(1))
    entries = StatusList.empty(8, 2).replace({3: 2})
    token = issue_status_token(entries, terms, key, datetime(2026, 11, 18, tzinfo=UTC))
    (files / "token").write_text(token)
    (files / "list").write_text(json.dumps(entries.claim()))
    (files / "key").write_text(json.dumps(public_jwk(key.point)))
    command = ("status-list", files / "token", "--at", AT, "--index")
    code, out, _ = run(capsys, *command, 3, "--issuer-jwk", files / "key")
    assert code == 0
    assert json.loads(out) == {
        "index": 3,
        "value": 2,
        "status": "suspended",
        "bits": 2,
        "size": 8,
        "signature": "verified",
    }
    assert json.loads(run(capsys, *command, 2)[1])["signature"] == "not checked"
    assert json.loads(run(capsys, "status-list", files / "list", "--index", 3)[1])["value"] == 2
    for arguments, expected in (
        ((*command, 8), "status.index"),
        ((*command, 3, "--issuer-jwk", files / "jwk"), "jws.signature"),
        (
            ("status-list", files / "token", "--index", 3, "--at", "2026-11-19T00:00:00Z"),
            "status.undetermined",
        ),
    ):
        code, _, err = run(capsys, *arguments)
        assert (code, json.loads(err)["code"]) == (1, expected)


def test_a_status_list_in_cbor_is_recognised(
    capsys: pytest.CaptureFixture[str], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = ForgedCwt().token()
    (files / "cwt").write_bytes(token)
    (files / "list").write_bytes(cbor2.dumps(list_of(b"\x08\0")))
    (files / "key").write_text(json.dumps(public_jwk(KEY.point)))
    at = ("--at", "2026-11-20T07:01:00Z", "--index")
    code, out, _ = run(capsys, "status-list", files / "cwt", *at, 3, "--issuer-jwk", files / "key")
    facts = json.loads(out)
    assert (code, facts["value"], facts["status"]) == (0, 1, "invalid")
    assert (facts["signature"], facts["size"]) == ("verified", 16)
    assert json.loads(run(capsys, "status-list", files / "list", *at, 3)[1])["value"] == 1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(token)))
    assert json.loads(run(capsys, "status-list", "-", *at, 2)[1])["value"] == 0
    (files / "bad").write_bytes(token[:-1])
    (files / "no list").write_bytes(b"\xa2")
    for arguments, expected in (
        (("cwt", *at, 16), "status.index"),
        (("cwt", *at, 3, "--issuer-jwk", files / "jwk"), "jws.signature"),
        (("cwt", "--at", "2026-11-21T07:00:00Z", "--index", 3), "status.undetermined"),
        (("bad", *at, 3), "status.undetermined"),
        (("no list", *at, 3), "status.undetermined"),
    ):
        code, out, err = run(capsys, "status-list", files / str(arguments[0]), *arguments[1:])
        assert (code, out, json.loads(err)["code"]) == (1, "", expected)
    bare = ("status-list", files / "list", *at, 3, "--issuer-jwk", files / "key")
    assert run(capsys, *bare)[0] == 2


def write_presentation(world: World, folder: Path, text: str) -> tuple[Any, ...]:
    request = world.request()
    presentation = PresentationFile({"work": (text,)}, world.issuer.evidence())
    (folder / "presentation").write_bytes(encode_presentation(presentation))
    (folder / "snapshot").write_bytes(encode_snapshot(world.chain.snapshot()))
    (folder / "request").write_bytes(encode_request(request))
    return (
        "presentation",
        folder / "presentation",
        "--snapshot",
        folder / "snapshot",
        "--request",
        folder / "request",
        "--at",
        format_time(world.chain.now),
    )


def test_a_presentation_is_reported_with_numbers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    world = World()
    credential = world.anchored()
    text = answer(credential, world.holder, world.request(), PATHS, world.chain.now)
    command = write_presentation(world, tmp_path, text)
    code, out, err = run(capsys, *command, "--json")
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert report["outcome"] == "verified"
    assert [finding["number"] for finding in report["findings"]] == [1, 2]
    assert report["findings"][1]["claims"] == {"insured": False, "region": "[시험] 서울"}
    code, out, _ = run(capsys, *command)
    assert (code, out.splitlines()[-1]) == (0, "=> verified")


@pytest.mark.parametrize(
    ("anchored", "value", "expected"),
    [(True, 1, "status.revoked"), (False, 0, "evidence.pending_anchor")],
)
def test_a_presentation_that_is_not_believed_ends_with_1(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    *,
    anchored: bool,
    value: int,
    expected: str,
) -> None:
    world = World()
    credential = world.anchored() if anchored else world.issue()
    world.issuer.set_status(credential, value)
    text = answer(credential, world.holder, world.request(), PATHS, world.chain.now)
    code, out, err = run(capsys, *write_presentation(world, tmp_path, text), "--json")
    assert (code, json.loads(err)["code"]) == (1, expected)
    outcome = "rejected" if anchored else "undetermined"
    assert json.loads(out)["outcome"] == outcome


def test_an_old_snapshot_is_taken_only_where_it_is_allowed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    world = World()
    credential = world.anchored()
    old = encode_snapshot(world.chain.snapshot())
    world.chain.wait(timedelta(days=1, seconds=1))
    text = answer(credential, world.holder, world.request(), PATHS, world.chain.now)
    command = write_presentation(world, tmp_path, text)
    assert run(capsys, *command)[0] == 0
    (tmp_path / "snapshot").write_bytes(old)
    code, _, err = run(capsys, *command)
    assert (code, json.loads(err)["code"]) == (1, "evidence.snapshot_too_old")
    _, _, err = run(capsys, *command, "--max-snapshot-age-days", 2)
    assert json.loads(err)["code"] == "status.undetermined"  # The list is older than its ttl.
    for days in ("-1", "x", "1.5", "100000"):
        assert run(capsys, *command, "--max-snapshot-age-days", days)[0] == 2


def test_a_service_is_printed_as_a_citizen_would_read_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, korean, err = run(capsys, "service", "youth-allowance")
    assert (code, err, korean) == (
        0,
        "",
        run(capsys, "service", "youth-allowance", "--lang", "ko")[1],
    )
    assert korean.startswith("청년수당 - 2026년 모집\n")
    english = run(capsys, "service", "youth-allowance", "--lang", "en", "--round", "2020")[1]
    assert english.splitlines()[0].endswith("round of 2020")
    assert not [letter for letter in english if "가" <= letter <= "힣"]


def test_a_file_is_what_its_issuer_issued(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    world: World,
    file: bytes,
    document: DocumentFile,
) -> None:
    (tmp_path / "file").write_bytes(file)
    (tmp_path / "changed").write_bytes(file + b" ")
    (tmp_path / "document").write_bytes(encode_document(document))
    (tmp_path / "snapshot").write_bytes(encode_snapshot(world.chain.snapshot()))
    at = format_time(world.chain.now)
    more: tuple[Any, ...] = ("--credential", tmp_path / "document", "--snapshot")
    more = (*more, tmp_path / "snapshot", "--at", at)
    code, out, err = run(capsys, "document", tmp_path / "file", *more)
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert (facts["issuer"], facts["anchored"]) == (world.issuer.iss, at)
    assert (facts["outcome"], facts["status"], facts["index"]) == ("verified", "valid", 0)
    code, out, err = run(capsys, "document", tmp_path / "changed", *more)
    assert (code, out, json.loads(err)["code"]) == (1, "", "file.digest")
    (tmp_path / "document").write_bytes(b"{}")
    code, out, err = run(capsys, "document", tmp_path / "file", *more)
    assert (code, out, json.loads(err)["code"]) == (1, "", "input.bundle")


def test_the_command_line_imports_neither_web_nor_chain() -> None:
    script = (
        "import sys, verifier.__main__;"
        "print({'web3', 'fastapi', 'sqlalchemy', 'pydantic'} & sys.modules.keys())"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert result.stdout.strip() == b"set()"
