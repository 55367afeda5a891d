"""What every ledger promises of issuers: simulator, embedded chain and node alike."""

from datetime import UTC, datetime

import pytest

from contracts.evidence.errors import EncodingError, LedgerRefusedError
from contracts.evidence.snapshot import (
    Ending,
    Issuer,
    Period,
)
from tests.contracts.chain.conftest import World

NO_ID = bytes(32)
ROOT = b"\xaa" * 32
OTHER_ROOT = b"\xab" * 32


def at(time: int) -> datetime:
    return datetime.fromtimestamp(time, UTC)


def issuer_of(world: World, issuer: bytes) -> Issuer:
    found = world.ledger.snapshot().issuer(issuer)
    assert found is not None
    return found


class TestIssuers:
    def test_register_again_is_no_second_issuer(self, world: World) -> None:
        issuer = world.new_issuer()
        world.ledger.register_issuer(issuer)
        assert [e.issuer for e in world.ledger.snapshot().issuers].count(issuer) == 1

    def test_register_the_empty_id_is_refused(self, world: World) -> None:
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.register_issuer(NO_ID)
        assert refused.value.reason == "EmptyIdentifier"

    def test_unknown_issuer_is_absent_from_the_snapshot(self, world: World) -> None:
        assert world.ledger.snapshot().issuer(world.new_id()) is None

    @pytest.mark.parametrize("act", ["accredit", "withdraw", "suspend", "resume", "add", "end"])
    def test_act_on_an_unknown_issuer_is_refused(self, world: World, act: str) -> None:
        unknown, kind, point = world.new_id(), world.new_id(), world.new_point()
        acts = {
            "accredit": lambda: world.ledger.accredit(unknown, kind),
            "withdraw": lambda: world.ledger.withdraw(unknown, kind, Ending.ORDERLY),
            "suspend": lambda: world.ledger.suspend(unknown),
            "resume": lambda: world.ledger.resume(unknown),
            "add": lambda: world.ledger.add_key(unknown, point),
            "end": lambda: world.ledger.end_key(unknown, point, Ending.ORDERLY),
        }
        with pytest.raises(LedgerRefusedError) as refused:
            acts[act]()
        assert refused.value.reason == "IssuerUnknown"

    def test_suspension_lasts_until_resumed(self, world: World) -> None:
        issuer = world.new_issuer()
        start = world.later()
        world.ledger.suspend(issuer)
        assert issuer_of(world, issuer).suspensions == (Period(at(start)),)
        end = world.later()
        world.ledger.resume(issuer)
        expected = Period(at(start), at(end), Ending.ORDERLY)
        assert issuer_of(world, issuer).suspensions == (expected,)

    def test_suspend_again_keeps_the_first_start(self, world: World) -> None:
        issuer = world.new_issuer()
        start = world.later()
        world.ledger.suspend(issuer)
        world.later()
        world.ledger.suspend(issuer)
        assert issuer_of(world, issuer).suspensions == (Period(at(start)),)

    def test_resume_without_suspension_changes_nothing(self, world: World) -> None:
        issuer = world.new_issuer()
        world.ledger.resume(issuer)
        assert issuer_of(world, issuer).suspensions == ()

    def test_second_suspension_is_a_second_period(self, world: World) -> None:
        issuer = world.new_issuer()
        world.ledger.suspend(issuer)
        world.ledger.resume(issuer)
        start = world.later()
        world.ledger.suspend(issuer)
        assert issuer_of(world, issuer).suspensions[1:] == (Period(at(start)),)


class TestAccreditations:
    def test_accreditation_lasts_from_its_block(self, world: World) -> None:
        issuer, kind = world.new_issuer(), world.new_id()
        start = world.later()
        world.ledger.accredit(issuer, kind)
        (entry,) = issuer_of(world, issuer).accreditations
        assert (entry.credential_type, entry.period) == (kind, Period(at(start)))

    def test_accredit_again_keeps_the_period(self, world: World) -> None:
        issuer, kind = world.new_issuer(), world.new_id()
        start = world.later()
        world.ledger.accredit(issuer, kind)
        world.later()
        world.ledger.accredit(issuer, kind)
        periods = [entry.period for entry in issuer_of(world, issuer).accreditations]
        assert periods == [Period(at(start))]

    def test_types_are_accredited_apart(self, world: World) -> None:
        issuer, kind, other = world.new_issuer(), world.new_id(), world.new_id()
        world.ledger.accredit(issuer, kind)
        world.ledger.accredit(issuer, other)
        world.ledger.withdraw(issuer, kind, Ending.ORDERLY)
        ended, lasting = issuer_of(world, issuer).accreditations
        assert ended.period.ending is Ending.ORDERLY
        assert lasting.period.end is None

    @pytest.mark.parametrize("ending", list(Ending))
    def test_withdrawal_ends_the_period(self, world: World, ending: Ending) -> None:
        issuer, kind = world.new_issuer(), world.new_id()
        start = world.later()
        world.ledger.accredit(issuer, kind)
        end = world.later()
        world.ledger.withdraw(issuer, kind, ending)
        world.later()
        world.ledger.withdraw(issuer, kind, ending)  # A resend.
        (entry,) = issuer_of(world, issuer).accreditations
        assert entry.period == Period(at(start), at(end), ending)

    def test_withdrawal_never_accredited_is_refused(self, world: World) -> None:
        issuer = world.new_issuer()
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.withdraw(issuer, world.new_id(), Ending.ORDERLY)
        assert refused.value.reason == "NotAccredited"

    def test_accreditation_of_the_empty_type_is_refused(self, world: World) -> None:
        issuer = world.new_issuer()
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.accredit(issuer, NO_ID)
        assert refused.value.reason == "EmptyIdentifier"

    def test_orderly_end_found_compromised_keeps_its_time(self, world: World) -> None:
        issuer, kind = world.new_issuer(), world.new_id()
        world.ledger.accredit(issuer, kind)
        end = world.later()
        world.ledger.withdraw(issuer, kind, Ending.ORDERLY)
        world.later()
        world.ledger.withdraw(issuer, kind, Ending.COMPROMISED)
        (entry,) = issuer_of(world, issuer).accreditations
        assert (entry.period.end, entry.period.ending) == (at(end), Ending.COMPROMISED)

    def test_compromised_end_made_orderly_is_refused(self, world: World) -> None:
        issuer, kind = world.new_issuer(), world.new_id()
        world.ledger.accredit(issuer, kind)
        world.ledger.withdraw(issuer, kind, Ending.COMPROMISED)
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.withdraw(issuer, kind, Ending.ORDERLY)
        assert refused.value.reason == "AccreditationAlreadyEnded"

    def test_accredited_again_after_withdrawal_is_a_new_period(self, world: World) -> None:
        issuer, kind = world.new_issuer(), world.new_id()
        world.ledger.accredit(issuer, kind)
        world.ledger.withdraw(issuer, kind, Ending.COMPROMISED)
        start = world.later()
        world.ledger.accredit(issuer, kind)
        first, second = issuer_of(world, issuer).accreditations
        assert first.period.ending is Ending.COMPROMISED
        assert second.period == Period(at(start))

    def test_withdrawal_ends_the_newest_period_only(self, world: World) -> None:
        issuer, kind = world.new_issuer(), world.new_id()
        world.ledger.accredit(issuer, kind)
        world.ledger.withdraw(issuer, kind, Ending.ORDERLY)
        world.ledger.accredit(issuer, kind)
        world.ledger.withdraw(issuer, kind, Ending.COMPROMISED)
        endings = [entry.period.ending for entry in issuer_of(world, issuer).accreditations]
        assert endings == [Ending.ORDERLY, Ending.COMPROMISED]


