"""Take a role: one administrator may. Giving one takes two (decision 0013)."""

from api.actions.record_administration import Deed, record_administration
from api.actions.staff_errors import AccountUnknownError, RoleNeedsTwoError
from api.ports.accounts import Account, AccountState, Role
from api.ports.means import Means


def withdraw_role(means: Means, administrator: str, account: str, role: Role) -> Account:
    """Let an account hold a role no longer; asked for twice, it is done once.

    Args:
        means: storage, clock and randomness.
        administrator: id of who does it; the role was checked.
        account: whose role it is.
        role: not the administrator's, which ends with the account.

    Returns:
        The account as it is then.

    Raises:
        RoleNeedsTwoError: the administrator's role.
        AccountUnknownError: no such account, or it was removed.
    """
    if role is Role.ADMINISTRATOR:
        raise RoleNeedsTwoError("the administrator's role is taken by two people")
    at = means.now()
    with means.storage.work() as work:
        work.accounts.alone()
        found = work.accounts.find(account)
        if found is None or found.state is not AccountState.ACTIVE:
            raise AccountUnknownError("no account has this id")
        if work.accounts.withdraw(account, role):
            deed = Deed("role.withdraw", administrator, account, {"role": role.value})
            record_administration(work, deed, at, means.rng)
        return work.accounts.find(account) or found
