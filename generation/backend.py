"""What the studio asks of those who make sound: the procedural composer, a model, a distant machine."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from generation.brief import Brief
from generation.licence import Licence
from generation.take import Take

Progress: TypeAlias = Callable[[float, str], None]
"""Told how much is done, 0 to 1, and what is being done now. Called by the thread that makes the take, once a second or more often.

It may raise CalledOff: the backend lets that pass, and frees what it holds.
"""


def unheard(_done: float, _doing: str) -> None:
    """A Progress for those who do not care."""


class Backend(Protocol):
    """Makes takes of briefs. Used by one thread at a time.

    Making it loads nothing: weights are loaded by the first `make`, and `close` lets go of them.
    """

    @property
    def name(self) -> str:
        """procedural, musicgen, acestep or remote; as `provenance` and every figure call it."""

    @property
    def licence(self) -> Licence:
        """Of what it makes."""

    def make(self, brief: Brief, progress: Progress) -> Take:
        """Makes one take; may take minutes. Raises GenerationFailed; BackendAway if others would fail now as well."""

    def close(self) -> None:
        """Frees memory, a GPU's too. It may be asked for takes afterwards."""


class BatchBackend(Backend, Protocol):
    """One that makes several takes in little more than the time of one."""

    @property
    def most_at_once(self) -> int:
        """1 or more."""

    def make_all(self, briefs: Sequence[Brief], progress: Progress) -> list[Take]:
        """One take a brief, in order. Raises as `make` does, then for all of them."""
