"""RFC 9901, rule by rule: what is changed in a sound presentation to break one rule."""

import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from contracts.evidence.encoding import b64u_decode
from tests.simulators.sd_jwt_forger import (
    AGE,
    ISSUER,
    NAME,
    NOW,
    SALT,
    STRANGER,
    Forgery,
    disclose,
    encode,
    sound,
    verify,
)
from verifier.credential import errors
from verifier.credential.disclosure import digest_of
from verifier.credential.keys import public_jwk
from verifier.credential.sdjwt import MAX_DISCLOSURES, MAX_PRESENTATION_CHARS
from verifier.errors import VerifierError


def header(**changes: object) -> Callable[[], str]:
    def forge() -> str:
        forgery = sound()
        forgery.header = {"alg": "ES256", "typ": "example+sd-jwt", **changes}  # type: ignore[dict-item]  # hostile
        return forgery.text()

    return forge


def added(*texts: str, **claims: object) -> Callable[[], str]:
    return lambda: Forgery().set(**claims).add(*texts).text()  # type: ignore[arg-type]  # hostile


def claims(**changes: object) -> Callable[[], str]:
    return lambda: sound().set(**changes).text()  # type: ignore[arg-type]  # hostile


def unnamed() -> str:
    text = disclose(SALT, "KR")
    return Forgery().add(text).text()


def named_element() -> str:
    forgery = Forgery().set(list=[{"...": digest_of(NAME)}])
    forgery.disclosures = [NAME]
    return forgery.text()


