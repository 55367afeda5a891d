"""Status lists in CBOR: the draft's vectors, and hostile lists, headers and tokens."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.errors import EncodingError
from contracts.evidence.names import status_list_id
from contracts.evidence.snapshot import Ending, StatusHistory, StatusVersion
from tests.simulators.cwt_forger import ISSUED, KEY, URI, ForgedCwt, key_id, list_of
from tests.simulators.issuer import GENESIS
from tests.simulators.world import World
from verifier.credential.bundle import (
    EvidenceBundle,
    FetchedStatusList,
    decode_bundle,
    encode_bundle,
)
from verifier.credential.cbor import (
    MAX_CBOR_BYTES,
    MAX_CBOR_DEPTH,
    MAX_CBOR_ITEMS,
    parse_cbor,
    parse_cbor_map,
)
from verifier.credential.errors import SignatureError
from verifier.credential.keys import PublicKey, SigningKey, thumbprint
from verifier.credential.status import MAX_LIST_BYTES, MAX_TOKEN_BYTES, Status, check_token_time
from verifier.credential.status_cwt import parse_fetched_token, parse_packed_cwt, parse_packed_list
from verifier.credential.trust import TrustMaterial
from verifier.errors import BundleFormError, StatusDoubt, StatusUndeterminedError

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "status_list.json").read_text(encoding="utf-8")
)
AT = datetime.fromtimestamp(ISSUED, UTC)


@pytest.mark.parametrize("vector", VECTORS["short"], ids=lambda v: v["title"])
def test_a_short_list_of_the_draft_is_read_in_cbor(vector: dict[str, Any]) -> None:
    entries = parse_packed_list(bytes.fromhex(vector["cbor_hex"])).inflate()
    assert [entries.value(i) for i in range(entries.size)] == vector["values"]


@pytest.mark.parametrize("vector", VECTORS["long"], ids=lambda v: v["title"])
def test_a_list_of_2_to_the_20_entries_is_read_in_cbor(vector: dict[str, Any]) -> None:
    entries = parse_packed_list(bytes.fromhex(vector["cbor_hex"])).inflate()
    expected = {int(index): value for index, value in vector["statuses"].items()}
    assert (entries.size, entries.bits) == (1 << 20, vector["bits"])
    assert {index: entries.value(index) for index in expected} == expected
    assert sum(map(int.bit_count, entries.packed)) == sum(map(int.bit_count, expected.values()))


def test_the_token_of_the_draft_is_parsed_in_cbor() -> None:
    token = parse_packed_cwt(bytes.fromhex(VECTORS["status_list_cwt"])).inflate()
    facts = token.facts
    assert facts.uri == "https://example.com/statuslists/1"
    assert (facts.issued, facts.expires, facts.ttl) == (1686920170, 2291720170, 43200)
    assert [token.entries.value(i) for i in range(16)] == VECTORS["short"][0]["values"]
    # The key that the draft's examples are signed with (src/util.py of its repository).
    key = PublicKey.of_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
            "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
        }
    )
    token.signed.check(key)
    with pytest.raises(SignatureError):
        token.signed.check(PublicKey.of(KEY.point))


def test_a_sound_token_is_read_as_its_twin_in_json_would_be() -> None:
    token = parse_fetched_token(ForgedCwt().token()).inflate()
    token.signed.check(PublicKey.of(KEY.point))
    assert (token.facts.uri, token.facts.kid) == (URI, thumbprint(KEY.point))
    assert token.entries.value(3) == 1
    check_token_time(token, AT)


def test_a_token_in_cbor_needs_neither_exp_nor_ttl_nor_kid() -> None:
    forged = ForgedCwt(unprotected={})
    facts = parse_packed_cwt(forged.with_claims(c4=..., c65534=...)).facts
    assert (facts.expires, facts.ttl, facts.kid) == (None, None, "")
    protected = {1: -7, 16: "application/statuslist+cwt", 4: key_id(KEY)}
    kid = parse_packed_cwt(ForgedCwt(protected=protected, unprotected={}).token()).facts.kid
    assert kid == thumbprint(KEY.point)


@pytest.mark.parametrize("change", [{"c4": ISSUED}, {"c5": ISSUED + 1}, {"c6": ISSUED + 301}])
def test_a_token_in_cbor_has_times_that_are_kept(change: dict[str, int]) -> None:
    token = parse_packed_cwt(ForgedCwt().with_claims(**change)).inflate()
    with pytest.raises(StatusUndeterminedError) as caught:
        check_token_time(token, AT)
    assert caught.value.doubt is StatusDoubt.EXPIRED
    ((name, value),) = change.items()
    later = value + 1 if name == "c4" else value - 1
    check_token_time(parse_packed_cwt(ForgedCwt().with_claims(**{name: later})).inflate(), AT)


TYP = {16: "application/statuslist+cwt"}
LIST = list_of(b"\0")
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no tag": ForgedCwt(tag=b"").token(),
    "the tag of COSE_Mac0": ForgedCwt(tag=b"\xd1").token(),
    "a CWT tag before it": ForgedCwt(tag=b"\xd8\x3d\xd2").token(),
    "a second tag": ForgedCwt(tag=b"\xd2\xd2").token(),
    "the tag in two bytes": ForgedCwt(tag=b"\xd8\x12").token(),
    "bytes behind": ForgedCwt().token() + b"\0",
    "cut off": ForgedCwt().token()[:-1],
    "three parts": b"\xd2" + cbor2.dumps([b"", {}, b""]),
    "no array": b"\xd2" + cbor2.dumps({}),
    "no payload": b"\xd2" + cbor2.dumps([cbor2.dumps({1: -7, **TYP}), {}, None, bytes(64)]),
    "an unprotected header that is no map": ForgedCwt(unprotected=[]).token(),
    "an empty protected header": ForgedCwt(protected=b"").token(),
    "a protected header with bytes behind": ForgedCwt(protected=b"\xa0\0").token(),
    "a long protected header": ForgedCwt(protected={1: -7, **TYP, 99: bytes(4096)}).token(),
    "alg ES384": ForgedCwt(protected={1: -35, **TYP}).token(),
    "alg in words": ForgedCwt(protected={1: "ES256", **TYP}).token(),
    "alg under the key true": ForgedCwt(protected={True: -7, **TYP}).token(),
    "no alg": ForgedCwt(protected=TYP).token(),
    "alg unprotected": ForgedCwt(protected=TYP, unprotected={1: -7}).token(),
    "alg in both": ForgedCwt(unprotected={1: -7}).token(),
    "crit": ForgedCwt(protected={1: -7, **TYP, 2: [4]}).token(),
    "crit unprotected": ForgedCwt(unprotected={2: [4]}).token(),
    "typ unprotected": ForgedCwt(protected={1: -7}, unprotected=TYP).token(),
    "no typ": ForgedCwt(protected={1: -7}).token(),
    "typ of the JWT": ForgedCwt(protected={1: -7, 16: "statuslist+jwt"}).token(),
    "typ a number": ForgedCwt(protected={1: -7, 16: 61}).token(),
    "kid a text": ForgedCwt(unprotected={4: "12"}).token(),
    "kid in both": ForgedCwt(protected={1: -7, **TYP, 4: b"1"}, unprotected={4: b"1"}).token(),
    "claims that are no map": ForgedCwt(claims=[]).token(),
    "a claim twice": ForgedCwt(claims=b"\xa2\x02\x61a\x02\x61b").token(),
    "a claim under a key of bytes": ForgedCwt(claims={**ForgedCwt().claims, b"": 0}).token(),
    "no sub": ForgedCwt().with_claims(c2=...),
    "sub a number": ForgedCwt().with_claims(c2=1),
    "sub bytes": ForgedCwt().with_claims(c2=b"https://issuer.test/s/1"),
    "no iat": ForgedCwt().with_claims(c6=...),
    "iat a text": ForgedCwt().with_claims(c6=str(ISSUED)),
    "iat a float": ForgedCwt().with_claims(c6=float(ISSUED)),
    "iat with the tag of a time": ForgedCwt().with_claims(c6=cbor2.CBORTag(1, ISSUED)),
    "iat true": ForgedCwt().with_claims(c6=True),
    "exp null": ForgedCwt().with_claims(c4=None),
    "exp a list": ForgedCwt().with_claims(c4=[ISSUED]),
    "exp beyond all years": ForgedCwt().with_claims(c4=1 << 60),
    "exp a big number": ForgedCwt().with_claims(c4=1 << 70),
    "nbf a text": ForgedCwt().with_claims(c5="1"),
    "ttl zero": ForgedCwt().with_claims(c65534=0),
    "ttl negative": ForgedCwt().with_claims(c65534=-1),
    "no list": ForgedCwt().with_claims(c65533=...),
    "a list that is no map": ForgedCwt().with_claims(c65533=[]),
    "bits 3": ForgedCwt().with_claims(c65533={**LIST, "bits": 3}),
    "bits true": ForgedCwt().with_claims(c65533={**LIST, "bits": True}),
    "lst a text": ForgedCwt().with_claims(c65533={"bits": 1, "lst": "eNpjAAAAAQAB"}),
    "lst no zlib data": ForgedCwt().with_claims(c65533={"bits": 1, "lst": b"abcd"}),
    "lst a bomb": ForgedCwt().with_claims(c65533=list_of(bytes(MAX_LIST_BYTES + 1))),
    "a token beyond the bound": ForgedCwt().token() + bytes(MAX_TOKEN_BYTES),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_token_in_cbor_says_nothing(case: str) -> None:
    with pytest.raises(StatusUndeterminedError) as caught:
        parse_packed_cwt(HOSTILE[case]).inflate()
    assert caught.value.doubt is StatusDoubt.MALFORMED


HOSTILE_CBOR: dict[str, bytes] = {
    "nothing": b"",
    "a number in too long a form": b"\x18\x17",
    "a length in too long a form": b"\x58\x01a",
    "two bytes where one is enough": b"\x19\x00\xff",
    "eight bytes where four are enough": b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff",
    "a head that is cut off": b"\x19\x01",
    "a reserved head": b"\x1c",
    "an indefinite byte string": b"\x5f\x41a\xff",
    "an indefinite array": b"\x9f\xff",
    "a break": b"\xff",
    "a tag": b"\xc1\x00",
    "a float": b"\xf9\x00\x00",
    "undefined": b"\xf7",
    "a simple value": b"\xe0",
    "a simple value in two bytes": b"\xf8\x20",
    "a key twice": b"\xa2\x01\x00\x01\x00",
    "a key twice in other words": b"\xa2\x01\x00\xf5\x00",
    "an array longer than its file": b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
    "a map longer than its file": b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
    "text longer than its file": b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
    "text that is no UTF-8": b"\x61\xff",
    "bytes behind": b"\x00\x00",
    "too many items": cbor2.dumps([0] * MAX_CBOR_ITEMS),
    "too deep": b"\x81" * (MAX_CBOR_DEPTH + 1) + b"\0",
    "too long": cbor2.dumps(bytes(MAX_CBOR_BYTES)),
}


@pytest.mark.parametrize("case", HOSTILE_CBOR)
def test_cbor_that_is_not_strict_is_refused(case: str) -> None:
    with pytest.raises(EncodingError):
        parse_cbor(HOSTILE_CBOR[case])


def test_cbor_within_the_bounds_is_read() -> None:
    assert parse_cbor(cbor2.dumps([0] * (MAX_CBOR_ITEMS - 1))) == [0] * (MAX_CBOR_ITEMS - 1)
    assert parse_cbor(b"\x81" * MAX_CBOR_DEPTH + b"\0")
    assert parse_cbor_map(b"\xa2\x01\xf4\x61a\xf6") == {1: False, "a": None}


CBOR = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


@given(CBOR)
def test_whatever_is_encoded_shortest_is_read_as_it_was(value: Any) -> None:
    assert parse_cbor(cbor2.dumps(value)) == value


@given(st.binary(max_size=40))
def test_whatever_is_read_was_encoded_shortest(data: bytes) -> None:
    try:
        value = parse_cbor(data)
    except EncodingError:
        return
    assert cbor2.dumps(value) == data


class CborWorld:
    """A synthetic issuer that publishes its status list in CBOR."""

    def __init__(self) -> None:
        self.world = World()
        self.credential = self.world.anchored()
        self.uri = self.world.issuer.list_uri
        self.chain = self.world.chain

    def publish(self, packed: bytes, key: SigningKey | None = None, sub: str = "") -> bytes:
        """Sign a list as it stands and anchor it as the newest version."""
        key, issued = key or self.world.issuer.key, int(self.chain.now.timestamp())
        claims = {2: sub or self.uri, 6: issued, 65534: 43200, 65533: list_of(packed, 2)}
        token = ForgedCwt(claims=claims, unprotected={4: key_id(key)}, key=key).token()
        self.anchor(token)
        return token

    def anchor(self, token: bytes) -> None:
        versions = self.chain.status[self.uri].versions
        digest = hashlib.sha256(token).digest()
        version = StatusVersion(len(versions), digest, self.chain.now)
        self.chain.status[self.uri] = StatusHistory(status_list_id(self.uri), (*versions, version))

    def check(self, token: bytes) -> Status | None:
        lists = (FetchedStatusList(self.uri, token, self.chain.now),)
        bundle = EvidenceBundle(self.world.issuer.tiles(), (), lists)
        trust = TrustMaterial.assemble(self.chain.snapshot(), bundle)
        verified = self.world.check(self.credential, trust)
        (credential,) = verified.credentials
        return credential.status


def doubt_of(world: CborWorld, token: bytes) -> StatusDoubt:
    with pytest.raises(StatusUndeterminedError) as caught:
        world.check(token)
    return caught.value.doubt


GOOD, REVOKED = bytes(256), b"\x01" + bytes(255)
"""The credential of the synthetic world has index 0 of 1024 entries of two bits."""


def test_a_list_in_cbor_is_believed_like_one_in_json() -> None:
    world = CborWorld()
    assert world.check(world.publish(GOOD)) is Status.VALID
    assert world.chain.now > GENESIS


def test_a_list_in_cbor_of_somebody_else_says_nothing() -> None:
    world = CborWorld()
    stranger = SigningKey.of_secret(99)
    assert doubt_of(world, world.publish(GOOD, stranger)) is StatusDoubt.SIGNATURE
    token = world.publish(GOOD)
    other = token[:-1] + bytes([token[-1] ^ 1])
    assert doubt_of(world, other) is StatusDoubt.SIGNATURE
    assert doubt_of(world, world.publish(GOOD, sub=world.uri + "2")) is StatusDoubt.SUBJECT


def test_an_older_list_in_cbor_shown_again_says_nothing() -> None:
    world = CborWorld()
    old = world.publish(GOOD)
    world.chain.wait(timedelta(minutes=6))
    new = world.publish(REVOKED)
    assert doubt_of(world, old) is StatusDoubt.REPLACED
    assert new != old
    never = ForgedCwt(
        claims={2: world.uri, 6: int(world.chain.now.timestamp()), 65533: list_of(GOOD, 2)},
        unprotected={4: key_id(world.world.issuer.key)},
        key=world.world.issuer.key,
    )
    assert doubt_of(world, never.token()) is StatusDoubt.NOT_ANCHORED


def test_a_list_in_cbor_under_a_compromised_key_says_nothing() -> None:
    world = CborWorld()
    token = world.publish(GOOD)
    assert world.check(token) is Status.VALID
    ending = world.world.issuer.end_key(Ending.COMPROMISED)
    assert ending.point != world.world.issuer.key.point
    lists = (FetchedStatusList(world.uri, token, world.chain.now),)
    trust = TrustMaterial.assemble(world.chain.snapshot(), EvidenceBundle((), (), lists))
    known = trust.status_lists[world.uri]
    assert getattr(known, "doubt", None) is StatusDoubt.SIGNATURE


def test_a_list_in_cbor_travels_in_a_bundle() -> None:
    token = ForgedCwt().token()
    bundle = EvidenceBundle(status_lists=(FetchedStatusList(URI, token, AT),))
    data = encode_bundle(bundle)
    assert decode_bundle(data) == bundle
    both = data.replace(b'"cwt":', b'"token":"a.b.c","cwt":')
    for hostile in (both, data.replace(b'"cwt":"', b'"cwt":"=')):
        with pytest.raises(BundleFormError):
            decode_bundle(hostile)
