"""Issue, choose, present, verify: what comes out is exactly what was chosen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.encoding import Json
from tests.simulators.issuer import Seeded
from verifier.credential.errors import (
    HolderKeyError,
)
from verifier.credential.inclusion import LogPlace, credential_leaf
from verifier.credential.issuance import (
    Claim,
    Copy,
    CredentialOrder,
    Hidden,
    conceal,
    issue,
    issue_batch,
)
from verifier.credential.key_binding import Challenge
from verifier.credential.keys import PublicKey, SigningKey
from verifier.credential.presentation import HeldCredential, bind
from verifier.credential.sdjwt import parse_sd_jwt, verify_sd_jwt
from verifier.credential.status import StatusReference
from verifier.errors import (
    IssuanceError,
    RequestedClaimError,
)

ISSUER, HOLDER = SigningKey.of_secret(11), SigningKey.of_secret(22)
AT = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
CHALLENGE = Challenge("nonce", "https://verifier.test")
TECHNICAL = {"iss", "vct", "iat", "exp", "cnf", "evidence", "status"}


def order(claims: dict[str, Claim], **changes: object) -> CredentialOrder:
    fields: dict[str, object] = {
        "issuer": "https://issuer.test",
        "vct": "https://dojang.test/credentials/test",
        "claims": claims,
        "issued": AT,
        "expires": AT + timedelta(days=1),
        **changes,
    }
    return CredentialOrder(**fields)  # type: ignore[arg-type]  # by name


def copy(index: int = 0, holder: SigningKey = HOLDER) -> Copy:
    status = StatusReference("https://issuer.test/s/1", index)
    return Copy(holder.point, status, LogPlace("issuer.test/log", index))


def show(text: str) -> dict[str, Json]:
    bound = bind(text, CHALLENGE.nonce, CHALLENGE.audience, AT, HOLDER)
    verified = verify_sd_jwt(bound, PublicKey.of(ISSUER.point), challenge=CHALLENGE, at=AT)
    return {name: value for name, value in verified.claims.items() if name not in TECHNICAL}


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.sampled_from(["", "가", "x"])
)
names = st.sampled_from(["a", "b", "c", "d", "이름", "_SD", "__proto__"])


def branches(inner: st.SearchStrategy[Claim]) -> st.SearchStrategy[Claim]:
    part = st.one_of(inner, inner.filter(lambda v: not isinstance(v, Hidden)).map(Hidden))
    return st.one_of(st.lists(part, max_size=4), st.dictionaries(names, part, max_size=4))


trees = st.dictionaries(
    names,
    st.recursive(leaves, branches, max_leaves=12).flatmap(
        lambda value: st.sampled_from([value, Hidden(value)])
    ),
    max_size=5,
)


def expected(value: Claim, chosen: set[int]) -> Json:
    """What a verifier should see of a tree when some of its hidden parts are disclosed."""
    if isinstance(value, Hidden):
        return expected(value.value, chosen)
    if isinstance(value, dict):
        return {n: expected(v, chosen) for n, v in value.items() if visible(v, chosen)}
    if isinstance(value, list):
        return [expected(v, chosen) for v in value if visible(v, chosen)]
    return value  # type: ignore[return-value]  # a leaf


def visible(value: Claim, chosen: set[int]) -> bool:
    return not isinstance(value, Hidden) or id(value) in chosen


def hidden_in(value: Claim) -> list[tuple[Hidden, ...]]:
    """Every hidden part with those around it, outermost first, each as a chain."""
    if isinstance(value, Hidden):
        return [(value,), *((value, *chain) for chain in hidden_in(value.value))]
    if isinstance(value, dict):
        return [chain for v in value.values() for chain in hidden_in(v)]
    if isinstance(value, list):
        return [chain for v in value for chain in hidden_in(v)]
    return []


def distinct(value: Claim) -> Claim:
    """The same tree with every hidden part an object of its own."""
    if isinstance(value, Hidden):
        return Hidden(distinct(value.value))
    if isinstance(value, dict):
        return {n: distinct(v) for n, v in value.items()}
    return [distinct(v) for v in value] if isinstance(value, list) else value


@given(trees, st.data())
def test_any_subset_that_is_presented_is_what_the_verifier_sees(
    tree: dict[str, Claim], data: st.DataObject
) -> None:
    claims = distinct(tree)
    assert isinstance(claims, dict)
    issued = issue(order(claims, decoys=1), copy(), ISSUER, Seeded())
    held = HeldCredential.of(issued.text)
    chains = hidden_in(claims)
    assert len(held.held) == len(chains)
    picked = data.draw(st.sets(st.integers(0, max(len(chains) - 1, 0)), max_size=len(chains)))
    chosen = {id(part) for index in picked for part in chains[index]}
    digests = [digest_of_chain(held, chains[index], claims) for index in picked]
    assert show(held.disclose(digests)) == expected(claims, chosen)


def digest_of_chain(
    held: HeldCredential, chain: tuple[Hidden, ...], claims: dict[str, Claim]
) -> str:
    """The digest of the last hidden part of a chain, found by its place in the tree."""
    place = place_of(claims, chain[-1])
    return next(h.disclosure.digest for h in held.held if h.place == place)


def place_of(value: Claim, part: Hidden) -> tuple[str | int, ...] | None:
    if value is part:
        return ()
    if isinstance(value, Hidden):
        return place_of(value.value, part)
    steps = value.items() if isinstance(value, dict) else ()
    steps = enumerate(value) if isinstance(value, list) else steps
    for step, inner in steps:
        found = place_of(inner, part)
        if found is not None:
            return (step, *found)
    return None


NESTED: dict[str, Claim] = {
    "address": Hidden({"city": "서울", "street": Hidden("세종대로 110")}),
    "nationalities": [Hidden("KR"), Hidden("DE"), "US"],
    "plain": 1,
}


def test_a_path_discloses_what_is_around_and_inside_its_claim_and_no_more() -> None:
    held = HeldCredential.of(issue(order(NESTED), copy(), ISSUER, Seeded()).text)
    nothing = {"nationalities": ["US"], "plain": 1}
    full = {"city": "서울", "street": "세종대로 110"}
    assert show(held.select([])) == nothing
    assert show(held.select([("address", "street")])) == {**nothing, "address": full}
    assert show(held.select([("address", "city")])) == {**nothing, "address": {"city": "서울"}}
    assert show(held.select([("address",)])) == {**nothing, "address": full}
    assert show(held.select([("nationalities", 1)]))["nationalities"] == ["DE", "US"]
    assert show(held.select([("nationalities", None)]))["nationalities"] == ["KR", "DE", "US"]
    for path in [("nothing",), ("address", "zip"), ("nationalities", 3), ()]:
        with pytest.raises(RequestedClaimError):
            held.select([path])
    with pytest.raises(RequestedClaimError):
        held.disclose(["no digest"])


def test_another_key_cannot_bind_a_credential() -> None:
    text = issue(order(NESTED), copy(), ISSUER, Seeded()).text
    with pytest.raises(HolderKeyError):
        bind(text, "n", "a", AT, ISSUER)


def test_digests_are_shuffled_salts_are_fresh_and_decoys_belong_to_nothing() -> None:
    claims: dict[str, Claim] = {f"claim {i}": Hidden(i) for i in range(20)}
    payload, disclosures = conceal(claims, Seeded(), decoys=3)
    digests = payload["_sd"]
    assert isinstance(digests, list)
    made = [disclosure.digest for disclosure in disclosures]
    assert len(digests) == 23
    assert set(made) < set(digests)
    assert [d for d in digests if d in made] not in (made, made[::-1])
    again, _ = conceal(claims, Seeded(b"other"), decoys=3)
    assert set(digests).isdisjoint(again["_sd"])  # type: ignore[arg-type]  # a list as above


def test_copies_of_a_batch_share_nothing_but_their_claims() -> None:
    keys = [SigningKey.of_secret(100 + i) for i in range(10)]
    copies = [copy(i, key) for i, key in enumerate(keys)]
    batch = issue_batch(order(NESTED), copies, ISSUER, Seeded())
    tokens = [parse_sd_jwt(credential.text) for credential in batch]
    digests = [d.digest for token in tokens for d in token.disclosures]
    assert len(set(digests)) == len(digests) == 40
    assert len({credential.leaf for credential in batch}) == 10
    assert batch[3].leaf == credential_leaf(tokens[3].issuer_jwt)
    for twice in (
        [copies[0], copy(0, keys[1])],
        [copies[0], copy(1, keys[0])],
        [],
    ):
        with pytest.raises(IssuanceError):
            issue_batch(order(NESTED), twice, ISSUER, Seeded())


@pytest.mark.parametrize(
    "name",
    ["iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status", "evidence"],
)
def test_no_claim_may_stand_for_what_the_issuer_sets_or_must_stay_visible(name: str) -> None:
    for value in ("x", Hidden("x")):
        with pytest.raises(IssuanceError):
            issue(order({name: value}), copy(), ISSUER, Seeded())


def test_what_a_verifier_would_refuse_is_not_issued() -> None:
    for claims in (
        {"_sd": []},
        {"a": {"...": 1}},
        {"a": Hidden({"_sd_alg": 1})},
        {"a": Hidden(Hidden(1))},
    ):
        with pytest.raises(IssuanceError):
            issue(order(claims), copy(), ISSUER, Seeded())
    for changes in ({"expires": AT}, {"issuer": ""}, {"vct": ""}, {"decoys": 65}):
        with pytest.raises(IssuanceError):
            issue(order({}, **changes), copy(), ISSUER, Seeded())
