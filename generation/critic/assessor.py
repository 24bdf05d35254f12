"""Models that judge takes beside the critic: a narrow door, so that any of them can be had or done without."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from generation.take import Take

DSP_SHARE: Final = 0.2
"""What is left to the measured score where both kinds of model have spoken."""


class AssessorMissing(Exception):
    """The library or the weights of this assessor are not there."""


class Assessor(Protocol):
    """One that hears takes with a model."""

    @property
    def name(self) -> str:
        """As the scores have it."""

    @property
    def share(self) -> float:
        """Of the whole score, where all have spoken."""

    def assess(self, take: Take) -> tuple[float, Mapping[str, float]]:
        """How good it is, 0 to 1, and what it says of it in its own figures. May raise whatever its library raises."""


def weighed(measured: float, said: Sequence[tuple[float, float]]) -> float:
    """The score, 0 to 1: `said` holds (share, value) of each assessor; `measured` counts DSP_SHARE beside them, and all without them."""
    total = DSP_SHARE + sum(share for share, _ in said)
    return (DSP_SHARE * measured + sum(share * value for share, value in said)) / total
