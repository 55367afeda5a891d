"""The vectors, confirmed by the second implementation on py_ecc."""

from typing import Any

import pytest
from py_ecc.optimized_bls12_381 import G1, G2, multiply

from tests.voting.crypto import second_implementation as second
from tests.voting.crypto.vector_files import read

Case = dict[str, Any]
BALLOTS, TOKENS, GROUPS = read("ballots.json"), read("tokens.json"), read("groups.json")
OPENINGS, DECRYPTION, TRANSCRIPT = (
    read("openings.json"),
    read("decryption.json"),
    read("transcript.json"),
)
POLLS = {poll["name"]: second.Poll(poll) for poll in BALLOTS["polls"]}
SLOW = {"G-03": {"subgroup": True}, "B-06": {"token": True}}


def by_name(case: Case) -> str:
    return str(case["name"])


def refusal(check: Any, *args: Any, **options: bool) -> str | None:
    try:
        check(*args, **options)
    except second.Refused as refused:
        return refused.code
    return None


def test_polls_have_the_contexts_of_the_vectors() -> None:
    for poll in BALLOTS["polls"]:
        assert POLLS[poll["name"]].ctx.hex() == poll["ctx"]
        assert POLLS[poll["name"]].weights == poll["slack_weights"]


@pytest.mark.parametrize("case", BALLOTS["valid"], ids=by_name)
def test_valid_ballot_is_accepted(case: Case) -> None:
    code = second.verify_ballot(POLLS[case["poll"]], bytes.fromhex(case["ballot"]))
    assert code.hex() == case["code"]


def test_valid_ballot_is_accepted_with_every_check() -> None:
    case = BALLOTS["valid"][0]
    data = bytes.fromhex(case["ballot"])
    second.verify_ballot(POLLS[case["poll"]], data, subgroup=True, token=True)


@pytest.mark.parametrize("case", BALLOTS["invalid"], ids=by_name)
def test_invalid_ballot_is_refused_by_the_same_check(case: Case) -> None:
    options = SLOW.get(case["rejected_by"], {})
    data = bytes.fromhex(case["ballot"])
    code = refusal(second.verify_ballot, POLLS[case["poll"]], data, **options)
    assert code == case["rejected_by"]


def test_openings_agree() -> None:
    poll = second.Poll(OPENINGS["polls"][0])
    for case in OPENINGS["valid"]:
        votes = second.check_opening(poll, bytes.fromhex(case["opening"]))
        assert list(votes) == case["votes"]
    for case in OPENINGS["invalid"]:
        code = refusal(second.check_opening, poll, bytes.fromhex(case["opening"]))
        assert code == case["rejected_by"], case["name"]


def test_token_verifies_and_a_share_does_not() -> None:
    poll_id, public, token = (
        bytes.fromhex(TOKENS["valid"][name]) for name in ("poll_id", "V", "token")
    )
    key = second.g2_point(bytes.fromhex(TOKENS["key"]))
    assert second.token_holds(poll_id, public, second.g1_point(token), key)
    share = second.g1_point(bytes.fromhex(TOKENS["shares"][0]))
    assert not second.token_holds(poll_id, public, share, key)


def test_blinding_and_shares_agree() -> None:
    h = second.g1_point(bytes.fromhex(TOKENS["h"]))
    blinded = multiply(h, int(TOKENS["blind"], 16))
    assert second.g1_bytes(blinded).hex() == TOKENS["blinded"]
    for secret, share in zip(TOKENS["share_secrets"], TOKENS["shares"], strict=True):
        assert second.g1_bytes(multiply(blinded, int(secret, 16))).hex() == share


def test_encodings_agree() -> None:
    for case in GROUPS["g1"]:
        point = multiply(G1, int(case["scalar"], 16))
        assert second.g1_bytes(point).hex() == case["compressed"]
        assert second.evm_bytes(point).hex() == case["evm"]
    for case in GROUPS["g2"]:
        point = multiply(G2, int(case["scalar"], 16))
        assert second.eq(second.g2_point(bytes.fromhex(case["compressed"])), point)


@pytest.mark.parametrize(
    ("kind", "decode"),
    [
        ("invalid_g1", second.g1_point),
        ("invalid_g2", second.g2_point),
        ("invalid_g1_evm", second.evm_point),
        ("invalid_scalars", second.scalar),
    ],
)
def test_invalid_encodings_are_refused_by_the_same_checks(kind: str, decode: Any) -> None:
    for case in GROUPS[kind]:
        assert refusal(decode, bytes.fromhex(case["bytes"])) == case["rejected_by"], case["name"]


def test_transcripts_challenges_and_fixed_points_agree() -> None:
    for case in TRANSCRIPT["transcript"]:
        parts = [bytes.fromhex(part) for part in case["parts"]]
        assert second.tr(case["name"], *parts).hex() == case["digest"]
    for case in TRANSCRIPT["challenge"]:
        assert second.chal(bytes.fromhex(case["digest"])) == int(case["scalar"], 16)
    for case in TRANSCRIPT["hash_to_curve"]:
        point = second.hash_to_point(bytes.fromhex(case["message"]), case["purpose"])
        assert second.g1_bytes(point).hex() == case["point"]
    h = second.hash_to_point(b"second generator", "second-generator")
    assert second.g1_bytes(h).hex() == TRANSCRIPT["second_generator"]
    for j, key in enumerate(TRANSCRIPT["slack_keys"], 1):
        point = second.hash_to_point(second.tr("slack", second.u32(j)), "slack")
        assert second.g1_bytes(point).hex() == key


def share_keys() -> list[list[bytes]]:
    return [[bytes.fromhex(key) for key in row] for row in DECRYPTION["share_keys"]]


def test_decryption_agrees() -> None:
    vector = DECRYPTION["aggregate"]
    assert second.aggregate_digest(vector).hex() == vector["agg"]
    parts = [
        second.verify_partial(vector, share_keys(), bytes.fromhex(part))
        for part in DECRYPTION["partials"]
    ]
    assert second.counts(vector, [parts[2], parts[0]]) == DECRYPTION["counts"]


@pytest.mark.parametrize("case", DECRYPTION["invalid"], ids=by_name)
def test_invalid_decryption_is_refused_by_the_same_check(case: Case) -> None:
    data = bytes.fromhex(case["partial"])
    code = refusal(second.verify_partial, case["aggregate"], share_keys(), data)
    assert code == case["rejected_by"]
