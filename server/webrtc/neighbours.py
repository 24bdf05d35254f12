"""What belongs to another front of this machine is handed to it, over its Unix socket.

A session lives in the process that answered its offer; the next request of the same client may come to any front. The session's
address begins with the name of its front, and that name leads to a socket which only this user may open. What comes in there is never
handed on again, so nothing goes in circles.
"""

import re
import secrets
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, UnixConnector
from aiohttp.web import Application, AppRunner, Request, Response, UnixSite

from server.door.answers import clear_answers
from server.route import Route, add_routes

NAME_BYTES: Final = 4
_NAME: Final = re.compile(r"[0-9a-f]{8}")
_PATIENCE: Final = ClientTimeout(total=5.0, connect=1.0)
_ASKED: Final = ("Content-Type", "If-Match")
_TOLD: Final = ("Content-Type", "ETag", "Retry-After")


class NoSuchFront(Exception):
    """There is no front of that name, or it does not answer."""


class Neighbours:
    """This front among the fronts of the machine."""

    def __init__(self, socket_of: Callable[[str], Path]) -> None:
        """`socket_of` gives the path of the socket of the front of a name."""
        self.name: Final = secrets.token_hex(NAME_BYTES)
        self._socket_of = socket_of
        self._runner: AppRunner | None = None

    def other(self, session: str) -> str | None:
        """The front that a session's address names, if it is another one."""
        name = session.partition("-")[0]
        return name if _NAME.fullmatch(name) and name != self.name else None

    async def open(self, routes: Iterable[Route]) -> None:
        """Takes what other fronts hand on. They have guarded it. Raises OSError."""
        application = Application(middlewares=[clear_answers])
        add_routes(application, routes, lambda _, endpoint: endpoint)
        self._runner = AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        path = self._socket_of(self.name)
        for left in path.parent.glob(self._socket_of("*").name):
            _sweep(left)
        await UnixSite(self._runner, path).start()
        path.chmod(0o600)

    async def ask(self, front: str, request: Request, body: bytes) -> Response:
        """The answer of another front to this request. Raises NoSuchFront."""
        headers = {name: request.headers[name] for name in _ASKED if name in request.headers}
        connector = UnixConnector(path=str(self._socket_of(front)))
        try:
            async with (
                ClientSession(connector=connector, timeout=_PATIENCE) as session,
                session.request(request.method, f"http://front{request.rel_url}", data=body, headers=headers) as answer,
            ):
                told = {name: answer.headers[name] for name in _TOLD if name in answer.headers}
                return Response(status=answer.status, body=await answer.read(), headers=told)
        except (ClientError, OSError, TimeoutError):
            raise NoSuchFront(front) from None

    async def close(self) -> None:
        """Takes nothing more. Again, or before `open`: nothing."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
            self._socket_of(self.name).unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Removes what a front that was killed has left."""
    with socket.socket(socket.AF_UNIX) as visitor:
        visitor.setblocking(False)
        try:
            visitor.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            return
