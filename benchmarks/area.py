"""An area of the benchmarks: prints one row a bar, as soon as it is known."""

import asyncio
from collections.abc import Iterable, Sequence

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, heading, line


def run(measurements: Sequence[Measurement], only: Sequence[str], as_json: bool) -> int:
    """Measures and prints; 0 if every bar holds, 1 if one does not, 2 if `only` names none."""
    bars = [bar for measurement in measurements for bar in wanted(measurement.bars, only)]
    if not bars:
        names = "\n".join(f"  {bar.name}" for measurement in measurements for bar in measurement.bars)
        print(f"sonicforge: no bar is named like that; there are\n{names}")
        return 2
    if not as_json:
        print(heading(bars), flush=True)
    return 0 if asyncio.run(_all_hold(measurements, bars, as_json)) else 1


def wanted(bars: Iterable[Bar], only: Sequence[str]) -> list[Bar]:
    """Those whose name contains one of the words, whatever the case; all of them without words."""
    return [bar for bar in bars if not only or any(word.casefold() in bar.name.casefold() for word in only)]


async def _all_hold(measurements: Iterable[Measurement], bars: Sequence[Bar], as_json: bool) -> bool:
    names = {bar.name for bar in bars}
    all_hold = True
    for measurement in measurements:
        if not names.isdisjoint(bar.name for bar in measurement.bars):
            for row in await measurement.rows():
                if row.name in names:
                    print(row.json() if as_json else line(row, bars), flush=True)
                    all_hold &= row.holds
    return all_hold
