"""How distant workers are spoken to, and what of theirs may be aired."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from generation.remote.calling import ATTEMPTS
from generation.remote.shapes import MOST_BRIEFS

DialectName: TypeAlias = Literal["signed", "runpod"]


@dataclass(frozen=True, slots=True)
class Permit:
    """What this station may air."""

    monetised: bool = False
    revenue_dollars: int = 0
    """In a year."""


@dataclass(frozen=True, slots=True)
class RemoteOptions:
    """Raises ValueError where they cannot be."""

    dialect: DialectName = "signed"
    longest_seconds: float = 900.0
    """For each brief of an errand, from handing it over until it is made."""
    most_at_once: int = 8
    """Briefs of one errand."""
    attempts: int = ATTEMPTS
    """How often a call is tried while nobody answers: about a quarter of a minute, and what it waits for answers."""
    permit: Permit = field(default_factory=Permit)

    def __post_init__(self) -> None:
        if not 1 <= self.most_at_once <= MOST_BRIEFS:
            raise ValueError(f"an errand has 1 to {MOST_BRIEFS} briefs")
        if self.attempts < 1 or self.longest_seconds <= 0:
            raise ValueError("a worker is called at least once and has some time")
