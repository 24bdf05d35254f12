from ipaddress import ip_network

import pytest

from control.apikeys.key import comes_from, effective, is_entitled
from control.permissions import GRANTS, Permission, Role
from control.tiers import Tier

NETWORKS = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))


@pytest.mark.parametrize("client", ["192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7"])
def test_an_address_inside(client: str) -> None:
    assert comes_from(client, NETWORKS)


@pytest.mark.parametrize("client", ["192.0.3.1", "2001:db9::1", "", "unix", "192.0.2.7, 10.0.0.1", "::ffff:10.0.0.1"])
def test_an_address_outside(client: str) -> None:
    assert not comes_from(client, NETWORKS)


def test_without_a_list_every_address_will_do() -> None:
    assert comes_from("", ())


@pytest.mark.parametrize("role", Role)
def test_a_key_never_does_more_than_its_owner(role: Role) -> None:
    assert effective(frozenset(Permission), role) == GRANTS[role]
    assert effective(frozenset(), role) == frozenset()


@pytest.mark.parametrize(
    ("role", "tier", "entitled"),
    [
        (Role.USER, Tier.FREE, False),
        (Role.USER, Tier.PRO, True),
        (Role.VIEWER, Tier.ENTERPRISE, True),
        (Role.VIEWER, Tier.FREE, False),
        (Role.ADMIN, Tier.FREE, True),
        (Role.DJ, Tier.FREE, True),
    ],
)
def test_listeners_need_a_plan_and_staff_does_not(role: Role, tier: Tier, entitled: bool) -> None:
    assert is_entitled(role, tier) is entitled
