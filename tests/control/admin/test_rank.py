import pytest

from control.admin.rank import may_give, outranks
from control.permissions import Role


@pytest.mark.parametrize("role", Role)
def test_a_superadmin_may_change_anybody(role: Role) -> None:
    assert outranks(Role.SUPERADMIN, role)
    assert may_give(Role.SUPERADMIN, role)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERADMIN])
def test_nobody_else_changes_his_equals_or_betters(role: Role) -> None:
    assert not outranks(role, role)
    assert not outranks(role, Role.SUPERADMIN)
    assert not may_give(role, Role.SUPERADMIN)
    assert not outranks(None, role)
    assert not may_give(None, role)


def test_below_is_below() -> None:
    assert outranks(Role.ADMIN, Role.MODERATOR)
    assert not outranks(Role.DJ, Role.MODERATOR)
    assert may_give(Role.ADMIN, Role.ADMIN)
