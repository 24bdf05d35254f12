"""Accounts as the API shows and takes them. Passwords and codes are never in a text that might be printed."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr, StringConstraints

from control.accounts.account import Account, Session, State
from control.accounts.sessions.sessions import Opened
from control.identity.passwords import LONGEST
from control.identity.tokens import LIFE_SECONDS
from control.permissions import Permission, Role
from control.tiers import Tier

Name = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Email = Annotated[EmailStr, Field(max_length=254)]
Password = Annotated[SecretStr, Field(max_length=LONGEST)]
Opaque = Annotated[SecretStr, Field(min_length=1, max_length=128)]
FactorCode = Annotated[SecretStr, Field(min_length=6, max_length=32, description="Of your authenticator, or a recovery code.")]
Cookie = Annotated[
    bool,
    Field(description="True: the refresh token comes as a cookie that no script can read. False: it stands in the answer, for programs."),
]


class Shape(BaseModel):
    """Frozen, and knows only what it names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Registering(Shape):
    """Who wants an account."""

    email: Email
    password: Password
    name: Name = ""


class Said(Shape):
    """A sentence for the person who asked."""

    message: str


class MailedCode(Shape):
    """A code out of a letter."""

    token: Opaque


class SettingUp(Shape):
    """The first superadmin."""

    token: Opaque
    email: Email
    password: Password
    name: Name = ""


class LoggingIn(Shape):
    """Who wants in."""

    email: Email
    password: Password
    code: FactorCode | None = None
    cookie: Cookie = True


class Refreshing(Shape):
    """A refresh token to exchange, where it does not come as the cookie."""

    refresh_token: Opaque | None = None
    cookie: Cookie = True


class Leaving(Shape):
    """The refresh token whose session ends, where it does not come as the cookie."""

    refresh_token: Opaque | None = None


class SignedIn(Shape):
    """What opens the house for a while."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(default=LIFE_SECONDS, description="Seconds that the access token is good for.")
    refresh_token: str | None = Field(default=None, description="null: it came as a cookie.")


class Me(Shape):
    """One's own account."""

    id: UUID
    email: str
    name: str
    role: Role
    tier: Tier
    state: State
    permissions: list[Permission]
    created_at: datetime
    has_password: bool
    second_factor: bool
    recovery_codes: int = Field(description="How many are left.")


class MyChange(Shape):
    """What to change; what is left out stays. Another address takes the password, and is used once a letter to it was answered."""

    name: Name | None = None
    email: Email | None = None
    current_password: Password | None = None


class ProvingAgain(Shape):
    """Proof that it is still you."""

    password: Password
    code: FactorCode | None = None


class OneSession(Shape):
    """A login on one device."""

    id: UUID
    device: str
    client: str = Field(description="The address it was last used from.")
    current: bool = Field(description="It is the one that asks.")
    second_factor: bool
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class SessionList(Shape):
    """The one used last first."""

    items: list[OneSession]


class Ended(Shape):
    """How many sessions were ended."""

    ended: int


class Forgetting(Shape):
    """Whose password is forgotten."""

    email: Email


class Resetting(Shape):
    """A new password by a mailed code."""

    token: Opaque
    password: Password


class Changing(Shape):
    """A new password by the present one."""

    current_password: Password
    password: Password


class BegunFactor(Shape):
    """An authenticator to be. It is not asked for before it was confirmed."""

    secret: str
    uri: str = Field(description="To be shown as a QR code.")


class ConfirmingFactor(Shape):
    """A first code of the authenticator."""

    code: FactorCode


class RecoveryCodes(Shape):
    """Each opens once, in place of a code of the authenticator. They are never shown again."""

    recovery_codes: list[str]


def me_of(account: Account) -> Me:
    permissions = sorted(account.principal().permissions)
    return Me(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        tier=account.tier,
        state=account.state,
        permissions=permissions,
        created_at=account.created_at,
        has_password=account.password_hash is not None,
        second_factor=account.has_second_factor,
        recovery_codes=account.recovery_codes,
    )


def session_of(session: Session, current: UUID | None) -> OneSession:
    return OneSession(
        id=session.id,
        device=session.device,
        client=session.client,
        current=session.id == current,
        second_factor=session.mfa,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
    )


def signed_in_of(opened: Opened, *, cookie: bool) -> SignedIn:
    return SignedIn(access_token=opened.access_token, refresh_token=None if cookie else opened.refresh_token)


def plain(secret: SecretStr | None) -> str | None:
    """What is inside."""
    return secret.get_secret_value() if secret is not None else None
