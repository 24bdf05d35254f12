"""An account and a session, as the services see them. Plain values; the SQL is in repository.py."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from control.permissions import GRANTS, Role
from control.principal import Means, Principal
from control.tiers import Tier

LONGEST_DEVICE: Final = 200


class State(StrEnum):
    """Whether an account may be used."""

    ACTIVE = "active"
    UNVERIFIED = "unverified"
    """Nobody has proven yet that the address is his."""
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Account:
    """One person."""

    id: UUID
    email: str
    name: str
    role: Role
    tier: Tier
    state: State
    password_hash: str | None
    """None: has no password, and comes in by another house's login only."""
    created_at: datetime
    version: int
    """Grows with every change; the account's entity tag."""
    has_second_factor: bool
    recovery_codes: int
    """Left unused."""

    def principal(self, session_id: UUID | None = None, *, mfa: bool = False) -> Principal:
        """The account as one who asks."""
        return Principal(Means.TOKEN, GRANTS[self.role], self.id, self.role, self.tier, session_id, mfa=mfa)


@dataclass(frozen=True, slots=True)
class Session:
    """One login on one device."""

    id: UUID
    device: str
    """What the browser or program calls itself."""
    client: str
    """The address it was last used from."""
    amr: tuple[str, ...]
    mfa: bool
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    """However much it is used."""


def device_name(user_agent: str) -> str:
    """What a User-Agent says, cut and without what would not print."""
    return "".join(letter for letter in user_agent if letter.isprintable())[:LONGEST_DEVICE]
