"""RFC 9901 and its SD-JWT VC profile: what a sound presentation shows."""

import pytest

from tests.simulators.sd_jwt_forger import (
    CHALLENGE,
    HOLDER,
    NOW,
    SALT,
    Forgery,
    disclose,
    sound,
    verify,
)
from verifier.credential import errors
from verifier.credential.disclosure import digest_of
from verifier.credential.keys import public_jwk


def test_a_sound_presentation_shows_what_was_disclosed() -> None:
    verified = verify(sound().bound(), CHALLENGE)
    assert verified.claims["given_name"] == "John"
    assert verified.claims["age"] == 30
    assert "_sd" not in verified.claims
    assert "_sd_alg" not in verified.claims
    assert verified.holder is not None
    assert verified.holder.point == HOLDER.point


def recursive() -> tuple[Forgery, str]:
    street = disclose(SALT, "street", "42 Market")
    address = disclose(SALT, "address", {"city": "서울", "_sd": [digest_of(street)]})
    return Forgery().add(address), street


def elements() -> tuple[Forgery, list[str]]:
    texts = [disclose(SALT, nation) for nation in ("KR", "DE")]
    forgery = Forgery().set(nationalities=["US", *({"...": digest_of(t)} for t in texts)])
    return forgery, texts


def test_recursive_disclosures_are_put_into_each_other() -> None:
    forgery, street = recursive()
    assert verify(forgery.text()).claims["address"] == {"city": "서울"}
    forgery.disclosures.append(street)
    assert verify(forgery.text()).claims["address"] == {"city": "서울", "street": "42 Market"}
    forgery.disclosures.remove(forgery.disclosures[0])
    with pytest.raises(errors.UnreferencedDisclosureError):
        verify(forgery.text())


def test_array_elements_are_disclosed_one_by_one() -> None:
    forgery, texts = elements()
    assert verify(forgery.text()).claims["nationalities"] == ["US"]
    forgery.disclosures = texts[1:]
    assert verify(forgery.text()).claims["nationalities"] == ["US", "DE"]


def test_decoys_and_an_empty_list_of_digests_mean_nothing() -> None:
    forgery = sound().set(empty={"_sd": []}, list=[{"...": digest_of("decoy 2")}])
    digests = forgery.payload["_sd"]
    assert isinstance(digests, list)
    digests.append(digest_of("decoy"))
    claims = verify(forgery.text()).claims
    assert (claims["empty"], claims["list"]) == ({}, [])


def test_without_sd_alg_the_hash_is_sha_256() -> None:
    assert verify(sound().drop("_sd_alg").text()).claims["age"] == 30


def test_any_typ_is_taken_and_none_too() -> None:
    for typ in ("vc+sd-jwt", "JWT", None):
        forgery = sound()
        forgery.header = {"alg": "ES256", **({} if typ is None else {"typ": typ})}
        verify(forgery.text())


def test_a_name_clash_inside_a_disclosed_object_is_refused() -> None:
    inner = disclose(SALT, "a", 2)
    outer = disclose(SALT, "o", {"a": 1, "_sd": [digest_of(inner)]})
    forgery = Forgery().add(outer)
    verify(forgery.text())
    forgery.disclosures.append(inner)
    with pytest.raises(errors.NameClashError):
        verify(forgery.text())


def test_times_are_exact_to_the_second() -> None:
    verify(sound().set(exp=NOW + 1, nbf=NOW, iat=NOW + 300).text())
    verify(sound().set(exp=NOW + 0.5).text())


def test_exp_may_be_disclosed_outside_the_vc_profile() -> None:
    hidden = disclose(SALT, "exp", NOW + 9)
    verify(Forgery().drop("exp").add(hidden).text())
    late = disclose(SALT, "exp", NOW - 9)
    with pytest.raises(errors.ExpiredError):
        verify(Forgery().drop("exp").add(late).text())


PROTECTED: dict[str, tuple[str, object]] = {
    "iss": ("iss", "https://issuer.test"),
    "nbf": ("nbf", NOW - 9),
    "exp": ("exp", NOW + 9),
    "cnf": ("cnf", {"jwk": dict(public_jwk(HOLDER.point))}),
    "vct": ("vct", "urn:test"),
    "vct#integrity": ("vct#integrity", "sha256-x"),
    "aka_vcts": ("aka_vcts", ["urn:other"]),
    "status": ("status", {"status_list": {"idx": 1, "uri": "https://s.test"}}),
    "evidence": ("evidence", {"log": "l", "index": 1}),
}


def vc(**claims: object) -> Forgery:
    forgery = Forgery(header={"alg": "ES256", "typ": "dc+sd-jwt"})
    return forgery.set(**{"vct": "urn:test", **claims})  # type: ignore[arg-type]  # a table of anything


@pytest.mark.parametrize("name", PROTECTED)
def test_an_sd_jwt_vc_never_hides_a_protected_claim(name: str) -> None:
    value = PROTECTED[name][1]
    verify(vc(**{name: value}).text())
    forgery = vc()
    forgery.payload.pop(name, None)
    with pytest.raises(errors.ProtectedClaimError):
        verify(forgery.add(disclose(SALT, name, value)).text())  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    "status",
    [
        {"status_list": {"uri": "https://s.test", "_sd": [digest_of("idx")]}},
        {"_sd": [digest_of("status_list")]},
        {"more": [{"...": digest_of("x")}]},
    ],
)
def test_an_sd_jwt_vc_hides_nothing_inside_a_protected_claim(status: object) -> None:
    with pytest.raises(errors.ProtectedClaimError):
        verify(vc(status=status).text())
    verify(vc(other=status).text())


def test_vct_and_iss_of_an_sd_jwt_vc_are_texts() -> None:
    for changes in ({"vct": 1}, {"vct": ""}, {"iss": ["https://issuer.test"]}):
        with pytest.raises(errors.ClaimTypeError):
            verify(vc(**changes).text())
