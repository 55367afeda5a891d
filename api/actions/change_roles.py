"""Give and take roles that one administrator may give and take."""

from api.actions.record_administration import Deed, record_administration
from api.actions.staff_errors import AccountUnknownError, RoleNeedsTwoError
from api.ports.accounts import Account, AccountState, Role
from api.ports.means import Means


def change_role(
    means: Means, administrator: str, account: str, role: Role, *, held: bool
) -> Account:
    """Let an account hold a role, or no longer; asked for twice, it is done once.

    Args:
        means: storage, clock and randomness.
        administrator: id of who does it; the role was checked.
        account: to whom.
        role: not the administrator's.
        held: whether the account holds it afterwards.

    Returns:
        The account as it is then.

    Raises:
        RoleNeedsTwoError: the administrator's role.
        AccountUnknownError: no such account, or it was removed.
    """
    if role is Role.ADMINISTRATOR:
        raise RoleNeedsTwoError("the administrator's role is granted by two people")
    at = means.now()
    with means.storage.work() as work:
        work.accounts.alone()
        found = work.accounts.find(account)
        if found is None or found.state is not AccountState.ACTIVE:
            raise AccountUnknownError("no account has this id")
        if held:
            changed = work.accounts.grant(account, role, at)
        else:
            changed = work.accounts.withdraw(account, role)
        if changed:
            act = "role.grant" if held else "role.withdraw"
            deed = Deed(act, administrator, account, {"role": role.value})
            record_administration(work, deed, at, means.rng)
        return work.accounts.find(account) or found
