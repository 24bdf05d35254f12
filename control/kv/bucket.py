"""The arithmetic of a bucket of tokens, in whole microseconds, the same here and in Lua (control/kv/scripts.py).

A bucket is one number: when it will be full again (the "theoretical arrival time" of the generic cell rate algorithm, ITU-T I.371).
So it needs no refill, expires by itself when it is full, and is read and written in one step.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Draw:
    """What one wish for tokens costs, in microseconds of filling."""

    cost: int
    """How long the tokens that are asked for take to fill."""
    depth: int
    """How long an empty bucket takes to fill."""

    def __post_init__(self) -> None:
        if not 0 < self.cost <= self.depth:
            raise ValueError(f"a draw of {self.cost} us from a bucket of {self.depth} us is never granted")


def draw(rate_per_second: float, burst: int, cost: int) -> Draw:
    """Raises ValueError where the rate is not above 0 or the bucket never holds as much."""
    if rate_per_second <= 0 or not 0 < cost <= burst:
        raise ValueError(f"{cost} tokens are never granted of a bucket of {burst} that fills at {rate_per_second:g} a second")
    return Draw(max(1, round(cost * MICRO / rate_per_second)), max(1, round(burst * MICRO / rate_per_second)))


def full_at(now: int, was_full_at: int, wish: Draw) -> int:
    """When the bucket is full again if the wish is granted, in microseconds."""
    return max(now, was_full_at) + wish.cost


def wait(now: int, full: int, wish: Draw) -> int:
    """Microseconds until a wish that makes the bucket full at `full` can be granted; 0 is now."""
    return max(0, full - wish.depth - now)


def microseconds(seconds: float) -> int:
    """Rounded up, so that one who waits as long as he was told is never early."""
    return ceil(seconds * MICRO)
