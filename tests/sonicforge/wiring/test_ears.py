"""The ears of a worker, put together: what is missing is said and done without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dsp.hearing import FEATURES_MODEL
from server.ears import chromaprint
from sonicforge.config import Settings
from sonicforge.sections import Ears as Wanted
from sonicforge.wiring.ears import open_ears

HOUSE = Path(__file__).resolve().parents[3]


def test_ears_that_are_not_wanted_are_not_opened() -> None:
    assert open_ears(Settings(ears=Wanted(enabled=False))) is None


def test_weights_that_are_not_there_are_named_and_the_rest_hears(tmp_path: Path) -> None:
    wanted = Wanted(clap_weights=str(tmp_path / "clap"), beat_this_weights=str(tmp_path / "final0.ckpt"))
    with capture_logs() as said:
        ears = open_ears(Settings(ears=wanted))
    assert ears is not None
    assert ears.features_model == FEATURES_MODEL
    errors = [line["error"] for line in said if "missing" in line["event"] and "error" in line]
    assert any("final0.ckpt" in error for error in errors)
    assert any("clap" in error for error in errors)


@pytest.mark.real
def test_without_libchromaprint_the_start_says_what_to_install(tmp_path: Path) -> None:
    """A module in its place that behaves as pyacoustid's does where the library is not found."""
    (tmp_path / "chromaprint.py").write_text("raise ImportError('could not load libchromaprint')\n")
    lines = (
        "from sonicforge.config import Settings",
        "from sonicforge.wiring.ears import open_ears",
        "print(open_ears(Settings()).makes_fingerprints)",
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{HOUSE}"}
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], env=environment, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "False" in run.stdout
    assert chromaprint.MISSING in run.stdout + run.stderr
    assert "apt install libchromaprint1" in run.stdout + run.stderr
