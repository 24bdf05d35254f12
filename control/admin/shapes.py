"""What those who look after the house are shown, and what they may ask for."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from control.accounts.account import State
from control.admin.limit_book import Standing
from control.admin.personnel import Change
from control.admin.repository import Wanted
from control.api.paging import PageQuery
from control.identity.rate_limits import Rate
from control.permissions import Permission, Role
from control.tiers import Tier


class Shape(BaseModel):
    """Frozen, and knows only what it names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UserPath(Shape):
    """Whose account."""

    id: UUID


class UserQuery(PageQuery):
    """Which accounts."""

    text: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=100)] | None, Field(description="A part of the address or the name.")
    ] = None
    role: Role | None = None
    tier: Tier | None = None
    state: State | None = None

    def wanted(self) -> Wanted:
        return Wanted(self.text, self.role, self.tier, self.state)


class User(Shape):
    """An account as the house sees it."""

    id: UUID
    email: str
    name: str
    role: Role
    tier: Tier
    state: State
    created_at: AwareDatetime
    has_password: bool


class UserDetail(User):
    """One account and what protects it."""

    second_factor: bool
    recovery_codes: int


class UserChange(Shape):
    """What to change; what is left out stays."""

    role: Annotated[Role | None, Field(description="Takes the permission house:roles:assign; never a role above your own.")] = None
    state: Annotated[Literal[State.ACTIVE, State.SUSPENDED] | None, Field(description="Suspending ends all sessions.")] = None
    tier: Tier | None = None

    def change(self) -> Change:
        return Change(self.role, self.state, self.tier)


class SessionsKilled(Shape):
    """What was ended."""

    sessions: int


class RoleGrants(Shape):
    """A role and all that it may."""

    role: Role
    permissions: list[Permission]


class RoleTable(Shape):
    """From most to least."""

    items: list[RoleGrants]


class HouseRate(Shape):
    """At most so many in any stretch of that length."""

    times: Annotated[int, Field(ge=10, le=100_000_000)]
    seconds: Annotated[int, Field(ge=1, le=3_600)]

    def rate(self) -> Rate:
        return Rate(self.times, self.seconds)


class HouseLimit(Shape):
    """One limit of the house."""

    name: str
    times: int
    seconds: int
    configured_times: int
    configured_seconds: int
    changed_at: Annotated[AwareDatetime | None, Field(description="null: as configured.")]


class HouseLimitTable(Shape):
    """All limits of the house."""

    items: list[HouseLimit]


class HouseLimitChange(Shape):
    """All limits; null, or left out, is as configured."""

    all_together: HouseRate | None = None
    by_address: HouseRate | None = None
    by_account: HouseRate | None = None
    wrong_credentials: HouseRate | None = None

    def rates(self) -> dict[str, Rate | None]:
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: rate.rate() if rate is not None else None for name, rate in named.items()}


def table_of(standings: list[Standing]) -> HouseLimitTable:
    """As the API shows it."""
    return HouseLimitTable(
        items=[
            HouseLimit(
                name=each.name,
                times=each.rate.times,
                seconds=each.rate.seconds,
                configured_times=each.configured.times,
                configured_seconds=each.configured.seconds,
                changed_at=each.changed_at,
            )
            for each in standings
        ]
    )
