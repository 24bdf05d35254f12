"""One trip of one browser to a provider and back: what must be the same on return.

The state is a 256-bit number that finds the journey once, within ten minutes. A cookie with another one binds it to the browser that
set out, so nobody is logged in by somebody else's answer. The verifier proves to the provider that who asks for the token is who
sent the browser (PKCE, RFC 7636), the nonce that the id_token was made for this journey.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID

import msgspec

from control.oauth.provider import ProviderName

LIFE_SECONDS: Final = 600
BYTES: Final = 32
LOCAL: Final = r'^/([!"$-.0-\[\]-~][!"$-\[\]-~]{0,498})?$'


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered while the browser is away."""

    provider: ProviderName
    verifier: str
    nonce: str
    browser: str
    """SHA-256 of the cookie that went with it."""
    account_id: UUID | None
    """Whom to link; None: somebody wants to log in."""
    return_to: str
    """A path of ours."""

    @property
    def challenge(self) -> str:
        """What the provider is shown of the verifier: S256."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def is_of(self, cookie: str | None) -> bool:
        """Whether the browser with this cookie set out on it."""
        return cookie is not None and hmac.compare_digest(_hash(cookie), self.browser)


class Once(Protocol):
    """What is asked of the Kv."""

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None: ...
    async def take(self, key: str) -> bytes | None: ...


class Journeys:
    """Journeys that have begun and not ended. Raises KvAway where the Kv does."""

    def __init__(self, once: Once) -> None:
        self._once = once
        self._decoder = msgspec.json.Decoder(Journey)

    async def begin(self, provider: ProviderName, account_id: UUID | None, return_to: str) -> tuple[str, str, Journey]:
        """(state, cookie, journey) of a new one."""
        state, cookie = secrets.token_urlsafe(BYTES), secrets.token_urlsafe(BYTES)
        journey = Journey(
            provider=provider,
            verifier=secrets.token_urlsafe(BYTES),
            nonce=secrets.token_urlsafe(BYTES),
            browser=_hash(cookie),
            account_id=account_id,
            return_to=return_to,
        )
        await self._once.set(_key(state), msgspec.json.encode(journey), LIFE_SECONDS)
        return state, cookie, journey

    async def end(self, state: str) -> Journey | None:
        """The journey of that state, the first time it is asked for."""
        value = await self._once.take(_key(state))
        return self._decoder.decode(value) if value is not None else None


def is_local(path: str) -> bool:
    """Whether a browser that is sent there stays with us; without a part behind #, which is ours to write."""
    return re.fullmatch(LOCAL, path) is not None


def _key(state: str) -> str:
    return f"oauth:{_hash(state)}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
