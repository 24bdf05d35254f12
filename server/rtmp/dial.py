"""How an ingest is reached: its name looked up, its number judged, a connection opened, with TLS where the address asks for it.

The filter stands on the number that is dialled, so it holds for literal numbers, for every spelling of them, and for names that point
elsewhere the second time. Which numbers may be called is handed in. A look-up that does not end holds a thread of its own and nobody else.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from ssl import SSLContext
from typing import Any, Final, Protocol, TypeAlias

from server.rtmp.target import Address

TRY_SECONDS: Final = 3.0
"""For one of several numbers of a name: the next one must still get its turn within the attempt."""
MOST_NUMBERS: Final = 3
SEND_BUFFER_BYTES: Final = 131_072
"""Of the kernel (which doubles it): what waits there can no longer be dropped."""
TLS_GOODBYE_SECONDS: Final = 1.0

Number: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]
"""As getaddrinfo gives it: family, type, protocol, canonical name, socket address."""
MayCall: TypeAlias = Callable[[Address, str], bool]
"""Whether this address may be called at this number (in digits)."""
LookUp: TypeAlias = Callable[[str, int], list[Number]]


class Dial(Protocol):
    """Opens a connection to an ingest."""

    async def __call__(self, address: Address, protocol: Callable[[], asyncio.Protocol], /) -> None:
        """Returns when the protocol has its connection. Raises OSError."""


class Dialler:
    """The real one."""

    def __init__(self, may_call: MayCall, tls: SSLContext, look_up: LookUp | None = None) -> None:
        self._may_call = may_call
        self._tls = tls
        self._look_up = look_up or _numbers
        self._asked: dict[tuple[str, int], asyncio.Future[list[Number]]] = {}

    async def __call__(self, address: Address, protocol: Callable[[], asyncio.Protocol], /) -> None:
        """See Dial. PermissionError says that the address may not be called; its text is meant for the operator."""
        numbers = await self._numbers_of(address)
        allowed = [number for number in numbers if self._may_call(address, str(number[4][0]))]
        if not allowed:
            raise PermissionError("the address is not on the public internet, and the configuration does not allow it")
        failure: OSError = TimeoutError()
        for number in allowed[:MOST_NUMBERS]:
            try:
                async with asyncio.timeout(TRY_SECONDS if len(allowed) > 1 else None):
                    return await self._connect(address, number, protocol)
            except OSError as error:  # a TimeoutError is one
                failure = error
        raise failure

    async def _connect(self, address: Address, number: Number, protocol: Callable[[], asyncio.Protocol]) -> None:
        loop = asyncio.get_running_loop()
        family, kind, proto, _, where = number
        line = socket.socket(family, kind, proto)
        try:
            line.setblocking(False)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            await loop.sock_connect(line, where)
            await loop.create_connection(
                protocol,
                sock=line,
                ssl=self._tls if address.tls else None,
                server_hostname=address.host if address.tls else None,
                ssl_shutdown_timeout=TLS_GOODBYE_SECONDS if address.tls else None,
            )
        except BaseException:
            line.close()
            raise

    async def _numbers_of(self, address: Address) -> list[Number]:
        """One look-up at a time for each name, however often it is asked for. Raises OSError."""
        asked = address.host, address.port
        answer = self._asked.get(asked)
        if answer is None:
            answer = self._asked[asked] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(partial(self._answered, asked))
            threading.Thread(target=_answer, args=(self._look_up, *asked, answer), name="look-up", daemon=True).start()
        return await asyncio.shield(answer)

    def _answered(self, asked: tuple[str, int], answer: asyncio.Future[list[Number]]) -> None:
        del self._asked[asked]
        answer.exception()  # nobody may be waiting any more


def _numbers(host: str, port: int) -> list[Number]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _answer(look_up: LookUp, host: str, port: int, answer: asyncio.Future[list[Number]]) -> None:
    """In its own thread: looks up and tells the loop, if it is still there."""
    tell: Callable[[], None]
    try:
        numbers = look_up(host, port)
        tell = partial(_unless_done, answer, answer.set_result, numbers)
    except (OSError, UnicodeError):
        tell = partial(_unless_done, answer, answer.set_exception, OSError(0, "there is no such host"))
    with suppress(RuntimeError):
        answer.get_loop().call_soon_threadsafe(tell)


def _unless_done(answer: asyncio.Future[list[Number]], tell: Callable[[Any], None], told: object) -> None:
    if not answer.done():
        tell(told)
