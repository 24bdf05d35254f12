"""Who calls by WHIP: the guard has looked at token or key already, what is left is the name."""

from aiohttp.web import Request

from control.errors import Refusal
from control.identity.request import CLIENT, PRINCIPAL
from control.live.djs import Djs
from control.live.source_login import refused
from control.principal import ANONYMOUS
from server.live.login import Dj


class Callers:
    """A server.live.whip.routes.NameOf."""

    def __init__(self, djs: Djs) -> None:
        self._djs = djs

    async def __call__(self, request: Request) -> Dj:
        """The DJ of a request that the guard has let through. Raises LoginRefused."""
        try:
            return await self._djs.of(request.get(PRINCIPAL, ANONYMOUS), request.get(CLIENT) or request.remote or "")
        except Refusal as refusal:
            raise refused(refusal) from None
