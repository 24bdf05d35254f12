"""Whether a target may be where its address says: where the house may call, and at a port of streams.

This is the first look, so that a person is told at once what is wrong. The one that counts is the publisher's, at the socket, on the number
that is dialled: a name may point elsewhere by then. What a name points to is not told: that would map the inside for strangers.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from control.outbound.addresses import is_public
from server.rtmp.dial import MayCall
from server.rtmp.target import Address

LOOK_UP_SECONDS: Final = 2.0
LOWEST_FREE_PORT: Final = 1_024
PORTS: Final = frozenset({443, 1935})
"""Beside those from LOWEST_FREE_PORT on: the lower ones belong to letters, names, shells."""
INSIDE: Final = "it is not on the public internet; targets in the station's own network must be allowed by the operator"
Lookup = Callable[[str], Awaitable[Sequence[str]]]


async def numbers_of(host: str) -> Sequence[str]:
    """Every number of a name, or of a number however it is written; none where nobody knows it, or not in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return [str(address[0]) for *_, address in found]


def public_only(address: Address, number: str) -> bool:  # noqa: ARG001
    """The rule where the operator allows nothing else: the public internet, whatever the name."""
    return is_public(number)


def anywhere(address: Address, number: str) -> bool:  # noqa: ARG001
    """The rule where the operator allows his own network too."""
    return True


class Whereabouts:
    """Judges addresses."""

    def __init__(self, may_call: MayCall = public_only, look_up: Lookup = numbers_of) -> None:
        """`may_call`: the rule by which the publisher dials."""
        self._may_call = may_call
        self._look_up = look_up

    async def wrong_with(self, address: Address) -> str | None:
        """Why no target may be there, in words for a person; None where it may. A name that nobody knows yet may."""
        if address.port not in PORTS and address.port < LOWEST_FREE_PORT:
            return f"port {address.port} is no port for streams: use 443, 1935 or one from {LOWEST_FREE_PORT} on"
        numbers = await self._look_up(address.host)
        return None if all(self._may_call(address, number) for number in numbers) else INSIDE
