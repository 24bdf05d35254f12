"""The bandit: simulated listeners like one of four arms .60 and the others .50; then their taste turns. What the words mean:
benchmarks/bandit_listeners.py."""

import asyncio
from typing import Final

from benchmarks.bandit_listeners import FLIP, SEEDS, better_share, recovery
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from generation.bandit.arm import MEMORY_VOTES

BETTER: Final = Bar("bandit, no decay: pulls 1,500 to 2,000 on the better arm", "%", least=80.0)
BELIEVES: Final = Bar("bandit, decay: stations that know the new favourite 1,000 votes after the turn", "%", least=90.0)
NEARLY: Final = Bar("bandit, decay: pulls on it beside one that was told of the turn", "%", least=85.0)


def _measure() -> list[Row]:
    progress(f"bandit: {SEEDS} stations whose taste is steady")
    share = better_share()
    progress(f"bandit: {SEEDS} stations whose taste turns")
    found = recovery()
    return [
        BETTER.row(100.0 * share, note=f"{SEEDS} seeds, four arms, .60 against .50"),
        BELIEVES.row(100.0 * found.believes, note=f"the turn comes after {FLIP:,} votes; evidence fades over {MEMORY_VOTES:,.0f} votes"),
        NEARLY.row(
            100.0 * found.after / found.told,
            note=f"{found.after:.0%} of pulls 800 to 1,000 after it, {found.told:.0%} if told; {found.before:.0%} before it",
        ),
    ]


async def measure() -> list[Row]:
    """In a thread, since nothing here waits."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement((BETTER, BELIEVES, NEARLY), measure, 900.0)
