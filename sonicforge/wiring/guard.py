"""Who may come in, until there are accounts: everybody to what is public, the machine itself to what is the operator's."""

from ipaddress import ip_address
from typing import Final

from aiohttp.web import HTTPForbidden, Request, StreamResponse

from server.route import PUBLIC, Endpoint

OPERATOR: Final = "station:health:read"
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def guard(permission: str, endpoint: Endpoint) -> Endpoint:
    """The endpoint, open to those who have the permission."""
    if permission == PUBLIC:
        return endpoint

    async def guarded(request: Request) -> StreamResponse:
        if not _from_this_machine(request):
            raise HTTPForbidden(text="This address is for the operator: ask from the machine itself.")
        return await endpoint(request)

    return guarded


def _from_this_machine(request: Request) -> bool:
    """A proxy on this machine passes others' requests on, and says so."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
