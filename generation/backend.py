"""What the studio asks of those who make sound: the procedural composer, a model, a distant machine."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from generation.brief import Brief
from generation.take import Take

Progress: TypeAlias = Callable[[float, str], None]
"""Told how much is done, 0 to 1, and what is being done now. Called by the thread that makes the take."""


def unheard(_done: float, _doing: str) -> None:
    """A Progress for those who do not care."""


class Backend(Protocol):
    """Makes takes of briefs."""

    def make(self, brief: Brief, progress: Progress) -> Take:
        """Makes one take; may take minutes. Raises GenerationFailed."""
