"""API keys as the API shows and takes them."""

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from control.api.instant import Instant
from control.apikeys.key import ApiKey, Network, Secret
from control.apikeys.network_text import NetworkText, network_of
from control.apikeys.service import Wish
from control.permissions import Permission

DAY_SECONDS: Final = 86_400
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Scopes = Annotated[
    list[Permission], Field(min_length=1, max_length=len(Permission), description="What the key may do; your role must hold it.")
]
Networks = Annotated[
    list[NetworkText], Field(max_length=32, description="Networks (CIDR) from which the key may be used; an empty list is anywhere.")
]
Rate = Annotated[int, Field(ge=1, le=100_000, description="Requests a minute; ten seconds' worth of them at once.")]


class KeyWish(BaseModel):
    """A key to make."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    scopes: Scopes
    networks: Networks = []
    requests_per_minute: Rate = 600
    expires_at: Annotated[Instant | None, Field(description="From then on it opens nothing; null is never.")] = None

    def wish(self) -> Wish:
        return Wish(self.name, frozenset(self.scopes), _networks(self.networks), self.requests_per_minute, self.expires_at)


class KeyChange(BaseModel):
    """What to change of a key; what is left out stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name | None = None
    scopes: Scopes | None = None
    networks: Networks | None = None
    requests_per_minute: Rate | None = None
    expires_at: Annotated[Instant | None, Field(description="null: it never expires.")] = None

    def applied(self, wish: Wish) -> Wish:
        """The wish with these changes. Only for the expiry null is a value; elsewhere it leaves things as they are."""
        return replace(
            wish,
            name=self.name or wish.name,
            scopes=frozenset(self.scopes) if self.scopes is not None else wish.scopes,
            networks=_networks(self.networks) if self.networks is not None else wish.networks,
            requests_per_minute=self.requests_per_minute or wish.requests_per_minute,
            expires_at=self.expires_at if "expires_at" in self.model_fields_set else wish.expires_at,
        )


class KeyRotation(BaseModel):
    """How a rotation goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grace_seconds: Annotated[int, Field(ge=0, le=7 * DAY_SECONDS, description="How long the former secret still opens.")] = DAY_SECONDS


class KeySecret(BaseModel):
    """The public part of one secret of a key."""

    model_config = ConfigDict(frozen=True)

    prefix: str
    created_at: AwareDatetime
    retires_at: Annotated[AwareDatetime | None, Field(description="null: the current one.")]


class Key(BaseModel):
    """A key without what opens."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    scopes: list[Permission]
    networks: list[str]
    requests_per_minute: int
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    rotated_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    last_used_at: Annotated[AwareDatetime | None, Field(description="To the minute.")]
    last_used_from: str | None
    secrets: list[KeySecret]


class MadeKey(Key):
    """A key with its text, shown this once."""

    key: Annotated[str, Field(description="Send it as `Authorization: Bearer …` or `X-API-Key: …`.")]


class KeyList(BaseModel):
    """All of one's keys."""

    model_config = ConfigDict(frozen=True)

    items: list[Key]


def key_of(key: ApiKey) -> Key:
    """As the API shows it."""
    return Key(
        id=key.id,
        name=key.name,
        scopes=sorted(key.scopes),
        networks=[str(network) for network in key.networks],
        requests_per_minute=key.requests_per_minute,
        created_at=key.created_at,
        expires_at=key.expires_at,
        rotated_at=key.rotated_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
        last_used_from=key.last_used_from,
        secrets=[_secret(secret) for secret in key.secrets],
    )


def _networks(texts: list[str]) -> tuple[Network, ...]:
    """Each once."""
    return tuple(dict.fromkeys(network_of(text) for text in texts))


def _secret(secret: Secret) -> KeySecret:
    return KeySecret(prefix=secret.prefix, created_at=secret.created_at, retires_at=secret.retires_at)
