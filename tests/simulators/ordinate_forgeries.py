"""Ordinates beside the ballots that are not theirs; check A-24 finds each of these."""

from tests.simulators.poll import Forger
from voting.crypto.group import FIELD_MODULUS


def give_the_ordinate_of_the_opposite_point(forger: Forger) -> None:
    def change(ordinates: list[bytes]) -> None:
        y = int.from_bytes(ordinates[2][:48], "big")
        ordinates[2] = (FIELD_MODULUS - y).to_bytes(48, "big") + ordinates[2][48:]

    forger.change_ordinates(change)


def give_the_ordinates_of_another_ballot(forger: Forger) -> None:
    def change(ordinates: list[bytes]) -> None:
        ordinates[0], ordinates[1] = ordinates[1], ordinates[0]

    forger.change_ordinates(change)


def leave_out_the_ordinates_of_a_ballot(forger: Forger) -> None:
    forger.change_ordinates(lambda ordinates: ordinates.pop())


def add_a_byte_to_the_ordinates(forger: Forger) -> None:
    forger.change_ordinates(lambda ordinates: ordinates.append(b"\0"))


MISPLACED = [
    give_the_ordinate_of_the_opposite_point,
    give_the_ordinates_of_another_ballot,
    leave_out_the_ordinates_of_a_ballot,
    add_a_byte_to_the_ordinates,
]
