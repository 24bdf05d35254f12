import numpy as np
import pytest

from dsp.block import Samples
from dsp.deesser import Deesser
from dsp.guard import widened
from dsp.settings import DeesserSettings
from tests.dsp.sounds import music, rms_db, sine
from tests.dsp.spectra import lines_dbfs

SETTINGS = DeesserSettings(threshold_db=-8.0, slope=0.7, most_db=6.0)


def deessed(sound: Samples, settings: DeesserSettings = SETTINGS, frames: int = 960) -> tuple[np.ndarray, Deesser]:
    deesser, wide = Deesser(settings), widened(sound)
    pieces = [np.ascontiguousarray(wide[:, start : start + frames]) for start in range(0, wide.shape[1], frames)]
    for piece in pieces:
        deesser.process(piece)
    return np.concatenate(pieces, axis=1), deesser


def test_a_sibilant_is_turned_down_so_far_and_no_further() -> None:
    sibilant = sine(9000.0, 1.0, -12.0)
    output, deesser = deessed(sibilant)
    assert deesser.reduction_db == pytest.approx(5.0, abs=0.6)
    assert rms_db(output[:, 24_000:]) - rms_db(sibilant[:, 24_000:]) == pytest.approx(-deesser.reduction_db, abs=1.5)


def test_a_voice_under_it_stays_as_it_is() -> None:
    """800 Hz, while a sibilant 6 dB above it is turned down."""
    voice, sibilant = sine(800.0, 1.5, -24.0), sine(9000.0, 1.5, -18.0)
    output, deesser = deessed(voice + sibilant)
    assert deesser.reduction_db > 4.0
    assert lines_dbfs(output[0])[800] == pytest.approx(-24.0, abs=0.3)
    assert lines_dbfs(output[0])[9000] < -22.0


@pytest.mark.parametrize("db", [-10.0, -30.0])
def test_a_soft_voice_is_treated_like_a_loud_one(db: float) -> None:
    assert deessed(sine(8000.0, 0.5, db))[1].reduction_db == pytest.approx(deessed(sine(8000.0, 0.5, -20.0))[1].reduction_db, abs=0.1)


def test_what_has_none_is_left_as_it_is() -> None:
    tone = sine(1000.0, 1.0, -12.0)
    output, deesser = deessed(tone)
    assert deesser.reduction_db == 0.0
    assert np.array_equal(output.astype(np.float32), tone)


def test_the_hiss_of_a_pause_is_no_sibilant() -> None:
    assert deessed(sine(9000.0, 0.5, -75.0))[1].reduction_db == 0.0


def test_bypassed_it_leaves_every_bit() -> None:
    noise = np.random.default_rng(0).standard_normal((2, 48_000)).astype(np.float32)
    assert np.array_equal(deessed(noise, DeesserSettings(threshold_db=-30.0, bypass=True))[0], noise)


@pytest.mark.parametrize("frames", [64, 7])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    bright = np.diff(music(1.0), axis=1, prepend=np.float32(0.0))
    assert deessed(bright)[1].reduction_db > 0.0
    assert np.array_equal(deessed(bright, frames=frames)[0], deessed(bright)[0])
