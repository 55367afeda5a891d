"""The value by which a person is known again: one form, one scope, one issuer (C-63 to C-65)."""

from dataclasses import replace

import pytest

from contracts.evidence.encoding import Json, b64u_encode
from tests.simulators.issuer import VCT, Chain, Seeded, SimulatedIssuer, answer, ask, material
from verifier.credential.issuance import Claim, Hidden
from verifier.credential.keys import SigningKey
from verifier.credential.pseudonym import check_pseudonym, is_pseudonym
from verifier.credential.request import (
    PresentationRequest,
    PseudonymQuery,
    decode_request,
    encode_request,
)
from verifier.credential.standing import Policy
from verifier.credential.verification import VerifiedPresentation, verify
from verifier.errors import (
    PseudonymFormError,
    PseudonymIssuerError,
    PseudonymScopeError,
    RequestedClaimError,
    RequestFormError,
    VerifierError,
)

VALUE = b64u_encode(bytes(range(32)))
ASKED = PseudonymQuery("voter", "voter_series", "series-1", "https://issuer.test/insurance")
PATHS = (("voter",), ("voter_series",))


def request_for(chain: Chain, asked: PseudonymQuery | None = ASKED) -> PresentationRequest:
    made = ask(chain, [("work", VCT, PATHS)])
    return replace(made, queries=(replace(made.queries[0], pseudonym=asked),))


def shown(claims: dict[str, Json], asked: PseudonymQuery | None = ASKED) -> VerifiedPresentation:
    chain = Chain()
    issuer, holder = SimulatedIssuer(chain), SigningKey.generate(Seeded(b"holder"))
    hidden: dict[str, Claim] = {name: Hidden(value) for name, value in claims.items()}
    credential = issuer.issue(hidden, holder)
    issuer.anchor()
    request = request_for(chain, asked)
    paths = [path for path in PATHS if path[0] in claims]
    text = answer(credential, holder, request, paths, chain.now)
    return verify({"work": [text]}, request, material(issuer), chain.now, Policy())


def test_the_value_asked_for_is_taken() -> None:
    found = shown({"voter": VALUE, "voter_series": "series-1"}).credential("work")
    assert found.claims["voter"] == VALUE


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"voter": VALUE + "=", "voter_series": "series-1"}, PseudonymFormError),
        ({"voter": VALUE[:-1] + "9", "voter_series": "series-1"}, PseudonymFormError),
        ({"voter": VALUE[:-1], "voter_series": "series-1"}, PseudonymFormError),
        ({"voter": [VALUE], "voter_series": "series-1"}, PseudonymFormError),
        ({"voter": VALUE, "voter_series": "series-2"}, PseudonymScopeError),
        ({"voter": VALUE, "voter_series": ["series-1"]}, PseudonymScopeError),
        ({"voter": VALUE, "voter_series": "Series-1"}, PseudonymScopeError),
        ({"voter": VALUE}, RequestedClaimError),
        ({"voter_series": "series-1"}, RequestedClaimError),
    ],
)
def test_any_other_value_or_scope_is_refused(
    claims: dict[str, Json], error: type[VerifierError]
) -> None:
    with pytest.raises(error):
        shown(claims)


def test_another_issuers_value_is_refused_though_it_has_leave_to_issue() -> None:
    asked = replace(ASKED, issuer="https://issuer.test/another")
    with pytest.raises(PseudonymIssuerError):
        shown({"voter": VALUE, "voter_series": "series-1"}, asked)


def test_a_value_that_no_path_asks_for_must_be_there_all_the_same() -> None:
    with pytest.raises(PseudonymFormError):
        check_pseudonym({"iss": ASKED.issuer, "voter_series": "series-1"}, ASKED)
    with pytest.raises(PseudonymScopeError):
        check_pseudonym({"iss": ASKED.issuer, "voter": VALUE}, ASKED)


def test_the_form_is_43_characters_with_a_canonical_last_one() -> None:
    canonical = [last for last in map(chr, range(128)) if is_pseudonym(VALUE[:-1] + last)]
    assert "".join(canonical) == "048AEIMQUYcgkosw"
    others: list[Json] = [
        None,
        True,
        1,
        "",
        VALUE + "A",
        VALUE[1:],
        f"{VALUE}\n",
        VALUE.lower() + "é",
    ]
    assert not any(map(is_pseudonym, others))


def test_a_request_file_keeps_what_the_value_must_be() -> None:
    request = request_for(Chain())
    assert decode_request(encode_request(request)) == request
    for name in ("claim", "scope_claim", "scope", "issuer"):
        less = encode_request(request).replace(f'"{name}":'.encode(), b'"more":')
        with pytest.raises(RequestFormError):
            decode_request(less)
