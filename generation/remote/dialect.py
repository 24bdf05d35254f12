"""What is asked of a worker, however it is spoken to; and what the two dialects share."""

from collections.abc import Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from generation.brief import Brief
from generation.remote.calling import Beat
from generation.remote.errors import Untrue
from generation.remote.shapes import AboutWorker, ErrandTold, TakeWritten

LARGEST_JSON_BYTES: Final = 1_000_000
S = TypeVar("S", bound=msgspec.Struct)


class Dialect(Protocol):
    """generation/remote/signed.py and generation/remote/runpod.py. All raise BackendAway, Untrue and what `beat` raises."""

    poll_seconds: float
    """How long to wait between two questions."""

    def about(self, beat: Beat) -> AboutWorker | None:
        """Who it is; None if this dialect has no question for it."""

    def submit(self, briefs: Sequence[Brief], formats: Sequence[str], beat: Beat) -> str:
        """Hands the errand over; by what is returned it is asked for. Raises GenerationFailed if the worker will not have it."""

    def ask(self, ticket: str, beat: Beat) -> ErrandTold | None:
        """How it stands; None if the worker knows nothing of it."""

    def sound(self, ticket: str, number: int, take: TakeWritten, beat: Beat) -> bytes:
        """The packed sound of one of its takes; not yet checked."""

    def call_off(self, ticket: str) -> None:
        """Nobody wants it any more. Tried once; raises nothing."""


def read(body: bytes, shape: type[S]) -> S:
    """JSON of that shape. Raises Untrue."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Untrue(f"the worker's answer is not in the format of the protocol: {str(error)[:200]}") from None


def written(value: Any) -> bytes:
    """As JSON."""
    return msgspec.json.encode(value)
