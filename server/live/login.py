"""Who may come in live: what a way in asks the office, and the two answers.

The office (control/live) holds accounts, keys and rights; a way in knows only a name, a password and where they came from.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Dj:
    """Somebody who has been let in."""

    name: str
    """As listeners are told."""
    account_id: str | None
    """Whose account it is; None where the house lets in by something else."""
    priority: int
    """0 to HIGHEST_PRIORITY; see server/live/session.py."""


class LoginRefused(Exception):
    """He is not let in. The status is HTTP's: 401 for who he is, 403 for what he may, 429 for how often, 503 for not now."""

    def __init__(self, status: int, reason: str) -> None:
        """`reason`: one sentence for the DJ, without what he gave as his password."""
        super().__init__(reason)
        self.status = status
        self.reason = reason


Login: TypeAlias = Callable[[str, str, str, str], Awaitable[Dj]]
"""(station, user, password, address): the DJ. Raises LoginRefused, and whatever goes wrong in the office."""
