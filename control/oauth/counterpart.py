"""A provider as we talk to it: where to send the browser, and who came back.

Its answers are judged like anything from outside: bounded, in time, without redirects (control/outbound/http.py), and read into strict
types. Whatever is wrong with one becomes ProviderFailed; its words go to the log, never to the browser.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Protocol, TypeVar
from urllib.parse import urlencode

import msgspec
from jwt.api_jwk import PyJWK

from control.errors import Refusal
from control.oauth.failures import ProviderFailed
from control.oauth.id_token import UnknownKey, read_id_token, read_keys
from control.oauth.journey import Journey
from control.oauth.provider import Endpoints, Provider, ProviderName, Stranger

T = TypeVar("T")
ANSWER_SECONDS: Final = 10.0
LARGEST_BYTES: Final = 65_536
FRESH_SECONDS: Final = 3_600.0
"""How long discovered addresses and keys are believed."""
ASK_AGAIN_SECONDS: Final = 60.0
"""How soon keys are asked for again because one was missing."""
AGENT: Final = "SonicForge"
"""GitHub refuses whoever does not say who he is."""


class OutboundAnswer(Protocol):
    """What is read of an answer."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class Outbound(Protocol):
    """How we ask the outside world. Raises a Refusal where it does not answer, or with too much."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        timeout_seconds: float = ANSWER_SECONDS,
        largest_bytes: int = LARGEST_BYTES,
    ) -> OutboundAnswer: ...


class _Discovered(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(msgspec.Struct, frozen=True):
    access_token: str
    id_token: str = ""


class _GitHubUser(msgspec.Struct, frozen=True):
    id: int
    login: str = ""


class _GitHubEmail(msgspec.Struct, frozen=True):
    email: str
    primary: bool = False
    verified: bool = False


class _SpotifyUser(msgspec.Struct, frozen=True):
    id: str
    display_name: str | None = None


class Counterpart:
    """One provider, for a process. `wall` tells UNIX seconds."""

    def __init__(self, provider: Provider, outbound: Outbound, wall: Callable[[], float], answer_seconds: float = ANSWER_SECONDS) -> None:
        self.provider = provider
        self._outbound = outbound
        self._wall = wall
        self._answer_seconds = answer_seconds
        self._endpoints = provider.endpoints
        self._keys: dict[str, PyJWK] = {}
        self._keys_at = self._endpoints_at = float("-inf")
        self._asking = asyncio.Lock()

    async def address(self, state: str, journey: Journey, redirect: str) -> str:
        """Where to send the browser. Raises ProviderFailed."""
        endpoints = await self._where()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client.id,
            "redirect_uri": redirect,
            "scope": " ".join(self.provider.scopes),
            "state": state,
            "code_challenge": journey.challenge,
            "code_challenge_method": "S256",
        }
        if self._speaks_openid:
            asked["nonce"] = journey.nonce
        return f"{endpoints.authorize}?{urlencode(asked)}"

    async def answered(self, issuer: str | None) -> bool:
        """Whether an answer that names this issuer can be this provider's (RFC 9207, against mix-up)."""
        if issuer is None:
            return not (await self._where()).names_itself
        return issuer == self.provider.issuer

    async def who(self, code: str, journey: Journey, redirect: str) -> Stranger:
        """Who came back with that code. Raises ProviderFailed."""
        tokens = await self._exchange(code, journey, redirect)
        match self.provider.name:
            case ProviderName.GITHUB:
                return await self._github(tokens)
            case ProviderName.SPOTIFY:
                user = await self._ask(_SpotifyUser, f"{self.provider.api}/v1/me", tokens)
                return self._stranger(user.id, None, user.display_name or user.id)
            case ProviderName.GOOGLE:
                return await self._openid(tokens, journey)

    @property
    def _speaks_openid(self) -> bool:
        return "openid" in self.provider.scopes

    async def _exchange(self, code: str, journey: Journey, redirect: str) -> _Tokens:
        client = self.provider.client
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": client.id,
            "client_secret": client.secret,
            "code_verifier": journey.verifier,
        }
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", "User-Agent": AGENT}
        return await self._send(_Tokens, "POST", (await self._where()).token, headers, urlencode(form).encode())

    async def _openid(self, tokens: _Tokens, journey: Journey) -> Stranger:
        now, issuer, client_id = self._wall(), self.provider.issuer, self.provider.client.id
        try:
            claims = read_id_token(tokens.id_token, await self._current_keys(FRESH_SECONDS), issuer, client_id, journey.nonce, now)
        except UnknownKey:
            claims = read_id_token(tokens.id_token, await self._current_keys(ASK_AGAIN_SECONDS), issuer, client_id, journey.nonce, now)
        # some providers write the flag as text
        verified = claims.email_verified is True or claims.email_verified == "true"
        return self._stranger(claims.sub, claims.email if verified else None, claims.name or claims.email or claims.sub)

    async def _github(self, tokens: _Tokens) -> Stranger:
        user = await self._ask(_GitHubUser, f"{self.provider.api}/user", tokens)
        emails = await self._ask(list[_GitHubEmail], f"{self.provider.api}/user/emails", tokens)
        primary = next((each.email for each in emails if each.primary and each.verified), None)
        return self._stranger(str(user.id), primary, user.login or str(user.id))

    def _stranger(self, subject: str, email: str | None, shown_as: str) -> Stranger:
        if not 0 < len(subject) <= 255 or "\0" in subject:
            raise ProviderFailed("it names somebody in a way that cannot be kept")
        return Stranger(self.provider.issuer, subject, email, "".join(each for each in shown_as if each.isprintable())[:100])

    async def _where(self) -> Endpoints:
        """Its addresses, discovered at most once an hour; while that fails, the former ones."""
        if self.provider.endpoints is not None:
            return self.provider.endpoints
        async with self._asking:
            if self._endpoints is None or self._wall() - self._endpoints_at >= FRESH_SECONDS:
                try:
                    self._endpoints = await self._discover()
                    self._endpoints_at = self._wall()
                except ProviderFailed:
                    if self._endpoints is None:
                        raise
            return self._endpoints

    async def _discover(self) -> Endpoints:
        found = await self._send(_Discovered, "GET", f"{self.provider.issuer}/.well-known/openid-configuration", {"User-Agent": AGENT})
        if found.issuer != self.provider.issuer:
            raise ProviderFailed("its configuration is another issuer's")
        names_itself = found.authorization_response_iss_parameter_supported
        return Endpoints(found.authorization_endpoint, found.token_endpoint, found.jwks_uri, names_itself)

    async def _current_keys(self, fresh_seconds: float) -> dict[str, PyJWK]:
        address = (await self._where()).keys
        async with self._asking:
            if self._wall() - self._keys_at >= fresh_seconds:
                self._keys = read_keys(await self._body("GET", address, {"User-Agent": AGENT}))
                self._keys_at = self._wall()
            return self._keys

    async def _ask(self, kind: type[T], url: str, tokens: _Tokens) -> T:
        headers = {"Authorization": f"Bearer {tokens.access_token}", "Accept": "application/json", "User-Agent": AGENT}
        return await self._send(kind, "GET", url, headers)

    async def _send(self, kind: type[T], method: str, url: str, headers: Mapping[str, str], data: bytes | None = None) -> T:
        body = await self._body(method, url, headers, data)
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ProviderFailed(f"its answer cannot be read: {error}") from error

    async def _body(self, method: str, url: str, headers: Mapping[str, str], data: bytes | None = None) -> bytes:
        try:
            answer = await self._outbound.request(
                method, url, headers=headers, data=data, timeout_seconds=self._answer_seconds, largest_bytes=LARGEST_BYTES
            )
        except Refusal as error:
            raise ProviderFailed(f"it cannot be asked: {error.detail}") from error
        if answer.status != 200:
            raise ProviderFailed(f"it answered {answer.status}")
        return answer.body
