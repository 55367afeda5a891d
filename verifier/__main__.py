"""Offline: ``sd-jwt verify | status-list | presentation | document | decide | service | cases``.

Exit codes: 0 believed, 1 rejected or undetermined (one line of JSON on standard error), 2 unusable
arguments. ``decide`` ends with 0 for eligible, ``cases`` where each comes out as it is named. A
FILE may be ``-`` for standard input. This is the only module here that does I/O.
"""

import argparse
import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from contracts.evidence.encoding import Json, b64u_encode, format_time, parse_json
from contracts.evidence.errors import EvidenceError
from contracts.evidence.snapshot_file import decode_snapshot
from verifier.credential.bundle import decode_presentation
from verifier.credential.errors import (
    PresentationFormError,
)
from verifier.credential.file_digest import VerifiedDocument, decode_document, verify_document
from verifier.credential.key_binding import Challenge
from verifier.credential.keys import PublicKey
from verifier.credential.report import Outcome, Report, report_on
from verifier.credential.request import decode_request
from verifier.credential.sdjwt import MAX_PRESENTATION_CHARS, verify_sd_jwt
from verifier.credential.standing import MAX_SNAPSHOT_AGE, Policy
from verifier.credential.status import (
    StatusList,
    check_token_time,
    status_meaning,
)
from verifier.credential.status_cwt import is_cwt, parse_fetched_token, parse_packed_list
from verifier.credential.trust import TrustMaterial
from verifier.eligibility.catalogue import load_catalogue
from verifier.eligibility.dates import korean_day
from verifier.eligibility.errors import EligibilityError
from verifier.eligibility.evaluation import Outcome as Entitlement
from verifier.eligibility.policy import PolicyRound
from verifier.eligibility.rendering import render_service
from verifier.errors import (
    BundleFormError,
    InputError,
    StatusDoubt,
    StatusUndeterminedError,
    VerifierError,
)
from verifier.offline import propose_offline, run_cases

MAX_FILE_BYTES: Final = 64 << 20
_STANDARD_INPUT: Final = "-"
_BARE_LISTS: Final = (b"{", b"\xa2", b"\xa3")
"""How a list without a token begins: a JSON object, or a CBOR map of two or three members."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS: Final = re.compile(r"[0-9]{1,5}")
_RFC_3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class _UnusableError(Exception):
    """An argument that cannot be used; the message says which and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        _check_files(options)
        return _COMMANDS[options.command](options)
    except BundleFormError as error:
        _print_error(error.code, error.check, str(error))
        return 1
    except (_UnusableError, InputError, EvidenceError, EligibilityError) as error:
        print(f"verifier: {error}", file=sys.stderr)
        return 2
    except VerifierError as error:
        _print_error(error.code, error.check, str(error))
        return 1


def _verify(options: argparse.Namespace) -> int:
    bound, nonce, audience = options.require_key_binding, options.nonce, options.audience
    if bound != bool(nonce) or bound != bool(audience):
        raise _UnusableError("--require-key-binding, --nonce and --audience go together")
    challenge = Challenge(nonce, audience) if bound else None
    issuer = _read_key(options.issuer_jwk)
    text = _token_text(_read_some(options.file, MAX_PRESENTATION_CHARS + 3))
    verified = verify_sd_jwt(text, issuer, challenge=challenge, at=options.at)
    _print_json(verified.claims)
    return 0


def _status_list(options: argparse.Namespace) -> int:
    if options.index < 0:
        raise _UnusableError("--index is not negative")
    data = _read_some(options.file, MAX_FILE_BYTES + 1)
    if data[:1] in _BARE_LISTS:
        if options.issuer_jwk is not None:
            raise _UnusableError("a bare list has no signature that --issuer-jwk could check")
        entries = _parse_list(data)
    else:
        packed = parse_fetched_token(data if is_cwt(data) else _status_jwt(data))
        if options.issuer_jwk is not None:
            packed.signed.check(_read_key(options.issuer_jwk))
        token = packed.inflate()
        check_token_time(token, options.at)
        entries = token.entries
    value = entries.value(options.index)
    _print_json(
        {
            "index": options.index,
            "value": value,
            "status": status_meaning(value).value,
            "bits": entries.bits,
            "size": entries.size,
            "signature": "not checked" if options.issuer_jwk is None else "verified",
        }
    )
    return 0


