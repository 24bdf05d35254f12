"""Who asks. Made by the guard from a token, a key, a ticket or nothing; read by every service that must tell own from other's."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from control.permissions import GRANTS, Permission, Role
from control.tiers import ENTITLEMENTS, Entitlements, Tier


class Means(StrEnum):
    """How somebody proved who he is."""

    NOTHING = "nothing"
    MACHINE = "machine"
    """The connection comes from the machine itself; only THIS_MACHINE's permissions."""
    TOKEN = "token"
    KEY = "key"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Principal:
    """One asker for the length of one request."""

    means: Means
    permissions: frozenset[Permission]
    account_id: UUID | None = None
    role: Role | None = None
    tier: Tier = Tier.FREE
    session_id: UUID | None = None
    """The refresh family a token was made from."""
    key_id: UUID | None = None
    mfa: bool = False
    """Whether the session was opened with a second factor."""

    def may(self, permission: Permission) -> bool:
        """Whether the role, narrowed by the key's scopes, holds it."""
        return permission in self.permissions

    @property
    def entitlements(self) -> Entitlements:
        return ENTITLEMENTS[self.tier]


ANONYMOUS = Principal(Means.NOTHING, frozenset())


def of_role(account_id: UUID, role: Role, tier: Tier, means: Means = Means.TOKEN) -> Principal:
    """An account with all that its role grants."""
    return Principal(means, GRANTS[role], account_id, role, tier)
