"""Judges from what is heard of an engine where its clock stands and whether it has fallen silent.

An engine speaks in batches of known length, so each says when the next is due. Its clock is read from the earliest message (the largest
position for its time): wall clocks may step, and a message may be late but never early. Time is an argument.
"""

from typing import Final

from dsp.block import SAMPLE_RATE, seconds_of

PATIENCE_SECONDS: Final = 0.6
"""How far beyond its schedule an engine that is still connected may be before it counts as silent."""


class EngineWatch:
    """What one engine after another has told of its clock."""

    def __init__(self) -> None:
        self._zero_monotonic: float | None = None
        """The monotonic time of position 0."""
        self._new_engine = True
        self._due: dict[str, float] = {}
        """Of each rendition: when its next batch should come."""

    def greeted(self) -> None:
        """Another engine speaks from now on: its clock is read anew, and until its first packets the silence goes on."""
        self._new_engine = True
        self._due = dict.fromkeys(self._due, -PATIENCE_SECONDS)

    def heard(self, rendition: str, end: int, length_frames: int, now: float) -> None:
        """Packets of `length_frames` that end at position `end` came at monotonic time `now`."""
        zero = now - end / SAMPLE_RATE
        if self._zero_monotonic is None or self._new_engine:
            self._zero_monotonic = zero
            self._new_engine = False
            self._due.clear()
        else:
            self._zero_monotonic = min(self._zero_monotonic, zero)
        self._due[rendition] = now + seconds_of(length_frames)

    def position_at(self, now: float) -> int | None:
        """Where the engine's clock stands; None if it never spoke."""
        return None if self._zero_monotonic is None else max(0, int((now - self._zero_monotonic) * SAMPLE_RATE))

    def silent_from(self) -> float | None:
        """When the engine will count as silent if nothing more is heard; None if it never spoke."""
        return min(self._due.values()) + PATIENCE_SECONDS if self._due else None