class TestKeys:
    def test_key_is_good_from_its_block(self, world: World) -> None:
        issuer, point = world.new_issuer(), world.new_point()
        start = world.later()
        world.ledger.add_key(issuer, point)
        world.later()
        world.ledger.add_key(issuer, point)  # A resend.
        (key,) = issuer_of(world, issuer).keys
        assert (key.point, key.period) == (point, Period(at(start)))

    def test_keys_overlap_while_one_replaces_the_other(self, world: World) -> None:
        issuer, old, new = world.new_issuer(), world.new_point(), world.new_point()
        world.ledger.add_key(issuer, old)
        world.ledger.add_key(issuer, new)
        end = world.later()
        world.ledger.end_key(issuer, old, Ending.ORDERLY)
        first, second = issuer_of(world, issuer).keys
        assert (first.period.end, first.period.ending) == (at(end), Ending.ORDERLY)
        assert (second.point, second.period.end) == (new, None)

    def test_key_off_the_curve_is_refused(self, world: World) -> None:
        issuer, point = world.new_issuer(), world.new_point()
        shifted = point[:-1] + bytes([point[-1] ^ 1])
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.add_key(issuer, shifted)
        assert refused.value.reason == "KeyNotOnCurve"

    def test_ended_key_is_never_good_again(self, world: World) -> None:
        issuer, point = world.new_issuer(), world.new_point()
        world.ledger.add_key(issuer, point)
        world.ledger.end_key(issuer, point, Ending.ORDERLY)
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.add_key(issuer, point)
        assert refused.value.reason == "KeyAlreadyUsed"

    def test_key_of_another_issuer_is_refused(self, world: World) -> None:
        issuer, other, point = world.new_issuer(), world.new_issuer(), world.new_point()
        world.ledger.add_key(issuer, point)
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.add_key(other, point)
        assert refused.value.reason == "KeyAlreadyUsed"

    def test_end_of_another_issuers_key_is_refused(self, world: World) -> None:
        issuer, other, point = world.new_issuer(), world.new_issuer(), world.new_point()
        world.ledger.add_key(issuer, point)
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.end_key(other, point, Ending.COMPROMISED)
        assert refused.value.reason == "KeyUnknown"

    def test_orderly_end_found_compromised_keeps_its_time(self, world: World) -> None:
        issuer, point = world.new_issuer(), world.new_point()
        world.ledger.add_key(issuer, point)
        end = world.later()
        world.ledger.end_key(issuer, point, Ending.ORDERLY)
        world.later()
        world.ledger.end_key(issuer, point, Ending.COMPROMISED)
        (key,) = issuer_of(world, issuer).keys
        assert (key.period.end, key.period.ending) == (at(end), Ending.COMPROMISED)

    def test_compromised_end_made_orderly_is_refused(self, world: World) -> None:
        issuer, point = world.new_issuer(), world.new_point()
        world.ledger.add_key(issuer, point)
        world.ledger.end_key(issuer, point, Ending.COMPROMISED)
        world.ledger.end_key(issuer, point, Ending.COMPROMISED)  # A resend.
        with pytest.raises(LedgerRefusedError) as refused:
            world.ledger.end_key(issuer, point, Ending.ORDERLY)
        assert refused.value.reason == "KeyAlreadyEnded"

    @pytest.mark.parametrize("length", [0, 32, 63, 65])
    def test_point_of_another_length_is_refused(self, world: World, length: int) -> None:
        issuer = world.new_issuer()
        with pytest.raises(EncodingError):
            world.ledger.add_key(issuer, b"\x01" * length)
