"""Where a request comes from, as an output may know it: the roof tells how, since what proxies say is believed by the gatehouse alone."""

from collections.abc import Callable
from typing import TypeAlias

from aiohttp.web import Request

ClientOf: TypeAlias = Callable[[Request], str]
"""A request -> the address of its sender."""


def peer(request: Request) -> str:
    """The other end of the connection: right where no proxy stands before the station."""
    return request.remote or ""


def player_of(request: Request) -> str:
    """What the program that asks calls itself."""
    return request.headers.get("User-Agent", "")
