"""How often what was asked for was there already, counted by family.

A family is the first word of a key: `nowplaying` of `nowplaying:main`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MOST_FAMILIES: Final = 200
OTHERS: Final = "others"
"""Where a family is counted that came when there were already too many."""


@dataclass(slots=True)
class Hits:
    """The reads of one family since the start of the process."""

    hits: int = 0
    misses: int = 0

    @property
    def ratio(self) -> float:
        """Hits of all reads, 0 to 1; 0 before the first."""
        return self.hits / (self.hits + self.misses) if self.hits else 0.0


class Statistics:
    """Counts; read by the metrics and by the health report."""

    def __init__(self) -> None:
        self._families: dict[str, Hits] = {}

    def hit(self, family: str) -> None:
        self._of(family).hits += 1

    def miss(self, family: str) -> None:
        self._of(family).misses += 1

    @property
    def families(self) -> Mapping[str, Hits]:
        """By name, as they stand now."""
        return self._families

    @property
    def total(self) -> Hits:
        """All families together."""
        return Hits(sum(one.hits for one in self._families.values()), sum(one.misses for one in self._families.values()))

    def _of(self, family: str) -> Hits:
        known = self._families.get(family)
        if known is None:
            known = self._families.setdefault(family if len(self._families) < MOST_FAMILIES else OTHERS, Hits())
        return known