def hmac_with_public_key() -> str:
    signed = f"{encode({'alg': 'HS256'})}.{encode(sound().payload)}"
    mac = hmac.new(json.dumps(public_jwk(ISSUER.point)).encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{encode(mac.digest())}~"


def der_signature() -> str:
    signed = sound().text().split("~")[0]
    body, _, signature = signed.rpartition(".")
    raw = b64u_decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    return f"{body}.{encode(der)}~"


def replaced(old: str, new: str) -> Callable[[], str]:
    def forge() -> str:
        text = sound().text()
        assert old in text
        return text.replace(old, new)

    return forge


def raw(payload: bytes) -> Callable[[], str]:
    return lambda: Forgery().text(payload)


def signed_by(key: object) -> Callable[[], str]:
    def forge() -> str:
        forgery = sound()
        forgery.key = key  # type: ignore[assignment]  # a table of keys
        return forgery.text()

    return forge


def deep(levels: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def nested_disclosures() -> str:
    texts = [disclose(SALT, "a", deep(20))]
    texts.append(disclose(SALT, "b", {"x": deep(15)["a"], "_sd": [digest_of(texts[0])]}))
    for name in "cdefghijklmnopqrs":
        texts.append(disclose(SALT, name, {"_sd": [digest_of(texts[-1])]}))
    return Forgery(disclosures=texts[:-1]).add(texts[-1]).text()


def hidden_exp() -> str:
    hidden = disclose(SALT, "exp", NOW + 9)
    return Forgery().drop("exp").set(_sd=[digest_of(hidden)]).text()


SOUND = sound().text()
JWT = SOUND.split("~")[0]
HEAD, BODY, SIGNATURE = JWT.split(".")
ALG_TWICE = b'{"alg":"ES256","alg":"none"}'
TWICE = f'{{"exp": {NOW + 9}, "a": 1, "a": 2}}'.encode()

HOSTILE: dict[str, tuple[Callable[[], str], type[VerifierError]]] = {
    "too long": (lambda: "a" * MAX_PRESENTATION_CHARS + "~", errors.PresentationTooLargeError),
    "empty": (lambda: "", errors.PresentationFormError),
    "a plain JWT": (lambda: JWT, errors.PresentationFormError),
    "nothing before the first tilde": (lambda: f"~{NAME}~", errors.PresentationFormError),
    "an empty disclosure": (lambda: f"{JWT}~{NAME}~~{AGE}~", errors.PresentationFormError),
    "no tilde at the end": (lambda: SOUND[:-1], errors.JwsFormError),
    "a space before": (lambda: " " + SOUND, errors.JwsFormError),
    "a line end behind": (lambda: SOUND + "\n", errors.JwsFormError),
    "more disclosures than are read": (
        lambda: (
            Forgery().add(*(disclose(SALT, f"c{i}", i) for i in range(MAX_DISCLOSURES + 1))).text()
        ),
        errors.TooManyDisclosuresError,
    ),
    "two parts": (lambda: f"{HEAD}.{BODY}~", errors.JwsFormError),
    "four parts": (lambda: f"{JWT}.{BODY}~", errors.JwsFormError),
    "no signature": (lambda: f"{HEAD}.{BODY}.~", errors.JwsFormError),
    "a padded part": (lambda: f"{HEAD}.{BODY}=.{SIGNATURE}~", errors.JwsFormError),
    "characters of plain base64": (lambda: f"{HEAD}.{BODY}+.{SIGNATURE}~", errors.JwsFormError),
    "a letter outside ASCII": (lambda: f"{HEAD}é.{BODY}.{SIGNATURE}~", errors.JwsFormError),
    "bits behind the signature's end": (
        lambda: f"{HEAD}.{BODY}.{SIGNATURE[:-1]}{'B' if SIGNATURE[-1] in 'AQgw' else 'C'}~",
        errors.JwsFormError,
    ),
    "a header that is no JSON": (
        lambda: f"{encode(b'{')}.{BODY}.{SIGNATURE}~",
        errors.JwsJsonError,
    ),
    "a header that is no object": (
        lambda: f"{encode(['ES256'])}.{BODY}.{SIGNATURE}~",
        errors.JwsJsonError,
    ),
    "a member twice in the header": (
        lambda: f"{encode(ALG_TWICE)}.{BODY}.{SIGNATURE}~",
        errors.JwsJsonError,
    ),
    "a payload that is no object": (raw(b"[1]"), errors.JwsJsonError),
    "a member twice in the payload": (raw(TWICE), errors.JwsJsonError),
    "NaN in the payload": (raw(b'{"a": NaN}'), errors.JwsJsonError),
    "bytes behind the payload": (raw(b"{} {}"), errors.JwsJsonError),
    "a byte-order mark": (raw(b"\xef\xbb\xbf{}"), errors.JwsJsonError),
    "a lone surrogate": (raw(b'{"a": "\\ud800"}'), errors.JwsJsonError),
    "nesting beyond the bound": (raw(json.dumps(deep(40)).encode()), errors.JwsJsonError),
    "alg none": (header(alg="none"), errors.AlgorithmError),
    "alg None": (header(alg="None"), errors.AlgorithmError),
    "alg none without signature": (
        lambda: f"{encode({'alg': 'none'})}.{BODY}.~{NAME}~",
        errors.JwsFormError,
    ),
    "alg HS256 keyed with the public key": (hmac_with_public_key, errors.AlgorithmError),
    "alg ES384": (header(alg="ES384"), errors.AlgorithmError),
    "alg in small letters": (header(alg="es256"), errors.AlgorithmError),
    "alg a list": (header(alg=["ES256"]), errors.AlgorithmError),
    "no alg": (header(alg=None), errors.AlgorithmError),
    "crit": (header(crit=["exp"]), errors.CriticalHeaderError),
    "an empty crit": (header(crit=[]), errors.CriticalHeaderError),
    "b64 false": (header(b64=False), errors.CriticalHeaderError),
    "typ of a key binding": (header(typ="kb+jwt"), errors.TokenTypeError),
    "typ a number": (header(typ=1), errors.TokenTypeError),
    "another key's signature": (signed_by(STRANGER), errors.SignatureError),
    "another key in the header": (
        lambda: Forgery(
            header={"alg": "ES256", "jwk": dict(public_jwk(STRANGER.point))}, key=STRANGER
        ).text(),
        errors.SignatureError,
    ),
    "a changed payload": (
        lambda: f"{HEAD}.{encode({**sound().payload, 'plain': 2})}.{SIGNATURE}~",
        errors.SignatureError,
    ),
    "a changed header": (
        lambda: f"{encode({'alg': 'ES256', 'typ': 'JWT'})}.{BODY}.{SIGNATURE}~",
        errors.SignatureError,
    ),
    "a signature in DER": (der_signature, errors.SignatureError),
    "a signature of zeros": (
        lambda: f"{HEAD}.{BODY}.{encode(bytes(64))}~",
        errors.SignatureError,
    ),
    "an unknown hash": (claims(_sd_alg="sha-512"), errors.HashAlgorithmError),
    "a hash in capitals": (claims(_sd_alg="SHA-256"), errors.HashAlgorithmError),
    "a hash that is null": (claims(_sd_alg=None), errors.HashAlgorithmError),
    "a hash that is a list": (claims(_sd_alg=["sha-256"]), errors.HashAlgorithmError),
    "a hash below the top": (claims(a={"_sd_alg": "sha-256"}), errors.DigestPlaceError),
    "a padded disclosure": (added(NAME + "="), errors.DisclosureEncodingError),
    "a disclosure that is no base64url": (added(NAME + "."), errors.DisclosureEncodingError),
    "a disclosure that is no JSON": (added(encode(b"[1,")), errors.DisclosureEncodingError),
    "a disclosure with a member twice": (
        added(encode(f'["{SALT}", "a", {{"b": 1, "b": 2}}]'.encode())),
        errors.DisclosureEncodingError,
    ),
    "a disclosure with bytes behind": (
        added(encode(f'["{SALT}", "a", 1] '.encode() + b"x")),
        errors.DisclosureEncodingError,
    ),
    "a disclosure that is no array": (added(encode({"a": 1})), errors.DisclosureShapeError),
    "an empty array": (added(disclose()), errors.DisclosureShapeError),
    "one element": (added(disclose(SALT)), errors.DisclosureShapeError),
    "four elements": (added(disclose(SALT, "a", 1, 2)), errors.DisclosureShapeError),
    "a salt that is a number": (added(disclose(1, "a", 1)), errors.DisclosureShapeError),
    "a name that is a number": (added(disclose(SALT, 1, 1)), errors.DisclosureShapeError),
    "a name that is null": (added(disclose(SALT, None, 1)), errors.DisclosureShapeError),
    "a claim named _sd": (added(disclose(SALT, "_sd", [])), errors.ReservedNameError),
    "a claim named ...": (added(disclose(SALT, "...", "x")), errors.ReservedNameError),
    "a claim named _sd_alg": (added(disclose(SALT, "_sd_alg", "x")), errors.ReservedNameError),
    "a disclosure twice": (
        lambda: SOUND.replace(f"~{NAME}~", f"~{NAME}~{NAME}~"),
        errors.RepeatedDisclosureError,
    ),
    "_sd a text": (claims(_sd="x"), errors.DigestPlaceError),
    "_sd an object": (claims(_sd={}), errors.DigestPlaceError),
    "_sd null": (claims(_sd=None), errors.DigestPlaceError),
    "_sd with a number": (claims(_sd=[1]), errors.DigestPlaceError),
    "... as a claim": (claims(a={"...": digest_of("x")}), errors.DigestPlaceError),
    "... at the top": (
        lambda: Forgery(payload={**sound().payload, "...": "x"}).text(),
        errors.DigestPlaceError,
    ),
    "... with a number": (claims(a=[{"...": 1}]), errors.DigestPlaceError),
    "... with another member": (
        claims(a=[{"...": digest_of("x"), "b": 1}]),
        errors.DigestPlaceError,
    ),
    "... inside a disclosure": (
        added(disclose(SALT, "a", {"...": "x"})),
        errors.DigestPlaceError,
    ),
    "a digest twice in one list": (
        lambda: Forgery().add(NAME).set(_sd=[digest_of(NAME)] * 2).text(),
        errors.RepeatedDigestError,
    ),
    "a digest twice in two places": (
        claims(a={"_sd": [digest_of(NAME)]}),
        errors.RepeatedDigestError,
    ),
    "a decoy twice": (
        claims(a={"_sd": [digest_of("x")]}, b=[{"...": digest_of("x")}]),
        errors.RepeatedDigestError,
    ),
    "a digest again inside a disclosure": (
        added(NAME, disclose(SALT, "a", {"_sd": [digest_of(NAME)]})),
        errors.RepeatedDigestError,
    ),
    "an element disclosed as a claim": (unnamed, errors.DisclosureKindError),
    "a claim disclosed as an element": (named_element, errors.DisclosureKindError),
    "a name that the object has": (
        added(disclose(SALT, "plain", 2)),
        errors.NameClashError,
    ),
    "a registered name that the object has": (
        added(disclose(SALT, "iss", "https://evil.test")),
        errors.NameClashError,
    ),
    "a name twice": (added(NAME, disclose(SALT, "given_name", "J")), errors.NameClashError),
    "a disclosure nobody refers to": (
        lambda: SOUND + disclose(SALT, "more", 1) + "~",
        errors.UnreferencedDisclosureError,
    ),
    "a disclosure changed by a letter": (
        replaced(NAME, disclose(SALT, "given_name", "Jane")),
        errors.UnreferencedDisclosureError,
    ),
    "a disclosure written with other spaces": (
        replaced(NAME, encode(f'["{SALT}","given_name","John"]'.encode())),
        errors.UnreferencedDisclosureError,
    ),
    "nesting through disclosures": (nested_disclosures, errors.NestingError),
    "no exp": (lambda: sound().drop("exp").text(), errors.MissingClaimError),
    "exp kept back": (
        hidden_exp,
        errors.MissingClaimError,
    ),
    "exp a text": (claims(exp=str(NOW + 9)), errors.ClaimTypeError),
    "exp true": (claims(exp=True), errors.ClaimTypeError),
    "exp null": (claims(exp=None), errors.ClaimTypeError),
    "exp negative": (claims(exp=-1), errors.ClaimTypeError),
    "exp beyond all years": (claims(exp=10**30), errors.ClaimTypeError),
    "nbf a text": (claims(nbf="0"), errors.ClaimTypeError),
    "expired this second": (claims(exp=NOW), errors.ExpiredError),
    "not valid until the next second": (claims(nbf=NOW + 1), errors.NotYetValidError),
    "issued in the future": (claims(iat=NOW + 301), errors.NotYetValidError),
    "iat a text": (claims(iat="now"), errors.ClaimTypeError),
    "an SD-JWT VC without vct": (header(typ="dc+sd-jwt"), errors.MissingClaimError),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_presentation_is_refused_by_its_own_check(case: str) -> None:
    forge, error = HOSTILE[case]
    text = forge()
    with pytest.raises(VerifierError) as caught:
        verify(text)
    assert type(caught.value) is error
    assert caught.value.check
