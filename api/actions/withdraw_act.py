"""Withdraw an act of two people."""

from dataclasses import replace

from api.actions.propose_act import record_act
from api.actions.recover_account import withdraw_recovery
from api.actions.staff_errors import ActEndedError, ActUnknownError
from api.ports.accounts import Account
from api.ports.acts import ROLE_OF, ActKind, ActState, TwoPersonAct
from api.ports.means import Means


def withdraw_act(means: Means, who: Account, act: str) -> TwoPersonAct:
    """Withdraw an act that waits; anybody who could confirm or propose it may.

    A recovery can be withdrawn until its link was used: its owner can object.

    Raises:
        ActUnknownError: there is none, or it is none of theirs.
        ActEndedError: it was done, or its time is over.
    """
    at = means.now()
    with means.storage.work() as work:
        work.accounts.alone()
        found = work.acts.find(act)
        if found is None or not who.holds(ROLE_OF[found.kind]):
            raise ActUnknownError("there is no such act")
        if found.state is ActState.WITHDRAWN:
            return found
        if found.kind is ActKind.RECOVER_ACCOUNT:
            return withdraw_recovery(work, means, found, who.id)
        if found.state is not ActState.WAITING or found.expires <= at:
            raise ActEndedError("the act was done, or its time is over")
        ended = replace(found, state=ActState.WITHDRAWN, decider=who.id, decided=at)
        work.acts.decide(ended)
        record_act(work, means, ended, "act.withdraw", who.id)
    return ended
