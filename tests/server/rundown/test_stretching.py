"""Stretching in a child: what comes back is checked, and a child that dies, hangs or raves costs a segue and nothing else."""

import sys
import time

import numpy as np
import pytest

from dsp.vocoder import vocode
from server.rundown.stretching import StretchError, stretched_by_child
from tests.dsp.sounds import music

PIECE = music(2.0)


def child(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; {code}")


def refusal(code: str, seconds: float = 15.0) -> str:
    with pytest.raises(StretchError) as refused:
        stretched_by_child(PIECE, 1.02, child(code), seconds)
    return str(refused.value)


def test_the_child_makes_what_the_vocoder_makes() -> None:
    stretched = stretched_by_child(PIECE, 1.02)
    assert stretched.shape == vocode(PIECE, 1.02).shape
    assert np.allclose(stretched, vocode(PIECE, 1.02), atol=1e-5)


def test_a_piece_that_does_not_lie_in_one_is_handed_over_as_it_sounds() -> None:
    assert np.allclose(stretched_by_child(PIECE[:, ::1][::-1], 1.02), vocode(PIECE[::-1], 1.02), atol=1e-5)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sys.exit(1)", "CalledProcessError"),
        ("import os; os.kill(os.getpid(), 9)", "CalledProcessError"),
        ("sys.stdin.buffer.read(); sys.stdout.buffer.write(b'abc')", "ValueError"),
        ("sys.stdin.buffer.read()", "no sound"),
        ("sound = sys.stdin.buffer.read(); sys.stdout.buffer.write(sound)", "no sound"),
        ("sound = sys.stdin.buffer.read(); sys.stdout.buffer.write(b'\\xff' * (len(sound) * 50 // 51 // 8 * 8))", "no sound"),
    ],
    ids=["exits", "is killed", "is torn", "is silent", "is too long", "is no number"],
)
def test_a_child_that_fails_is_told(code: str, words: str) -> None:
    assert words in refusal(code)


def test_a_child_that_hangs_is_ended_in_time() -> None:
    began = time.monotonic()
    assert "TimeoutExpired" in refusal("import time; time.sleep(60)", seconds=0.5)
    assert time.monotonic() - began < 10.0


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(StretchError):
        stretched_by_child(PIECE, 1.02, ("/nowhere/python",))
