"""The doors: /api/v1/auth to register, log in, go on and log out. What a logged-in person does with his account is in own_routes.py.

A browser gets its refresh token as a cookie that no script can read; a program that says `"cookie": false` gets it in the answer.
"""

from typing import Final, Protocol

from aiohttp.web import Request

from control.accounts.account import device_name
from control.accounts.profile import Profile
from control.accounts.proof import Proof
from control.accounts.refusals import LinkSpent, RefreshedAlready, SecondFactorNeeded, WrongCode
from control.accounts.registration import Registration
from control.accounts.sessions.sessions import Opened, Sessions, Whence
from control.accounts.shapes import (
    Forgetting,
    Leaving,
    LoggingIn,
    MailedCode,
    Refreshing,
    Registering,
    Resetting,
    Said,
    SettingUp,
    SignedIn,
    plain,
    signed_in_of,
)
from control.api.call import Answer, Call, Cookie
from control.api.operation import operation
from control.errors import Conflict, Forbidden, TooMany, Unauthenticated, Unavailable
from control.identity.cookies import cookie_name, refresh_token
from control.permissions import PUBLIC

TAG: Final = "auth"
WRITTEN: Final = "If the address can be written to, a letter is on its way."


class Connections(Protocol):
    """Knows whether a request came encrypted (control/identity/clients.py)."""

    def is_secure(self, request: Request) -> bool: ...


class Doors:
    """/api/v1/auth, for those who are not logged in yet."""

    def __init__(self, proof: Proof, registration: Registration, profile: Profile, sessions: Sessions, connections: Connections) -> None:
        self._proof = proof
        self._registration = registration
        self._profile = profile
        self._sessions = sessions
        self._connections = connections

    @operation(
        "POST", "/api/v1/auth/register", permission=PUBLIC, summary="Ask for an account", tag=TAG, status=202, raises=(TooMany, Unavailable)
    )
    async def register(self, call: Call, *, body: Registering) -> Said:
        """The answer is the same whether the address has an account or not; a letter to it says how to go on."""
        await self._registration.register(body.email, body.name, body.password.get_secret_value(), call.client)
        return Said(message=WRITTEN)

    @operation(
        "POST",
        "/api/v1/auth/verify",
        permission=PUBLIC,
        summary="Prove an address",
        tag=TAG,
        status=204,
        raises=(LinkSpent, Conflict, TooMany),
    )
    async def verify(self, call: Call, *, body: MailedCode) -> None:
        """Uses the code of a letter: a registration becomes an account, or an account uses its new address."""
        await self._registration.verify(body.token.get_secret_value(), call.client)

    @operation(
        "POST",
        "/api/v1/auth/setup",
        permission=PUBLIC,
        summary="Make the first superadmin",
        tag=TAG,
        status=204,
        raises=(LinkSpent, Conflict, TooMany, Unavailable),
    )
    async def setup(self, call: Call, *, body: SettingUp) -> None:
        """With the code of the link that the station printed at its start. It opens once, and only while there is no superadmin."""
        token, password = body.token.get_secret_value(), body.password.get_secret_value()
        await self._registration.setup(token, body.email, body.name, password, call.client)

    @operation(
        "POST",
        "/api/v1/auth/login",
        permission=PUBLIC,
        summary="Log in",
        tag=TAG,
        raises=(Unauthenticated, Forbidden, SecondFactorNeeded, WrongCode, TooMany, Unavailable),
        by_cookie=True,
    )
    async def login(self, call: Call, *, body: LoggingIn) -> Answer[SignedIn]:
        """Opens a session. With a second factor the answer without `code` is the problem `second-factor-needed`."""
        opened = await self._proof.login(body.email, body.password.get_secret_value(), plain(body.code), whence(call))
        return self._signed_in(call, opened, cookie=body.cookie)

    @operation(
        "POST",
        "/api/v1/auth/refresh",
        permission=PUBLIC,
        summary="Go on with a session",
        tag=TAG,
        raises=(Unauthenticated, RefreshedAlready, TooMany),
        by_cookie=True,
    )
    async def refresh(self, call: Call, *, body: Refreshing) -> Answer[SignedIn]:
        """Exchanges the refresh token, of the body or of the cookie, for the next one. Each is used once; one that comes back ends the
        session, except within ten seconds (`refreshed-already`): then another tab has the newer token already."""
        token = plain(body.refresh_token) or self._cookie(call)
        if token is None:
            raise Unauthenticated
        return self._signed_in(call, await self._sessions.refresh(token, whence(call)), cookie=body.cookie)

    @operation("POST", "/api/v1/auth/logout", permission=PUBLIC, summary="Log out", tag=TAG, status=204, by_cookie=True)
    async def logout(self, call: Call, *, body: Leaving) -> Answer[None]:
        """Ends the session of the refresh token and that of the access token, and with them every token made from them."""
        await self._sessions.leave(call.principal, plain(body.refresh_token) or self._cookie(call), whence(call))
        return Answer(None, cookies=[self._cookie_of(call, "", 0)])

    @operation(
        "POST",
        "/api/v1/auth/password/forgot",
        permission=PUBLIC,
        summary="Ask for a new password",
        tag=TAG,
        status=202,
        raises=(TooMany,),
    )
    async def forgot(self, call: Call, *, body: Forgetting) -> Said:
        """The answer is the same whether the address has an account or not."""
        await self._profile.forgot(body.email, call.client)
        return Said(message=WRITTEN)

    @operation(
        "POST",
        "/api/v1/auth/password/reset",
        permission=PUBLIC,
        summary="Choose a new password",
        tag=TAG,
        status=204,
        raises=(LinkSpent, TooMany, Unavailable),
    )
    async def reset(self, call: Call, *, body: Resetting) -> None:
        """Uses the code of a letter. All sessions end; a second factor is asked for as ever."""
        await self._profile.reset_password(body.token.get_secret_value(), body.password.get_secret_value(), call.client)

    def _signed_in(self, call: Call, opened: Opened, *, cookie: bool) -> Answer[SignedIn]:
        cookies = [self._cookie_of(call, opened.refresh_token, opened.refresh_seconds)] if cookie else []
        return Answer(signed_in_of(opened, cookie=cookie), cookies=cookies)

    def _cookie(self, call: Call) -> str | None:
        return refresh_token(call.request, secure=self._connections.is_secure(call.request))

    def _cookie_of(self, call: Call, token: str, life_seconds: int) -> Cookie:
        secure = self._connections.is_secure(call.request)
        return Cookie(cookie_name(secure=secure), token, life_seconds, secure)


def whence(call: Call) -> Whence:
    """Where the call comes from."""
    return Whence(call.client, device_name(call.request.headers.get("User-Agent", "")))
