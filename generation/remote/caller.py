"""How the studio calls a worker: it hands over a request and gets a reply. Who dials, and which addresses may be dialled, is the office's
business (control/remote_worker/outside.py): the studio opens no socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, whatever its status."""

    status: int
    body: bytes
    signature: str = ""
    """What stood in the header of that name."""
    retry_after_seconds: float | None = None
    """How long the server asked to be left alone."""


class Caller(Protocol):
    """Asks once, on the calling thread."""

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:
        """Raises NoReply if no whole answer of at most `largest_bytes` came within `timeout_seconds`, or the address is forbidden."""

    def close(self) -> None:
        """Ends all connections. It may be called again afterwards."""


class Clock(Protocol):
    """What is asked of time; server/clock.py has it."""

    def wall(self) -> float:
        """UNIX time in seconds."""

    def monotonic(self) -> float:
        """Seconds that never step back."""

    def sleep_until(self, monotonic: float) -> None:
        """Returns at `monotonic`, at once if that is past."""
