"""Three other houses on a real HTTP server: Google (OpenID Connect), GitHub, Spotify, each in its own manner.

They keep the rules as the real ones do: registered redirects only, PKCE, a code once. And each can be told to break one.
"""

import asyncio
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from aiohttp.test_utils import TestServer
from aiohttp.web import Application, HTTPFound, Request, Response, StreamResponse, json_response
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from jwt.api_jws import PyJWS
from yarl import URL

from control.oauth.provider import Client, Provider, github, google, spotify

CLIENT = Client("station-1", "secret-of-the-station-canary-41")
PERSON = {"sub": "1001", "email": "zoe@example.org", "email_verified": True, "name": "Zoë"}


@dataclass
class Granted:
    """What stands behind a code."""

    redirect: str
    challenge: str
    nonce: str
    person: dict[str, Any]


@dataclass
class Manners:
    """How the houses behave; all False is well."""

    claims: dict[str, Any] = field(default_factory=dict)
    """Put over those of the id_token."""
    header: dict[str, Any] = field(default_factory=dict)
    """Put over that of the id_token."""
    unsigned: bool = False
    signed_with_the_public_key: bool = False
    names_another_issuer: bool = False
    names_itself: bool = True
    replays_codes: bool = False
    """Takes a code twice: the station must not need it to refuse."""
    never_answers: bool = False
    answers_much: bool = False
    answers_nonsense: bool = False
    redirects: bool = False
    denies: bool = False
    discovers_another: bool = False


