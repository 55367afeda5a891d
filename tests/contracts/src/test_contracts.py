"""What the contracts store, refuse and cost, beyond what the ledger port shows."""

import pytest
from eth_utils.crypto import keccak

from contracts.bindings.checkpoint_log import BlockTimeOutOfRange, CheckpointLog, HeadResult
from contracts.bindings.issuer_registry import (
    EndingMissing,
    IssuerRegistry,
    KeyNotOnCurve,
    KeyStateResult,
)
from contracts.bindings.status_registry import NewestResult, StatusRegistry
from contracts.chain.artifact import load_artifact
from contracts.chain.sender import ContractRefusedError
from contracts.evidence.errors import LedgerRefusedError
from tests.contracts.src.conftest import Stage

# The generator of P-256: SEC 2 version 2.0, section 2.4.2.
X = bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
Y = bytes.fromhex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
# The points (0, y) of the curve: y^2 = b, and y = b^((p + 1) / 4) because p = 3 mod 4.
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
ROOT_OF_B = pow(B, (PRIME + 1) // 4, PRIME)
# The smallest y for which y + p fits 32 bytes and the curve has a point: a root of the cubic, found
# by gcd(x^p - x, x^3 - 3x + b - 25).
X_OF_FIVE = bytes.fromhex("d7325d7646cd60d80a92738ceb345f844cffaf35841022cab176f692de8de1d7")
WORD = b"\x01" * 32
FIRST_ANCHOR_GAS = 80_000
LATER_ANCHOR_GAS = 60_000
LAST_SECOND = 253_402_300_799


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def open_log(stage: Stage) -> bytes:
    log = stage.new_id()
    stage.act(CheckpointLog.NAME, CheckpointLog.open(log, WORD, stage.owner.account))
    return log


class TestCheckpointLog:
    def test_stored_word_is_the_hash_of_the_checkpoint(self, stage: Stage) -> None:
        log, address = open_log(stage), stage.address(CheckpointLog.NAME)
        stage.time[0] += 100
        stage.act(CheckpointLog.NAME, CheckpointLog.anchor(log, 0, 9, WORD))
        stored = stage.owner.read(address, CheckpointLog.checkpoint(log, 0))
        assert stored == keccak(WORD + word(9) + word(0) + word(stage.time[0]))
        assert stage.owner.read(address, CheckpointLog.checkpoint(log, 1)) == bytes(32)

    def test_head_counts_checkpoints_and_leaves(self, stage: Stage) -> None:
        log, address = open_log(stage), stage.address(CheckpointLog.NAME)
        owner = stage.owner.account
        assert stage.owner.read(address, CheckpointLog.head(log)) == HeadResult(owner, 0, 0)
        stage.act(CheckpointLog.NAME, CheckpointLog.anchor(log, 0, 9, WORD))
        assert stage.owner.read(address, CheckpointLog.head(log)) == HeadResult(owner, 1, 9)
        assert stage.owner.read(address, CheckpointLog.log_key(log)) == WORD

    def test_unopened_log_has_no_head_and_no_key(self, stage: Stage) -> None:
        log, address = stage.new_id(), stage.address(CheckpointLog.NAME)
        assert stage.owner.read(address, CheckpointLog.head(log)) == HeadResult(bytes(20), 0, 0)
        assert stage.owner.read(address, CheckpointLog.log_key(log)) == bytes(32)

    def test_anchoring_stays_within_its_gas(self, stage: Stage) -> None:
        # A root without zero bytes and sizes of several bytes: the dearest call data.
        log, root = open_log(stage), b"\xff" * 32
        first = stage.act(CheckpointLog.NAME, CheckpointLog.anchor(log, 0, 2**47, root))
        later = [
            stage.act(CheckpointLog.NAME, CheckpointLog.anchor(log, n, 2**47 + n, root))
            for n in range(1, 4)
        ]
        assert first < FIRST_ANCHOR_GAS
        assert max(later) < LATER_ANCHOR_GAS


class TestIssuerRegistry:
    @pytest.mark.parametrize(
        ("x", "y"),
        [
            (X, word(int.from_bytes(Y, "big") + 1)),
            (word(int.from_bytes(X, "big") ^ 1), Y),
            (Y, X),
            (word(0), word(0)),
            (word(PRIME), word(ROOT_OF_B)),
            (X_OF_FIVE, word(PRIME + 5)),
        ],
        ids=["y + 1", "a bit of x", "swapped", "infinity", "x not reduced", "y not reduced"],
    )
    def test_key_off_the_curve_is_refused(self, stage: Stage, x: bytes, y: bytes) -> None:
        issuer = stage.new_id()
        stage.act(IssuerRegistry.NAME, IssuerRegistry.register(issuer))
        with pytest.raises(ContractRefusedError) as refused:
            stage.act(IssuerRegistry.NAME, IssuerRegistry.add_key(issuer, x, y))
        assert refused.value.error == KeyNotOnCurve(x, y)

    @pytest.mark.parametrize(
        ("x", "y"),
        [
            (X, Y),
            (X, word(PRIME - int.from_bytes(Y, "big"))),
            (word(0), word(ROOT_OF_B)),
            (X_OF_FIVE, word(5)),
        ],
        ids=["generator", "its negative", "x is zero", "a small y"],
    )
    def test_key_on_the_curve_is_accepted(self, stage: Stage, x: bytes, y: bytes) -> None:
        issuer, address = stage.new_id(), stage.address(IssuerRegistry.NAME)
        stage.act(IssuerRegistry.NAME, IssuerRegistry.register(issuer))
        stage.act(IssuerRegistry.NAME, IssuerRegistry.add_key(issuer, x, y))
        state = stage.owner.read(address, IssuerRegistry.key_state(keccak(x + y)))
        assert state == KeyStateResult(issuer, stage.time[0], 0, 0)

    def test_act_that_already_holds_is_refused(self, stage: Stage) -> None:
        """The ledger port turns these into "it holds"; the contract itself must not act twice."""
        issuer, kind = stage.new_id(), stage.new_id()
        acts = (
            (IssuerRegistry.register(issuer), "IssuerAlreadyRegistered"),
            (IssuerRegistry.accredit(issuer, kind), "AlreadyAccredited"),
            (IssuerRegistry.suspend(issuer), "IssuerAlreadySuspended"),
        )
        for call, reason in acts:
            stage.act(IssuerRegistry.NAME, call)
            with pytest.raises(ContractRefusedError) as refused:
                stage.act(IssuerRegistry.NAME, call)
            assert refused.value.reason == reason

    def test_resume_without_suspension_is_refused(self, stage: Stage) -> None:
        issuer = stage.new_id()
        stage.act(IssuerRegistry.NAME, IssuerRegistry.register(issuer))
        with pytest.raises(ContractRefusedError) as refused:
            stage.act(IssuerRegistry.NAME, IssuerRegistry.resume(issuer))
        assert refused.value.reason == "IssuerNotSuspended"
        stage.act(IssuerRegistry.NAME, IssuerRegistry.suspend(issuer))
        stage.act(IssuerRegistry.NAME, IssuerRegistry.resume(issuer))

    @pytest.mark.parametrize("act", ["withdraw", "endKey"])
    def test_end_without_a_reason_is_refused(self, stage: Stage, act: str) -> None:
        issuer, kind = stage.new_id(), stage.new_id()
        stage.act(IssuerRegistry.NAME, IssuerRegistry.register(issuer))
        stage.act(IssuerRegistry.NAME, IssuerRegistry.accredit(issuer, kind))
        x, y = _fresh_point(int.from_bytes(issuer, "big"))
        stage.act(IssuerRegistry.NAME, IssuerRegistry.add_key(issuer, word(x), word(y)))
        call = {
            "withdraw": IssuerRegistry.withdraw(issuer, kind, 0),
            "endKey": IssuerRegistry.end_key(issuer, word(x), word(y), 0),
        }[act]
        with pytest.raises(ContractRefusedError) as refused:
            stage.act(IssuerRegistry.NAME, call)
        assert refused.value.error == EndingMissing()

    def test_end_with_an_unknown_reason_is_refused(self, stage: Stage) -> None:
        issuer, kind = stage.new_id(), stage.new_id()
        stage.act(IssuerRegistry.NAME, IssuerRegistry.register(issuer))
        stage.act(IssuerRegistry.NAME, IssuerRegistry.accredit(issuer, kind))
        with pytest.raises(LedgerRefusedError):
            stage.act(IssuerRegistry.NAME, IssuerRegistry.withdraw(issuer, kind, 3))

    def test_issuer_and_accreditation_states_follow_the_acts(self, stage: Stage) -> None:
        issuer, kind = stage.new_id(), stage.new_id()
        owner, address = stage.owner, stage.address(IssuerRegistry.NAME)
        start = stage.time[0]
        stage.act(IssuerRegistry.NAME, IssuerRegistry.register(issuer))
        stage.act(IssuerRegistry.NAME, IssuerRegistry.accredit(issuer, kind))
        stage.time[0] += 10
        stage.act(IssuerRegistry.NAME, IssuerRegistry.suspend(issuer))
        stage.act(IssuerRegistry.NAME, IssuerRegistry.withdraw(issuer, kind, 2))
        state = owner.read(address, IssuerRegistry.issuer_state(issuer))
        assert (state.registered_at, state.suspended_since) == (start, start + 10)
        period = owner.read(address, IssuerRegistry.accreditation(issuer, kind))
        assert (period.start, period.end, period.ending) == (start, start + 10, 2)


class TestStatusRegistry:
    def test_newest_version_is_kept(self, stage: Stage) -> None:
        name, address = stage.new_id(), stage.address(StatusRegistry.NAME)
        assert stage.owner.read(address, StatusRegistry.newest(name)).version == 0
        stage.act(StatusRegistry.NAME, StatusRegistry.publish(name, 1, WORD))
        newest = stage.owner.read(address, StatusRegistry.newest(name))
        assert newest == NewestResult(1, stage.time[0], WORD)


class TestEveryContract:
    @pytest.mark.parametrize("name", ["CheckpointLog", "IssuerRegistry", "StatusRegistry"])
    def test_deployment_for_nobody_is_refused(self, stage: Stage, name: str) -> None:
        with pytest.raises(LedgerRefusedError) as refused:
            stage.owner.act(None, load_artifact(name).creation_code + bytes(32))
        assert refused.value.reason == "ZeroAddress"

    @pytest.mark.parametrize("name", ["CheckpointLog", "IssuerRegistry", "StatusRegistry"])
    def test_unknown_function_is_refused(self, stage: Stage, name: str) -> None:
        with pytest.raises(LedgerRefusedError):
            stage.owner.act(stage.address(name), bytes.fromhex("deadbeef"))

    @pytest.mark.parametrize("name", ["CheckpointLog", "IssuerRegistry", "StatusRegistry"])
    def test_code_is_small(self, name: str) -> None:
        assert len(load_artifact(name).runtime_code) < 8_192

    def test_block_time_without_four_digit_year_is_refused(self, stage: Stage) -> None:
        """Last in the file: time never goes back."""
        log = open_log(stage)
        stage.time[0] = LAST_SECOND
        calls = [
            (IssuerRegistry.NAME, IssuerRegistry.register(stage.new_id())),
            (CheckpointLog.NAME, CheckpointLog.anchor(log, 0, 1, WORD)),
            (StatusRegistry.NAME, StatusRegistry.publish(stage.new_id(), 1, WORD)),
        ]
        stage.time[0] = LAST_SECOND + 1
        for contract, call in calls:
            with pytest.raises(ContractRefusedError) as refused:
                stage.act(contract, call)
            assert refused.value.reason == BlockTimeOutOfRange.__name__
        stage.time[0] = LAST_SECOND
        for contract, call in calls:
            stage.act(contract, call)


def _fresh_point(seed: int) -> tuple[int, int]:
    """A point of the curve whose x is near ``seed * 1000``."""
    for x in range(seed * 1000, seed * 1000 + 1000):
        square = (x**3 - 3 * x + B) % PRIME
        y = pow(square, (PRIME + 1) // 4, PRIME)
        if y * y % PRIME == square:
            return x, y
    raise AssertionError("no point among a thousand x")
