"""Triton's kernels in triton's interpreter, on a CPU: it has to be asked for before triton is imported, so it runs by itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models import models


@pytest.mark.timeout(600)
def test_the_kernels_do_what_torch_does() -> None:
    models("torch", "triton")
    told = {**os.environ, "TRITON_INTERPRET": "1", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    house = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-m", "generation.musicgen.proof"], env=told, cwd=house, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    errors = json.loads(done.stdout)
    assert {"attend own full", "attend own int8", "attend text full", "project 2 rows full", "add 40 rows int8"} <= errors.keys()
    assert max(errors.values()) < 1e-5, errors
    assert errors["codes greedy"] == errors["codes drawn"] == 0.0
