import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsp.clicks import clicks_at
from dsp.mastering import Mastering
from dsp.spectrum import SpectrumAnalyser
from dsp.true_peak import true_peak_dbtp
from dsp.warm_up import PARTS, kernels, warm_up
from tests.dsp.sounds import music

FIRST_BLOCK = """
import importlib, json, pkgutil, time
import numpy as np
import dsp
from dsp.mastering import Mastering
from dsp.spectrum import SpectrumAnalyser
block = np.full((2, 960), 0.5, np.float32)
started = time.process_time()
SpectrumAnalyser().feed(Mastering().process(block), 960)
seconds = time.process_time() - started
from dsp.warm_up import kernels, warm_up
from dsp.warm_up_ears import warm_up as warm_up_ears
warm_up()
warm_up_ears()
for module in pkgutil.walk_packages(dsp.__path__, "dsp."):
    importlib.import_module(module.name)
unused = sorted(name for name, kernel in kernels().items() if not kernel.signatures)
compiled = sum(sum(kernel.stats.cache_misses.values()) for kernel in kernels().values())
print(json.dumps({"seconds": seconds, "unused": unused, "kernels": len(kernels()), "compiled": compiled}))
"""


def test_names_what_it_warms_and_says_where_it_is() -> None:
    told: list[str] = []
    names = warm_up(told.append)
    assert told == list(PARTS)
    assert "dsp.limiter._limit" in names
    assert "dsp.spectrum._show" in names


def test_after_it_nothing_is_compiled_for_any_kind_of_array() -> None:
    warm_up()
    compiled = {name: len(kernel.signatures) for name, kernel in kernels().items()}
    track = music(1.0).copy()
    track.flags.writeable = False
    for sound in (track[:, :960], track[:, 100:1060], track.astype(np.float64)[:, :960], track[::-1, ::-1]):
        Mastering().process(sound)
        SpectrumAnalyser().feed(sound, 0)
        true_peak_dbtp(sound)
        clicks_at(sound, 480)
    assert {name: len(kernel.signatures) for name, kernel in kernels().items()} == compiled
    assert max(compiled.values()) == 1


@pytest.mark.real
def test_another_process_starts_at_once(tmp_path: Path) -> None:
    """The first process compiles every kernel, the second none, and its first block is out after half a second's work."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}

    def start() -> dict[str, Any]:
        done = subprocess.run([sys.executable, "-c", FIRST_BLOCK], env=environment, capture_output=True, check=True, timeout=100)
        return dict(json.loads(done.stdout))

    cold, warm = start(), start()
    assert cold["unused"] == [], "every kernel of the room was called by one of the two warm-ups"
    assert cold["compiled"] >= cold["kernels"]
    assert warm["compiled"] == 0
    assert warm["seconds"] < 0.5 < cold["seconds"]
