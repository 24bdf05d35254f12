"""How much recording is kept: nothing older than so many days, and no more than so many bytes, the oldest going first."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_BESIDE: Final = (".cue", ".json")


def prune(folders: Iterable[Path], keep_days: float, most_bytes: float, now: float) -> int:
    """Removes reels with all that lies beside them; the newest one of each folder stays, it may be under way. How many went."""
    reels = []
    for folder in folders:
        found = sorted(folder.glob("*.opus"), key=lambda path: path.stat().st_mtime)
        reels += [(path.stat().st_mtime, path.stat().st_size, path) for path in found[:-1]]
        most_bytes -= sum(path.stat().st_size for path in found[-1:])
    kept_bytes = sum(size for _, size, _ in reels)
    gone = 0
    for changed_at, size, path in sorted(reels):
        if now - changed_at <= keep_days * 86_400 and kept_bytes <= most_bytes:
            break
        for each in (path, *(path.with_suffix(suffix) for suffix in _BESIDE)):
            each.unlink(missing_ok=True)
        kept_bytes -= size
        gone += 1
    return gone
