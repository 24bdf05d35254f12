"""How the studio calls out: it hands over a request and gets a reply. Who dials, and which addresses may be dialled, is the office's
business (control/composing/outside.py): the studio opens no socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, whatever its status."""

    status: int
    body: bytes
    retry_after_seconds: float | None = None
    """How long the server asked to be left alone."""


class Caller(Protocol):
    """Posts and gets."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:
        """Raises NoReply if no whole answer of at most `largest_bytes` came within `timeout_seconds`, or the address is forbidden."""

    async def get(self, url: str, headers: Mapping[str, str], timeout_seconds: float, largest_bytes: int) -> Reply:
        """Likewise."""
