"""Warm-up: compiles every kernel as it is used on air and keeps it on disk, so that no process compiles while it sounds.

The first run takes about ten seconds; later runs, and other processes, load what it left in a fraction of a second.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numba.core.dispatcher import Dispatcher

from dsp.block import BLOCK_FRAMES, CHANNELS, SAMPLE_RATE, Samples
from dsp.clicks import find_clicks
from dsp.crossover import LowBand
from dsp.cues import find_cues
from dsp.mastering import Mastering
from dsp.presets import PRESETS
from dsp.spectrum import SpectrumAnalyser
from dsp.true_peak import TruePeakJudge
from dsp.varispeed import REACH, Varispeed


def _noise() -> Samples:
    """A second of sound with all that kernels look for: loud enough for the limiter, not all of one kind."""
    return np.random.default_rng(0).standard_normal((CHANNELS, SAMPLE_RATE), np.float32)


def _master() -> None:
    mastering = Mastering(PRESETS["loud"].settings)
    mastering.process(_noise()[:, :BLOCK_FRAMES])
    mastering.change(PRESETS["radio"].settings)
    mastering.process(_noise()[:, :BLOCK_FRAMES])


def _cross_over() -> None:
    LowBand().split(_noise())


def _analyse() -> None:
    SpectrumAnalyser().feed(_noise(), 0)


def _judge() -> None:
    TruePeakJudge().feed(_noise())


def _cue() -> None:
    find_cues(_noise())


def _listen() -> None:
    find_clicks(_noise())


def _vary() -> None:
    Varispeed().read(_noise(), REACH + 0.5, 1.001, BLOCK_FRAMES)


PARTS: Final[Mapping[str, Callable[[], None]]] = {
    "mastering": _master,
    "crossover": _cross_over,
    "spectrum": _analyse,
    "cues": _cue,
    "true peak": _judge,
    "clicks": _listen,
    "varispeed": _vary,
}
"""Together they call every kernel of this room with the types it gets on air."""


def warm_up(progress: Callable[[str], None] = lambda _part: None) -> list[str]:
    """Compiles or loads every kernel and returns their names; says each part to `progress` before its turn."""
    return use_all("dsp", PARTS, progress)


def use_all(room: str, parts: Mapping[str, Callable[[], None]], progress: Callable[[str], None]) -> list[str]:
    """Uses each of `parts`, which together call every kernel of `room`; the kernels' names."""
    for part, use in parts.items():
        progress(part)
        use()
    return sorted(kernels(room))


def kernels(room: str = "dsp") -> dict[str, Dispatcher]:
    """Every kernel of a room that has been imported, by its full name."""
    return {
        f"{module_name}.{name}": value
        for module_name, module in list(sys.modules.items())
        if module_name.startswith(f"{room}.")
        for name, value in list(vars(module).items())
        if isinstance(value, Dispatcher) and value.py_func.__module__ == module_name
    }
