"""What was changed while the shared store was away, so that it can be told on its return. Bounded: what is too much is "everything"."""

from dataclasses import dataclass
from typing import Final

MOST_KEYS: Final = 50_000
MOST_PATTERNS: Final = 100


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys and patterns of keys that no longer are what the shared store holds."""

    keys: frozenset[str]
    patterns: frozenset[str]
    everything: bool
    """There were too many to remember: nothing that the shared store holds can be trusted."""


class Ledger:
    """Names only; the values are in the local memory."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._patterns: set[str] = set()
        self._everything = False

    def __bool__(self) -> bool:
        return self._everything or bool(self._keys) or bool(self._patterns)

    def changed(self, *keys: str) -> None:
        self._keys.update(keys)
        if len(self._keys) > MOST_KEYS:
            self._everything = True
            self._keys.clear()

    def swept(self, pattern: str) -> None:
        """Keys that match were deleted. Those that are set later are told as keys, after the patterns."""
        self._patterns.add(pattern)
        if len(self._patterns) > MOST_PATTERNS:
            self._everything = True
            self._patterns.clear()

    def take(self) -> Changes:
        """All of it; the ledger is empty after it."""
        changes = Changes(frozenset(self._keys), frozenset(self._patterns), self._everything)
        self._keys.clear()
        self._patterns.clear()
        self._everything = False
        return changes

    def put_back(self, changes: Changes) -> None:
        """They could not be told."""
        self._keys |= changes.keys
        self._patterns |= changes.patterns
        self._everything |= changes.everything
