"""A bar and what was measured against it: the rows that a benchmark prints, as a table for people or as JSON for programs.

A bar says what is promised before anything runs; a row says what came of it. A bar that could not be measured does not hold.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Final

WIDTHS: Final = {"value": 9, "unit": 12, "limit": 14, "peer": 9, "holds": 5}


@dataclass(frozen=True, slots=True)
class Row:
    """One measured bar. Its fields are the keys of the JSON."""

    name: str
    value: float | None
    unit: str
    limit: str
    peer: float | None
    """The same figure of the peer that the bar names."""
    holds: bool
    note: str = ""

    def json(self) -> str:
        """One object on one line."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Bar:
    """One promise: a name, a unit and the limit on one side (or both)."""

    name: str
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def limit(self) -> str:
        """As it is printed: `<= 0.2`, `>= 40`, `-16.5 .. -15.5`."""
        if self.most is not None and self.least is not None:
            return f"{self.most:g}" if self.most == self.least else f"{self.least:g} .. {self.most:g}"
        return f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"

    def row(self, value: float, peer: float | None = None, note: str = "", valid: bool = True) -> Row:
        """The row of a measured value. `valid` is False where what was measured proves nothing, whatever its value."""
        within = (self.most is None or value <= self.most) and (self.least is None or value >= self.least)
        return Row(self.name, _rounded(value), self.unit, self.limit, _rounded(peer), within and valid, note)

    def unmeasured(self, reason: str) -> Row:
        """The row where nothing could be measured."""
        return Row(self.name, None, self.unit, self.limit, None, False, reason)


def heading(bars: Iterable[Bar]) -> str:
    """The first two lines of the table in which these bars will stand."""
    width = _name_width(bars)
    titles = "  ".join([f"{'name':<{width}}", *(f"{title:>{size}}" for title, size in WIDTHS.items())])
    return f"{titles}\n{'-' * len(titles)}"


def line(row: Row, bars: Iterable[Bar]) -> str:
    """The row's line in that table, its note below it."""
    cells = {
        "value": _shown(row.value),
        "unit": row.unit,
        "limit": row.limit,
        "peer": _shown(row.peer),
        "holds": "yes" if row.holds else "NO",
    }
    text = "  ".join([f"{row.name:<{_name_width(bars)}}", *(f"{cells[title]:>{size}}" for title, size in WIDTHS.items())])
    return f"{text}\n    {row.note}" if row.note else text


def _name_width(bars: Iterable[Bar]) -> int:
    return max((len(bar.name) for bar in bars), default=4)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _rounded(value: float | None) -> float | None:
    """Five significant digits: no measurement here has more. None for what JSON has no number for: it never came."""
    return float(f"{value:.5g}") if value is not None and isfinite(value) else None
