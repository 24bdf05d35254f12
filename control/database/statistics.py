"""What each statement costs: how often, how long, how long at worst; and a line in the log for the slow ones.

Statements are told apart by their fingerprint, the SQL without its values. Arguments are never kept or logged: they are people's data.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from asyncpg.connection import LoggedQuery

LARGEST: Final = 500
"""Fingerprints that are counted by themselves; the rest are counted together."""
REST: Final = "(other statements)"
LONGEST_FINGERPRINT: Final = 300
_LITERAL: Final = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_NUMBERED: Final = re.compile(r"\$\?")
_LIST: Final = re.compile(r"\(\s*(?:\$?\?\s*,\s*)+\$?\?\s*\)")
_BLANKS: Final = re.compile(r"\s+")

logger = structlog.get_logger()


@dataclass(slots=True)
class Cost:
    """Of one fingerprint, since the process began."""

    count: int = 0
    failed: int = 0
    total_seconds: float = 0.0
    longest_seconds: float = 0.0


def fingerprint(sql: str) -> str:
    """The statement without its values: `select * from t where id in (…)`.

    >>> fingerprint("select  1 from t where a = $1 and b in ($2, $3)")
    'select ? from t where a = ? and b in (…)'
    """
    bare = _NUMBERED.sub("?", _LITERAL.sub("?", sql))
    return _BLANKS.sub(" ", _LIST.sub("(…)", bare)).strip()[:LONGEST_FINGERPRINT]


class Statistics:
    """Of all statements of one process."""

    def __init__(self, slow_seconds: float) -> None:
        self._slow_seconds = slow_seconds
        self._costs: dict[str, Cost] = {}
        self._by_text: dict[str, str] = {}
        self.slow = 0
        """Statements that took longer than they should."""

    def note(self, query: LoggedQuery) -> None:
        """Counts one statement that has ended; asyncpg calls it on the event loop."""
        text = self._fingerprint(str(query.query))
        cost = self._costs.get(text)
        if cost is None:
            text = text if len(self._costs) < LARGEST else REST
            cost = self._costs.setdefault(text, Cost())
        cost.count += 1
        cost.failed += query.exception is not None
        cost.total_seconds += query.elapsed
        cost.longest_seconds = max(cost.longest_seconds, query.elapsed)
        if query.elapsed >= self._slow_seconds:
            self.slow += 1
            logger.warning("a slow statement", seconds=round(query.elapsed, 3), statement=text, failed=query.exception is not None)

    def costs(self) -> Mapping[str, Cost]:
        """By fingerprint."""
        return self._costs

    def dearest(self, most: int = 20) -> list[dict[str, Any]]:
        """Those that took the most time in all, dearest first; plain values for a JSON answer."""
        ranked = sorted(self._costs.items(), key=lambda item: item[1].total_seconds, reverse=True)[:most]
        return [
            {
                "statement": text,
                "count": cost.count,
                "failed": cost.failed,
                "total_seconds": round(cost.total_seconds, 4),
                "longest_seconds": round(cost.longest_seconds, 4),
            }
            for text, cost in ranked
        ]

    def _fingerprint(self, sql: str) -> str:
        known = self._by_text.get(sql)
        if known is None:
            if len(self._by_text) >= 4 * LARGEST:
                self._by_text.clear()
            known = self._by_text[sql] = fingerprint(sql)
        return known
