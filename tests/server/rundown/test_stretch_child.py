"""The stretch child as a process: sound in, sound out, and no word to anybody when it is given what is none."""

import subprocess

import numpy as np
import pytest

from dsp.block import Samples
from dsp.vocoder import vocode
from server.rundown.stretching import CHILD
from tests.dsp.sounds import music


def run(speed: str, sound: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*CHILD, speed], input=sound, capture_output=True, check=False, timeout=30)


@pytest.mark.parametrize("piece", [music(1.0), music(1.0)[:, :9_600]], ids=["a second", "a moment"])
def test_it_stretches_what_it_reads(piece: Samples) -> None:
    done = run("0.98", np.ascontiguousarray(piece).tobytes())
    assert done.returncode == 0, done.stderr
    stretched = np.frombuffer(done.stdout, np.float32).reshape(2, -1)
    assert np.allclose(stretched, vocode(piece, 0.98), atol=1e-5)


@pytest.mark.parametrize(("speed", "sound"), [("fast", b"\0" * 80), ("1.0", b"abc"), ("1.0", b"\0" * 12)])
def test_what_is_no_sound_ends_it(speed: str, sound: bytes) -> None:
    done = run(speed, sound)
    assert done.returncode != 0
    assert done.stdout == b""
