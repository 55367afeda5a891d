"""Presentations made by hand from the rules of RFC 9901, judged by the command.

The sections named are of RFC 9901.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.simulators.by_hand import (
    AT,
    AUDIENCE,
    CITY,
    CLAIMS,
    HEADER,
    HOLDER,
    ISSUER,
    ITEM,
    NAME,
    NONCE,
    NOW,
    OTHER,
    again,
    b64,
    bound,
    digest,
    flip,
    js,
    jwk,
    raw,
    sdjwt,
    show,
)
from verifier.__main__ import main

BINDING = ("--require-key-binding", "--nonce", NONCE, "--audience", AUDIENCE)
PYTHON = [sys.executable, "-m", "verifier", "sd-jwt", "verify"]
JWT = sdjwt().split("~")[0]
HEAD, BODY, SIGNATURE = JWT.split(".")
STREET = show("c3RyZWV0", "street", "1")

SOUND: dict[str, tuple[str, Any]] = {
    "everything shown": (sdjwt(), {"name": "[test] Kim", "nationalities": ["KR", "DE"]}),
    "nothing shown": (JWT + "~", {"nationalities": ["DE"]}),
    "another order": (sdjwt(ITEM, CITY), {"city": "서울", "nationalities": ["KR", "DE"]}),
    "a key binding that nobody asked for": (bound(), {"city": "서울"}),
    "no hash algorithm named": (sdjwt(drop=("_sd_alg",)), {"city": "서울"}),
    "a digest of nothing": (sdjwt(_sd=[digest(NAME), digest(CITY), digest("decoy")]), {}),
    "an empty list of digests": (sdjwt(ITEM, _sd=[]), {"nationalities": ["KR", "DE"]}),
    "inside a disclosure": (
        sdjwt(again(STREET), STREET, _sd=[digest(again(STREET))], drop=("nationalities",)),
        {"address": {"street": "1", "zip": 1}},
    ),
    "no typ, which the RFC only recommends": (sdjwt(header={"alg": "ES256"}), {"city": "서울"}),
    "unknown header parameters": (sdjwt(header={**HEADER, "kid": "k", "x": [1]}), {}),
    "spaces inside a disclosure": (
        sdjwt(b64(b'[ "s" ,\n"a" , 1 ]'), _sd=[digest(b64(b'[ "s" ,\n"a" , 1 ]'))]),
        {"a": 1},
    ),
}

REJECTED: dict[str, tuple[str, str]] = {
    # 4: form
    "no tilde": (JWT, "sd_jwt.form"),
    "nothing but a tilde": ("~", "sd_jwt.form"),
    "an empty disclosure": (f"{JWT}~~{NAME}~", "sd_jwt.form"),
    "two parts in the token": (f"{HEAD}.{BODY}~", "jws.form"),
    "an empty signature": (f"{HEAD}.{BODY}.~", "jws.form"),
    "padding": (f"{HEAD}.{BODY}.{SIGNATURE}=~", "jws.form"),
    "the other alphabet": (f"{HEAD}.{BODY}.{'+' + SIGNATURE[1:]}~", "jws.form"),
    "a space before": (" " + sdjwt(), "jws.form"),
    "a key binding in place of a disclosure": (bound() + "~", "disclosure.encoding"),
    "too long": (JWT + "~" + "A" * 262144 + "~", "sd_jwt.size"),
    # 7.1 step 1: the issuer's signature
    "a changed signature": (f"{HEAD}.{BODY}.{flip(SIGNATURE, 5)}~", "jws.signature"),
    "a changed payload": (f"{HEAD}.{b64(js({**CLAIMS, 'vip': 1}))}.{SIGNATURE}~", "jws.signature"),
    "another issuer's key": (sdjwt(key=OTHER), "jws.signature"),
    "the holder's key in the header": (
        sdjwt(header={**HEADER, "jwk": jwk(OTHER)}, key=OTHER),
        "jws.signature",
    ),
    "a signature of zeros": (f"{HEAD}.{BODY}.{b64(bytes(64))}~", "jws.signature"),
    "a signature in DER": (
        f"{HEAD}.{BODY}."
        + b64(ISSUER.sign(f"{HEAD}.{BODY}".encode(), ec.ECDSA(hashes.SHA256())))
        + "~",
        "jws.signature",
    ),
    "alg none": (f"{b64(js({**HEADER, 'alg': 'none'}))}.{BODY}.{SIGNATURE}~", "jws.algorithm"),
    "alg none, unsigned": (f"{b64(js({'alg': 'none'}))}.{BODY}.~", "jws.form"),
    "alg HS256": (sdjwt(header={**HEADER, "alg": "HS256"}), "jws.algorithm"),
    "alg es256": (sdjwt(header={**HEADER, "alg": "es256"}), "jws.algorithm"),
    "no alg": (sdjwt(header={"typ": "x"}), "jws.algorithm"),
    "crit": (sdjwt(header={**HEADER, "crit": ["exp"]}), "jws.critical"),
    "typ null": (sdjwt(header={**HEADER, "typ": None}), "jws.type"),
    "typ of a key binding": (sdjwt(header={**HEADER, "typ": "kb+jwt"}), "jws.type"),
    "a header that is no object": (sdjwt(header=[]), "jws.json"),
    "a payload that is no object": (raw(b'"x"'), "jws.json"),
    "a claim twice": (raw(b'{"exp":1,"exp":1795158060}'), "jws.json"),
    "NaN": (raw(b'{"exp":NaN}'), "jws.json"),
    "bytes behind the payload": (raw(js(CLAIMS) + b" x"), "jws.json"),
    "a payload in UTF-16": (raw(json.dumps(CLAIMS).encode("utf-16")), "jws.json"),
    # 7.1 step 2: the hash algorithm
    "_sd_alg sha-512": (sdjwt(_sd_alg="sha-512"), "sd_jwt.hash_algorithm"),
    "_sd_alg in capitals": (sdjwt(_sd_alg="SHA-256"), "sd_jwt.hash_algorithm"),
    "_sd_alg null": (sdjwt(_sd_alg=None), "sd_jwt.hash_algorithm"),
    # 7.1 step 3: digests and disclosures
    "a digest twice": (sdjwt(_sd=[digest(NAME), digest(NAME)]), "sd_jwt.repeated_digest"),
    "a digest twice, undisclosed": (
        sdjwt(NAME, _sd=[digest(NAME), digest("x"), digest("x")]),
        "sd_jwt.repeated_digest",
    ),
    "a digest in two places": (
        sdjwt(ITEM, list=[{"...": digest(ITEM)}]),
        "sd_jwt.repeated_digest",
    ),
    "a disclosure for another's place": (
        sdjwt(again(NAME), NAME, _sd=[digest(NAME), digest(again(NAME))]),
        "sd_jwt.repeated_digest",
    ),
    "_sd a text": (sdjwt(_sd=digest(NAME)), "sd_jwt.digest_place"),
    "_sd of numbers": (sdjwt(_sd=[1]), "sd_jwt.digest_place"),
    "... beside another member": (
        sdjwt(nationalities=[{"...": digest(ITEM), "x": 1}]),
        "sd_jwt.digest_place",
    ),
    "... outside an array": (sdjwt(nationalities={"...": digest(ITEM)}), "sd_jwt.digest_place"),
    "... a number": (sdjwt(nationalities=[{"...": 1}]), "sd_jwt.digest_place"),
    "_sd_alg inside": (sdjwt(address={"_sd_alg": "sha-256"}), "sd_jwt.digest_place"),
    "an element among the members": (
        sdjwt(ITEM, _sd=[digest(ITEM)], drop=("nationalities",)),
        "disclosure.kind",
    ),
    "a member among the elements": (
        sdjwt(NAME, _sd=[], nationalities=[{"...": digest(NAME)}]),
        "disclosure.kind",
    ),
    "a name that is there": (sdjwt(name="visible"), "disclosure.name_clash"),
    "a name twice": (
        sdjwt(NAME, show("x", "name", 1), _sd=[digest(NAME), digest(show("x", "name", 1))]),
        "disclosure.name_clash",
    ),
    "the name _sd": (sdjwt(show("s", "_sd", [])), "disclosure.reserved_name"),
    "the name ...": (sdjwt(show("s", "...", "x")), "disclosure.reserved_name"),
    "no digest for it": (sdjwt(NAME, show("s", "vip", 1)), "disclosure.unreferenced"),
    "the same one twice": (sdjwt(NAME, NAME), "disclosure.repeated"),
    "the inner one alone": (
        sdjwt(STREET, _sd=[digest(again(STREET))]),
        "disclosure.unreferenced",
    ),
    "a digest over the value": (
        sdjwt(NAME, _sd=[b64(hashlib.sha256(js(["c2FsdA", "name", "[test] Kim"])).digest())]),
        "disclosure.unreferenced",
    ),
    "a digest in hexadecimal": (
        sdjwt(NAME, _sd=[hashlib.sha256(NAME.encode()).hexdigest()]),
        "disclosure.unreferenced",
    ),
    "one part": (sdjwt(show("s")), "disclosure.shape"),
    "four parts": (sdjwt(show("s", "n", 1, 2)), "disclosure.shape"),
    "a salt that is a number": (sdjwt(show(1, "n", 2)), "disclosure.shape"),
    "a name that is a number": (sdjwt(show("s", 1, 2)), "disclosure.shape"),
    "no array": (sdjwt(b64(b'{"s":1}')), "disclosure.shape"),
    "no JSON": (sdjwt(b64(b"[")), "disclosure.encoding"),
    "a member twice inside": (sdjwt(b64(b'["s","n",{"a":1,"a":2}]')), "disclosure.encoding"),
    "no base64url": (sdjwt("a+b/"), "disclosure.encoding"),
    "a name in half a pair": (sdjwt(b64(b'["s","\\ud800",1]')), "disclosure.encoding"),
    # 7.1 steps 4 and 5: validity
    "expired": (sdjwt(exp=NOW), "claims.expired"),
    "not yet valid": (sdjwt(nbf=NOW + 1), "claims.not_yet_valid"),
    "no exp": (sdjwt(drop=("exp",)), "claims.missing"),
    "exp kept back": (
        sdjwt(_sd=[digest(show("s", "exp", NOW + 9))], drop=("exp",)).split("~")[0] + "~",
        "claims.missing",
    ),
    "exp a text": (sdjwt(exp=str(NOW + 60)), "claims.type"),
    "exp true": (sdjwt(exp=True), "claims.type"),
    "made in the future": (sdjwt(iat=NOW + 301), "claims.not_yet_valid"),
    # SD-JWT VC: what may not be disclosed selectively
    "a protected claim of a credential": (
        sdjwt(
            show("s", "cnf", {}),
            header={**HEADER, "typ": "dc+sd-jwt"},
            vct="urn:x",
            iat=NOW,
            _sd=[digest(show("s", "cnf", {}))],
            drop=("cnf",),
        ),
        "vc.protected_claim",
    ),
    # 7.3: a key binding that nobody asked for must hold all the same
    "a stranger's key binding": (bound(key=OTHER), "key_binding.signature"),
    "a key binding of another presentation": (
        sdjwt(NAME) + bound().split("~")[-1],
        "key_binding.sd_hash",
    ),
    "a key binding without a key": (bound(sdjwt(drop=("cnf",))), "key_binding.holder_key"),
}

UNBOUND: dict[str, tuple[str, str]] = {
    "none": (sdjwt(), "key_binding.missing"),
    "by a stranger": (bound(key=OTHER), "key_binding.signature"),
    "by the issuer": (bound(key=ISSUER), "key_binding.signature"),
    "alg none": (bound(header={"alg": "none", "typ": "kb+jwt"}), "jws.algorithm"),
    "typ JWT": (bound(header={"alg": "ES256", "typ": "JWT"}), "key_binding.type"),
    "no typ": (bound(header={"alg": "ES256"}), "key_binding.type"),
    "another nonce": (bound(nonce="twice"), "key_binding.nonce"),
    "no nonce": (bound(drop=("nonce",)), "key_binding.claims"),
    "another audience": (bound(aud=AUDIENCE + "/"), "key_binding.audience"),
    "a list of audiences": (bound(aud=[AUDIENCE]), "key_binding.claims"),
    "no audience": (bound(drop=("aud",)), "key_binding.claims"),
    "a disclosure taken away": (
        sdjwt(NAME, CITY) + bound().split("~")[-1],
        "key_binding.sd_hash",
    ),
    "a disclosure added": (sdjwt() + bound(sdjwt(NAME)).split("~")[-1], "key_binding.sd_hash"),
    "a hash without the last tilde": (
        bound(sd_hash=digest(sdjwt()[:-1])),
        "key_binding.sd_hash",
    ),
    "no hash": (bound(drop=("sd_hash",)), "key_binding.claims"),
    "too old": (bound(iat=NOW - 301), "key_binding.time"),
    "too new": (bound(iat=NOW + 301), "key_binding.time"),
    "no iat": (bound(drop=("iat",)), "key_binding.claims"),
    "iat a text": (bound(iat=str(NOW)), "key_binding.claims"),
    "expired": (bound(exp=NOW), "key_binding.validity"),
    "not yet": (bound(nbf=NOW + 1), "key_binding.validity"),
    "a private key in cnf": (
        bound(sdjwt(cnf={"jwk": {**jwk(HOLDER), "d": "AQ"}})),
        "key_binding.holder_key",
    ),
    "cnf names a key by kid only": (bound(sdjwt(cnf={"kid": "1"})), "key_binding.holder_key"),
    "a key of another curve": (
        bound(sdjwt(cnf={"jwk": {**jwk(HOLDER), "crv": "P-384"}})),
        "key_binding.holder_key",
    ),
    "a point off the curve": (
        bound(sdjwt(cnf={"jwk": {**jwk(HOLDER), "y": jwk(HOLDER)["x"]}})),
        "key_binding.holder_key",
    ),
}


@pytest.fixture
def judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    (tmp_path / "jwk").write_text(json.dumps(jwk(ISSUER)))

    def run(text: str | bytes, *more: str) -> tuple[int, str, str]:
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "file").write_bytes(data)
        file, key = str(tmp_path / "file"), str(tmp_path / "jwk")
        code = main(["sd-jwt", "verify", file, "--issuer-jwk", key, "--at", AT, *more])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def rejection(answer: tuple[int, str, str]) -> str:
    code, out, err = answer
    assert (code, out) == (1, "")
    assert err.endswith("\n")
    assert err.count("\n") == 1
    line = json.loads(err)
    assert line.keys() == {"code", "check", "message"}
    return str(line["code"])


@pytest.mark.parametrize("case", SOUND)
def test_a_sound_presentation_is_shown(case: str, judge: Callable[..., Any]) -> None:
    text, expected = SOUND[case]
    code, out, err = judge(text)
    assert (code, err, out.count("\n")) == (0, "", 1)
    claims = json.loads(out)
    assert {name: claims[name] for name in expected} == expected
    assert not {"_sd", "_sd_alg"} & claims.keys()


@pytest.mark.parametrize("case", REJECTED)
def test_a_mutated_presentation_is_refused_by_its_rule(
    case: str, judge: Callable[..., Any]
) -> None:
    text, expected = REJECTED[case]
    assert rejection(judge(text)) == expected


@pytest.mark.parametrize("case", UNBOUND)
def test_a_wrong_key_binding_is_refused_by_its_rule(case: str, judge: Callable[..., Any]) -> None:
    text, expected = UNBOUND[case]
    assert rejection(judge(text, *BINDING)) == expected


def test_a_sound_key_binding_is_accepted(judge: Callable[..., Any]) -> None:
    for text in (bound(), bound(iat=NOW - 300), bound(iat=NOW + 300), bound(exp=NOW + 1)):
        assert judge(text, *BINDING)[0] == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\0" * 100,
        bytes(range(256)),
        b"\xef\xbb\xbf" + sdjwt().encode(),
        sdjwt().encode("utf-16"),
        os.urandom(4096),
        b"~" * 300_000,
        b"A" * 300_000,
        "서울~".encode(),
        sdjwt().encode() + b"\n\n",
        js([sdjwt()]),
    ],
    ids=range(12),
)
def test_anything_else_is_refused_in_one_line(data: bytes, judge: Callable[..., Any]) -> None:
    assert rejection(judge(data)).partition(".")[0] in {"sd_jwt", "jws"}


def test_a_file_beyond_every_bound_is_a_rejection_and_no_wrong_argument(
    tmp_path: Path, judge: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert rejection(judge(sdjwt().encode() + b"A" * (65 << 20))) == "sd_jwt.size"
    for start in (b"ey", b"{", b"\xd2", b"\xa2", b"\xff"):
        with (tmp_path / "list").open("wb") as file:
            file.write(start)
            file.truncate(65 << 20)
        code = main(["status-list", str(tmp_path / "list"), "--index", "0", "--at", AT])
        captured = capsys.readouterr()
        expected = "status.undetermined"
        assert rejection((code, captured.out, captured.err)) == expected


def test_a_token_from_standard_input_is_judged_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "jwk").write_text(json.dumps(jwk(ISSUER)))
    arguments = ["sd-jwt", "verify", "-", "--issuer-jwk", str(tmp_path / "jwk"), "--at", AT]
    for text, expected in ((sdjwt(), 0), (sdjwt(key=OTHER), 1), (sdjwt() + "\r\n", 0)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert main(arguments) == expected
        capsys.readouterr()


def test_the_command_itself_ends_as_documented(tmp_path: Path) -> None:
    (tmp_path / "jwk").write_text(json.dumps(jwk(ISSUER)))
    (tmp_path / "private").write_text(json.dumps({**jwk(ISSUER), "d": "AQ"}))
    file, key = ["-"], ["--issuer-jwk", str(tmp_path / "jwk")]
    cases: list[tuple[list[str], bytes, int]] = [
        ([*file, *key, "--at", AT], sdjwt().encode(), 0),
        ([*file, *key, "--at", AT], sdjwt(exp=NOW).encode(), 1),
        ([*file, *key, "--at", AT], b"\xff\xfe\0", 1),
        ([*file, *key, "--at", "now"], b"", 2),
        ([*file, *key, "--at", AT, "--nonce", "n"], b"", 2),
        ([*file, "--at", AT], b"", 2),
        ([*file, "--issuer-jwk", str(tmp_path / "private"), "--at", AT], b"", 2),
        ([*file, "--issuer-jwk", str(tmp_path), "--at", AT], b"", 2),
        ([str(tmp_path / "missing"), *key, "--at", AT], b"", 2),
    ]
    for arguments, data, expected in cases:
        done = subprocess.run(
            [*PYTHON, *arguments], input=data, capture_output=True, check=False, timeout=60
        )
        assert done.returncode == expected, (arguments, done.stderr)
        assert b"Traceback" not in done.stderr
        if expected == 1:
            assert done.stdout == b""
            assert json.loads(done.stderr)["code"]
            assert done.stderr.count(b"\n") == 1
