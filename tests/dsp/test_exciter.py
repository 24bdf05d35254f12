import numpy as np
import pytest

from dsp.exciter import Exciter
from dsp.guard import widened
from dsp.settings import ExciterSettings
from tests.dsp.sounds import music, sine
from tests.dsp.spectra import lines_dbfs


def excited(sound: np.ndarray, settings: ExciterSettings, frames: int = 960) -> np.ndarray:
    exciter, wide = Exciter(settings), widened(sound)
    pieces = [np.ascontiguousarray(wide[:, start : start + frames]) for start in range(0, wide.shape[1], frames)]
    for piece in pieces:
        exciter.process(piece)
    return np.concatenate(pieces, axis=1)


def test_gives_a_tone_its_second_and_third_overtone() -> None:
    lines = lines_dbfs(excited(sine(4000.0, 1.5, -12.0), ExciterSettings(amount=0.2))[0])
    assert lines[8000] > -50.0
    assert lines[12_000] > -60.0
    assert lines[4000] == pytest.approx(-12.0, abs=0.5)  # the third power has a share of the tone itself


@pytest.mark.parametrize(("db", "drive_db"), [(-6.0, 12.0), (0.0, 12.0), (0.0, 24.0)])
@pytest.mark.parametrize("hz", [500, 3100, 5000, 6500, 7700, 8300, 10_000, 13_000, 14_500, 17_500, 22_000])
def test_nothing_folds_back(hz: int, db: float, drive_db: float) -> None:
    """At ten times the usual amount, and at the highest drive: whatever is no overtone stays below -80 dBFS."""
    lines = lines_dbfs(excited(sine(hz, 1.5, db), ExciterSettings(amount=1.0, drive_db=drive_db))[0])
    for overtone in (1, 2, 3):
        if overtone * hz <= 24_000:
            lines[overtone * hz - 5 : overtone * hz + 6] = -300.0
    assert lines.max() < -80.0


def test_overtones_of_loud_sound_have_their_bound() -> None:
    tone = sine(4000.0, 1.0, 24.0)
    added = excited(tone, ExciterSettings(amount=1.0, drive_db=24.0)) - tone
    assert np.abs(added).max() < 4.0
    assert np.abs(added[:, 24_000:]).max() < 1.0


def test_bypassed_it_leaves_every_bit() -> None:
    assert np.array_equal(excited(music(1.0), ExciterSettings(amount=1.0, bypass=True)), music(1.0))


@pytest.mark.parametrize("frames", [64, 7])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    settings = ExciterSettings(amount=1.0)
    assert np.array_equal(excited(music(1.0), settings, frames), excited(music(1.0), settings))
