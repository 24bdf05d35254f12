"""What WHIP says no to: each with the status that RFC 9725 gives it and a sentence that says what to do."""

from collections.abc import Mapping
from types import MappingProxyType


class WhipRefused(Exception):
    """The request cannot be met."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        """`reason`: one sentence for the DJ, or for who wrote his program."""
        super().__init__(reason)
        self.status = status
        self.headers = headers
