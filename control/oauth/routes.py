"""The addresses of logging in by another house. Two of them are for browsers and answer with a way to go; the others speak JSON."""

from typing import Final, Protocol

from aiohttp.web import Request

from control.accounts.refusals import WrongCode
from control.accounts.routes import whence
from control.accounts.sessions.sessions import Opened, owner
from control.accounts.shapes import SignedIn
from control.api.call import Answer, Call, Cookie
from control.api.limit import Limit
from control.api.operation import operation
from control.errors import Conflict, Malformed, NotFound, Unauthenticated
from control.identity.cookies import cookie_name
from control.oauth.arrivals import Answered, Arrivals
from control.oauth.failures import ProviderFailed
from control.oauth.journey import LIFE_SECONDS
from control.oauth.linking import Linking
from control.oauth.shapes import (
    Callback,
    OAuthAddress,
    OAuthFinish,
    OAuthLink,
    OAuthLinks,
    ProviderOffer,
    ProviderOffers,
    ProviderPath,
    SetOut,
)
from control.permissions import PUBLIC, Permission

TAG: Final = "oauth"
OFTEN: Final = Limit(30, 60)
PLAIN_COOKIE: Final = "sonicforge_oauth"
UNKEPT: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class Connections(Protocol):
    """Knows whether a browser speaks with us encrypted (control/identity/clients.py)."""

    def is_secure(self, request: Request) -> bool: ...


class OAuthAddresses:
    """/api/v1/auth/oauth."""

    def __init__(self, arrivals: Arrivals, linking: Linking, connections: Connections) -> None:
        self._arrivals = arrivals
        self._linking = linking
        self._connections = connections

    @operation("GET", "/api/v1/auth/oauth", permission=PUBLIC, summary="Ways to log in by another house", tag=TAG)
    async def offers(self, call: Call) -> ProviderOffers:  # noqa: ARG002 -- the same for everybody
        """Those that the operator has set up; perhaps none."""
        start = "/api/v1/auth/oauth/{}/start"
        offered = self._arrivals.providers
        return ProviderOffers(
            items=[ProviderOffer(provider=each.name, title=each.title, start=start.format(each.name)) for each in offered]
        )

    @operation("GET", "/api/v1/auth/oauth/links", permission=Permission.OWN_ACCOUNT_READ, summary="Your linked accounts", tag=TAG)
    async def links(self, call: Call) -> OAuthLinks:
        """By which accounts at other houses yours can be logged in to."""
        found = await self._linking.links_of(owner(call.principal))
        return OAuthLinks(items=[OAuthLink(provider=each.provider, shown_as=each.shown_as, linked_at=each.linked_at) for each in found])

    @operation(
        "GET",
        "/api/v1/auth/oauth/{provider:google|github|spotify}/start",
        permission=PUBLIC,
        summary="Log in by another house",
        tag=TAG,
        status=302,
        raises=(NotFound, ProviderFailed),
        limit=OFTEN,
    )
    async def start(self, call: Call, *, path: ProviderPath, query: SetOut) -> Answer[None]:
        """For browsers: leads to the other house, which leads back to `return_to`, logged in."""
        address, cookie = await self._arrivals.set_out(path.provider, None, query.return_to)
        return Answer(None, status=302, headers={**UNKEPT, "Location": address}, cookies=[self._cookie(call, cookie, LIFE_SECONDS)])

    @operation(
        "POST",
        "/api/v1/auth/oauth/{provider:google|github|spotify}/link",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Link an account of another house",
        tag=TAG,
        raises=(NotFound, ProviderFailed),
        limit=OFTEN,
    )
    async def link(self, call: Call, *, path: ProviderPath, body: SetOut) -> Answer[OAuthAddress]:
        """Answers where to send this browser; when it comes back the two accounts are linked."""
        account_id = owner(call.principal)
        address, cookie = await self._arrivals.set_out(path.provider, account_id, body.return_to)
        return Answer(OAuthAddress(address=address), headers=UNKEPT, cookies=[self._cookie(call, cookie, LIFE_SECONDS)])

    @operation(
        "GET",
        "/api/v1/auth/oauth/{provider:google|github|spotify}/callback",
        permission=PUBLIC,
        summary="The other house's answer",
        tag=TAG,
        status=303,
        raises=(Malformed, NotFound),
        limit=OFTEN,
    )
    async def callback(self, call: Call, *, path: ProviderPath, query: Callback) -> Answer[None]:
        """For browsers that come back. What went wrong stands in the address of the account page: `#oauth=denied`."""
        sent = call.request.cookies.get(self._cookie_name(call))
        answered = Answered(query.state, query.code, query.error, query.iss)
        outcome = await self._arrivals.arrive(path.provider, answered, sent, whence(call))
        cookies = [self._cookie(call, "", 0)]
        if outcome.opened is not None:
            cookies.append(self._refresh(call, outcome.opened))
        return Answer(None, status=303, headers={**UNKEPT, "Location": outcome.target}, cookies=cookies)

    @operation(
        "POST",
        "/api/v1/auth/oauth/finish",
        permission=PUBLIC,
        summary="Show the second factor after another house's login",
        tag=TAG,
        raises=(Unauthenticated, WrongCode),
        limit=OFTEN,
    )
    async def finish(self, call: Call, *, body: OAuthFinish) -> Answer[SignedIn]:
        """Opens the session that the other house's word alone did not open."""
        opened = await self._arrivals.finish(body.ticket, body.code, whence(call))
        return Answer(SignedIn(access_token=opened.access_token), headers=UNKEPT, cookies=[self._refresh(call, opened)])

    @operation(
        "DELETE",
        "/api/v1/auth/oauth/{provider:google|github|spotify}",
        permission=Permission.OWN_ACCOUNT_WRITE,
        summary="Unlink an account of another house",
        tag=TAG,
        status=204,
        raises=(NotFound, Conflict),
    )
    async def unlink(self, call: Call, *, path: ProviderPath) -> None:
        """Refused while it is the only way to log in."""
        await self._linking.unlink(call.principal, owner(call.principal), path.provider, call.client)

    def _cookie_name(self, call: Call) -> str:
        return f"__Host-{PLAIN_COOKIE}" if self._connections.is_secure(call.request) else PLAIN_COOKIE

    def _cookie(self, call: Call, value: str, life_seconds: int) -> Cookie:
        """Lax: the browser comes back from another site and must still bring it."""
        return Cookie(self._cookie_name(call), value, life_seconds, self._connections.is_secure(call.request), same_site="Lax")

    def _refresh(self, call: Call, opened: Opened) -> Cookie:
        secure = self._connections.is_secure(call.request)
        return Cookie(cookie_name(secure=secure), opened.refresh_token, opened.refresh_seconds, secure)
