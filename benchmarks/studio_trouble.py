"""A day on air with a studio in trouble: no backend works, every call runs out of memory, no language model answers. `sonicforge simulate`
runs it, shortened unless SONICFORGE_BENCH_FULL is set."""

from functools import partial
from typing import Final

from benchmarks.measurement import Measurement
from benchmarks.row import Bar
from benchmarks.simulation import Run, measure

_TROUBLES: Final = {"down": "no backend works", "oom": "every call runs out of memory", "llm-down": "no language model answers"}
_LONGEST_SECONDS: Final = 24_000.0


def _run(studio: str, words: str) -> Run:
    bars = {
        "gaps": Bar(f"{words}: gaps on air", "gaps", most=0),
        "fallbacks": Bar(f"{words}: bed or loop on air", "times", most=0),
        "alarms_raised": Bar(f"{words}: alarms raised", "alarms", least=1),
    }
    return Run(f"--hours 24 --studio {studio}", f"--hours 0.5 --tracks short --studio {studio}", bars)


RUNS: Final = tuple(_run(studio, words) for studio, words in _TROUBLES.items())
MEASUREMENTS: Final = tuple(Measurement(tuple(run.bars.values()), partial(measure, run), _LONGEST_SECONDS) for run in RUNS)