@dataclass
class OtherHouse:
    """All three, on one port."""

    url: str
    wall: Callable[[], float]
    redirects: set[str]
    manners: Manners = field(default_factory=Manners)
    person: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    codes: dict[str, Granted] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    key: RSAPrivateKey = field(default_factory=lambda: generate_private_key(65537, 2048))
    kid: str = "key-1"
    asked_for_keys: int = 0
    refused: list[str] = field(default_factory=list)
    """Why it refused, in order."""

    def google(self) -> Provider:
        return google(CLIENT, f"{self.url}/google")

    def github(self) -> Provider:
        return github(CLIENT, f"{self.url}/github", f"{self.url}/github/api")

    def spotify(self) -> Provider:
        return spotify(CLIENT, f"{self.url}/spotify", f"{self.url}/spotify/api")

    async def discovery(self, _: Request) -> StreamResponse:
        issuer = f"{self.url}/{'elsewhere' if self.manners.discovers_another else 'google'}"
        base = f"{self.url}/google"
        return json_response(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys",
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def keys(self, _: Request) -> StreamResponse:
        self.asked_for_keys += 1
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return json_response({"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]})

    async def authorize(self, request: Request) -> StreamResponse:
        """The person is logged in here, and agrees unless told otherwise."""
        asked = request.query
        if asked.get("client_id") != CLIENT.id or asked.get("redirect_uri") not in self.redirects:
            return self._refuse("redirect_uri_mismatch")  # never sends the browser to an address that is not registered
        if (
            asked.get("response_type") != "code"
            or asked.get("code_challenge_method") != "S256"
            or len(asked.get("code_challenge", "")) != 43
        ):
            return self._refuse("invalid_request")
        back = {"state": asked["state"]}
        if "/google/" in request.path and self.manners.names_itself:
            back["iss"] = "https://mallory.example" if self.manners.names_another_issuer else f"{self.url}/google"
        if self.manners.denies:
            back["error"] = "access_denied"
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = Granted(asked["redirect_uri"], asked["code_challenge"], asked.get("nonce", ""), dict(self.person))
            back["code"] = code
        raise HTTPFound(str(URL(asked["redirect_uri"]).update_query(back)))

    async def token(self, request: Request) -> StreamResponse:
        if (odd := await self._odd()) is not None:
            return odd
        form = await request.post()
        code, at_github = str(form.get("code")), "/github/" in request.path
        granted = self.codes.get(code)
        if form.get("client_id") != CLIENT.id or form.get("client_secret") != CLIENT.secret:
            return self._refuse("invalid_client", at_github)
        if granted is None or (code in self.used and not self.manners.replays_codes):
            return self._refuse("invalid_grant", at_github)
        self.used.add(code)
        challenge = urlsafe_b64encode(sha256(str(form.get("code_verifier")).encode()).digest()).rstrip(b"=").decode()
        if challenge != granted.challenge or form.get("redirect_uri") != granted.redirect:
            return self._refuse("invalid_grant", at_github)
        access_token = secrets.token_urlsafe(16)
        self.tokens[access_token] = granted.person
        answer = {"access_token": access_token, "token_type": "Bearer", "expires_in": 3600}
        if "/google/" in request.path:
            answer["id_token"] = self._id_token(granted)
        return json_response(answer)

    async def github_user(self, request: Request) -> StreamResponse:
        if "User-Agent" not in request.headers:
            return Response(status=403, text="Please make sure your request has a User-Agent header")
        person = self._bearer(request)
        return json_response({"id": int(person["sub"]), "login": person["name"], "email": "shown@example.org", "plan": {"name": "free"}})

    async def github_emails(self, request: Request) -> StreamResponse:
        person = self._bearer(request)
        other = {"email": "other@example.org", "primary": False, "verified": True, "visibility": None}
        return json_response([other, {"email": person["email"], "primary": True, "verified": person["email_verified"]}])

    async def spotify_me(self, request: Request) -> StreamResponse:
        person = self._bearer(request)
        return json_response({"id": person["sub"], "display_name": person["name"], "email": person["email"], "product": "premium"})

    async def _odd(self) -> StreamResponse | None:
        """One of the ways to misbehave, if one was asked for."""
        if self.manners.never_answers:
            await asyncio.Event().wait()
        if self.manners.answers_much:
            return Response(body=b'{"access_token": "' + b"x" * 200_000 + b'"}', content_type="application/json")
        if self.manners.answers_nonsense:
            return Response(text="<html>", content_type="application/json")
        if self.manners.redirects:
            raise HTTPFound(f"{self.url}/google/keys")
        return None

    def _id_token(self, granted: Granted) -> str:
        now = int(self.wall())
        claims = {
            "iss": f"{self.url}/google",
            "aud": CLIENT.id,
            "azp": CLIENT.id,
            "iat": now,
            "exp": now + 3600,
            "nonce": granted.nonce,
            **granted.person,
            **self.manners.claims,
        }
        body = json.dumps(claims).encode()
        headers = {"kid": self.kid, **self.manners.header}
        if self.manners.unsigned:
            return PyJWS().encode(body, "", algorithm="none", headers=headers)
        if self.manners.signed_with_the_public_key:
            secret = RSAAlgorithm.to_jwk(self.key.public_key()).encode()
            return PyJWS().encode(body, secret, algorithm="HS256", headers=headers)
        return PyJWS().encode(body, self.key, algorithm="RS256", headers=headers)

    def _bearer(self, request: Request) -> dict[str, Any]:
        return self.tokens[request.headers["Authorization"].removeprefix("Bearer ")]

    def _refuse(self, error: str, at_github: bool = False) -> Response:
        self.refused.append(error)
        return json_response({"error": error}, status=200 if at_github else 400)  # GitHub says so with 200


@asynccontextmanager
async def open_house(wall: Callable[[], float], redirects: set[str]) -> AsyncIterator[OtherHouse]:
    """Serves the three; ends with the context."""
    house = OtherHouse("", wall, redirects)
    application = Application()
    application.router.add_get("/google/.well-known/openid-configuration", house.discovery)
    application.router.add_get("/google/keys", house.keys)
    application.router.add_get("/google/authorize", house.authorize)
    application.router.add_post("/google/token", house.token)
    application.router.add_get("/github/login/oauth/authorize", house.authorize)
    application.router.add_post("/github/login/oauth/access_token", house.token)
    application.router.add_get("/github/api/user", house.github_user)
    application.router.add_get("/github/api/user/emails", house.github_emails)
    application.router.add_get("/spotify/authorize", house.authorize)
    application.router.add_post("/spotify/api/token", house.token)
    application.router.add_get("/spotify/api/v1/me", house.spotify_me)
    async with TestServer(application, shutdown_timeout=0) as server:
        house.url = str(server.make_url("")).rstrip("/")
        yield house