def _presentation(options: argparse.Namespace) -> int:
    snapshot = decode_snapshot(_read(options.snapshot))
    request = decode_request(_read(options.request))
    presentation = decode_presentation(_read(options.file))
    material = TrustMaterial.assemble(snapshot, presentation.evidence)
    policy = Policy(max_snapshot_age=options.max_snapshot_age_days)
    report = report_on(presentation.answers, request, material, options.at, policy)
    if options.json:
        _print_json(report.json())
    else:
        _print_report(report)
    failed = [finding for finding in report.findings if finding.outcome is report.outcome]
    if report.outcome is Outcome.VERIFIED:
        return 0
    _print_error(failed[0].code, failed[0].check, failed[0].message)
    return 1


def _document(options: argparse.Namespace) -> int:
    snapshot = decode_snapshot(_read(options.snapshot))
    document = decode_document(_read(options.credential))
    material = TrustMaterial.assemble(snapshot, document.evidence)
    file = _read(options.file)
    policy = Policy(max_snapshot_age=options.max_snapshot_age_days)
    verified = verify_document(file, document, material, options.at, policy)
    _print_json(_document_facts(verified, options.at))
    return 0


def _document_facts(verified: VerifiedDocument, at: datetime) -> dict[str, Json]:
    """What somebody who holds a file learns: whose it is, anchored when, valid until when."""
    return {
        "outcome": Outcome.VERIFIED.value,
        "issuer": verified.issuer,
        "type": verified.vct,
        "digest": b64u_encode(verified.digest),
        "log": verified.place.log,
        "index": verified.place.index,
        "anchored": format_time(verified.issuance.time),
        "expires": format_time(verified.expires.replace(microsecond=0)),
        "status": None if verified.status is None else verified.status.value,
        "at": format_time(at.replace(microsecond=0)),
    }


def _decide(options: argparse.Namespace) -> int:
    made = propose_offline(
        decode_presentation(_read(options.file)),
        decode_request(_read(options.request)),
        decode_snapshot(_read(options.snapshot)),
        _policy(options),
        options.at,
        options.on,
    )
    if options.json:
        _print_json(made.as_json())
    else:
        print("\n".join(made.lines(options.lang)))
    return 0 if made.proposal.outcome is Entitlement.ELIGIBLE else 1


def _service(options: argparse.Namespace) -> int:
    print(render_service(_policy(options), options.lang), end="")
    return 0


def _policy(options: argparse.Namespace) -> PolicyRound:
    catalogue = load_catalogue()
    if options.round is None:
        return catalogue.latest_policy(options.id, options.on)
    return catalogue.policy(options.id, options.round)


def _cases(options: argparse.Namespace) -> int:
    results = run_cases(options.id, load_catalogue())
    for result in results:
        found = "as named" if result.as_expected else "OTHERWISE"
        rules = ", ".join(sorted(result.because))
        print(f"{found}: {result.case.name}: {result.evaluation.outcome} {rules}".rstrip())
    otherwise = sum(not result.as_expected for result in results)
    print(f"=> {len(results)} cases, {otherwise} otherwise than named")
    return 1 if otherwise else 0


_COMMANDS: Final = {
    "sd-jwt": _verify,
    "status-list": _status_list,
    "presentation": _presentation,
    "document": _document,
    "decide": _decide,
    "service": _service,
    "cases": _cases,
}
_FILES: Final = ("file", "issuer_jwk", "snapshot", "request", "credential")


def _check_files(options: argparse.Namespace) -> None:
    if [vars(options).get(name) for name in _FILES].count(_STANDARD_INPUT) > 1:
        raise _UnusableError("only one FILE can be standard input")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m verifier", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    sd_jwt = commands.add_parser("sd-jwt", help="verify any SD-JWT under a given key")
    verify = sd_jwt.add_subparsers(dest="action", required=True).add_parser("verify")
    verify.add_argument("file", metavar="FILE", help="the SD-JWT in compact form")
    verify.add_argument("--issuer-jwk", metavar="FILE", required=True)
    verify.add_argument("--require-key-binding", action="store_true")
    verify.add_argument("--nonce", metavar="N")
    verify.add_argument("--audience", metavar="A")
    status = commands.add_parser("status-list", help="read an entry of a status list")
    status.add_argument("file", metavar="FILE", help="a status list token (JWT or CWT), or a list")
    status.add_argument("--index", metavar="N", type=int, required=True)
    status.add_argument("--issuer-jwk", metavar="FILE")
    presentation = commands.add_parser("presentation", help="the full check, as a report")
    presentation.add_argument("file", metavar="FILE", help="a presentation file")
    presentation.add_argument("--snapshot", metavar="FILE", required=True)
    presentation.add_argument("--request", metavar="FILE", required=True)
    presentation.add_argument("--json", action="store_true", help="print the report as JSON")
    decide = commands.add_parser("decide", help="what a presentation entitles to, by the rules")
    decide.add_argument("file", metavar="FILE", help="a presentation file")
    decide.add_argument("--snapshot", metavar="FILE", required=True)
    decide.add_argument("--request", metavar="FILE", required=True)
    decide.add_argument("--service", dest="id", metavar="ID", required=True)
    decide.add_argument("--json", action="store_true", help="print the proposal as JSON")
    document = commands.add_parser("document", help="is this file what its issuer issued")
    document.add_argument("file", metavar="FILE", help="any file")
    document.add_argument("--credential", metavar="FILE", required=True)
    document.add_argument("--snapshot", metavar="FILE", required=True)
    _add_services(commands, decide)
    for command in (presentation, document):
        command.add_argument(
            "--max-snapshot-age-days",
            metavar="DAYS",
            type=_days,
            default=MAX_SNAPSHOT_AGE,
            help="how long before --at the snapshot's head may lie (default: 1)",
        )
    for command in (verify, status, presentation, document, decide):
        command.add_argument("--at", metavar="TIME", type=_time, default=datetime.now(UTC))
    return parser


