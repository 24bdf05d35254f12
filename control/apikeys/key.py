"""A key: whose it is, what it may, from where and until when. Pure; the secret is not part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias
from uuid import UUID

from control.permissions import GRANTS, Permission, Role
from control.tiers import ENTITLEMENTS, Tier

Network: TypeAlias = IPv4Network | IPv6Network
NEEDS_A_PLAN: Final = frozenset({Role.USER, Role.VIEWER})
"""The other roles work for the house; their keys come with the role."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of a key, by its public part."""

    prefix: str
    created_at: datetime
    retires_at: datetime | None
    """None: the current one."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its owner sees it."""

    id: UUID
    account_id: UUID
    name: str
    scopes: frozenset[Permission]
    networks: tuple[Network, ...]
    """Where requests may come from; empty: from anywhere."""
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime | None
    rotated_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    last_used_from: str | None
    secrets: tuple[Secret, ...]
    """The current one first, then one that still has its grace."""

    def is_over(self, now: datetime) -> bool:
        """Whether it can never be used again."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now)


def effective(scopes: frozenset[Permission], role: Role) -> frozenset[Permission]:
    """What a key may: its scopes as far as its owner's role still holds them."""
    return scopes & GRANTS[role]


def is_entitled(role: Role, tier: Tier) -> bool:
    """Whether this account may have keys."""
    return role not in NEEDS_A_PLAN or ENTITLEMENTS[tier].api


def comes_from(client: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; without any, every address does. An IPv4 address in IPv6 clothes counts as IPv4."""
    if not networks:
        return True
    try:
        address = ip_address(client)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