def _add_services(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    decide: argparse.ArgumentParser,
) -> None:
    """What names a service, a round and a day."""
    service = commands.add_parser("service", help="a service as a citizen would read it")
    service.add_argument("id", metavar="ID", help="as in youth-allowance")
    cases = commands.add_parser("cases", help="the worked cases of a service's rules")
    cases.add_argument("id", metavar="ID", help="as in youth-allowance")
    for command, day in ((service, "whose round is shown"), (decide, "of the application")):
        command.add_argument("--lang", choices=("ko", "en"), default="ko")
        command.add_argument("--round", metavar="ID", help="default: the one of --on")
        command.add_argument(
            "--on",
            metavar="DAY",
            type=_day,
            default=korean_day(datetime.now(UTC)),
            help=f"{day}, as in 2026-12-22 (default: today in Korea)",
        )


def _days(text: str) -> timedelta:
    if not _DAYS.fullmatch(text):
        raise argparse.ArgumentTypeError("a number of days has one to five digits")
    return timedelta(days=int(text))


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise argparse.ArgumentTypeError("a day is written as in 2026-12-22")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("there is no such day") from error


def _time(text: str) -> datetime:
    if not _RFC_3339.fullmatch(text):
        raise argparse.ArgumentTypeError("a time has a zone, as in 2026-11-20T07:00:00Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise argparse.ArgumentTypeError("a time lies in the years 1 to 9999 (UTC)") from error


def _read(name: str) -> bytes:
    data = _read_some(name, MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise _UnusableError(f"{name} is longer than {MAX_FILE_BYTES} bytes")
    return data


def _read_some(name: str, size: int) -> bytes:
    """A file's first bytes: of what is judged, one byte more than any check accepts is enough."""
    try:
        if name == _STANDARD_INPUT:
            return sys.stdin.buffer.read(size)
        with Path(name).open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise _UnusableError(f"cannot read {name}: {error.strerror}") from error


def _token_text(data: bytes) -> str:
    """A token's text without the one line end that editors and shells put after it."""
    try:
        return data.decode("ascii").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise PresentationFormError("the file is no ASCII text") from error


def _status_jwt(data: bytes) -> str:
    try:
        return _token_text(data)
    except PresentationFormError as error:
        raise StatusUndeterminedError(StatusDoubt.MALFORMED, str(error)) from error


def _read_key(name: str) -> PublicKey:
    return PublicKey.of_jwk(parse_json(_read(name)))


def _parse_list(data: bytes) -> StatusList:
    """A list without a token around it: in JSON, or else in CBOR."""
    if data[:1] != b"{":
        return parse_packed_list(data).inflate()
    try:
        return StatusList.parse(parse_json(data, max_bytes=MAX_FILE_BYTES))
    except EvidenceError as error:
        raise StatusUndeterminedError(StatusDoubt.MALFORMED, str(error)) from error


def _print_json(value: Json) -> None:
    print(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _print_error(code: str, check: str, message: str) -> None:
    line = {"code": code, "check": check, "message": message}
    print(json.dumps(line, ensure_ascii=False), file=sys.stderr)


def _print_report(report: Report) -> None:
    for finding in report.findings:
        check = f" [{finding.check} {finding.code}]" if finding.check else ""
        print(f"{finding.number}. {finding.subject}: {finding.outcome}{check}: {finding.message}")
        for name, value in finding.facts.items():
            print(f"     {name}: {json.dumps(value, ensure_ascii=False)}")
    print(f"=> {report.outcome}")


if __name__ == "__main__":
    sys.exit(main())
