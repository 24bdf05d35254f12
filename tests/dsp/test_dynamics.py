import numpy as np
import pytest

from dsp.block import SAMPLE_RATE
from dsp.dynamics import Compressors
from dsp.settings import BandSettings, CompressorSettings
from tests.dsp.sounds import rms_db, sine
from tests.dsp.spectra import lines_dbfs

BAND = BandSettings(threshold_db=-20.0, ratio=4.0, knee_db=6.0, attack_ms=10.0, release_ms=100.0)
SETTINGS = CompressorSettings(BAND, BAND, BAND, BAND)


def compressed(tone: np.ndarray, settings: CompressorSettings = SETTINGS, frames: int = 960) -> tuple[np.ndarray, Compressors]:
    """The same tone in all bands."""
    compressors, pieces = Compressors(settings), []
    for start in range(0, tone.shape[1], frames):
        bands = np.stack([tone[:, start : start + frames].astype(np.float64)] * 4)
        compressors.process(bands)
        pieces.append(bands)
    return np.concatenate(pieces, axis=2), compressors


@pytest.mark.parametrize(("db", "reduction_db"), [(-40.0, 0.0), (-23.0, 0.0), (-20.0, 0.5625), (-17.0, 2.25), (-8.0, 9.0), (0.0, 15.0)])
def test_follows_its_curve_with_the_knee(db: float, reduction_db: float) -> None:
    """Three quarters of what lies above the threshold; at it an eighth of the knee's width times that."""
    tone = sine(200.0, 2.0, db)
    output, compressors = compressed(tone)
    assert compressors.reductions_db == pytest.approx((reduction_db,) * 4, abs=0.05)
    for band in output:
        assert rms_db(band[:, -SAMPLE_RATE:]) == pytest.approx(rms_db(tone[:, -SAMPLE_RATE:]) - reduction_db, abs=0.05)


def test_goes_down_at_its_attack_and_up_at_its_release() -> None:
    quiet, loud = sine(1000.0, 1.0, -40.0), sine(1000.0, 1.0, -8.0)
    reductions = []
    compressors = Compressors(SETTINGS)
    for sound in (quiet, loud, quiet):
        for start in range(0, SAMPLE_RATE, 48):
            compressors.process(np.stack([sound[:, start : start + 48].astype(np.float64)] * 4))
            reductions.append(compressors.reductions_db[0])
    rise, fall = np.array(reductions[1000:2000]), np.array(reductions[2000:])
    assert np.argmax(rise > 9.0 * (1.0 - np.exp(-1.0))) == pytest.approx(10, abs=2)
    assert np.argmax(fall < 9.0 * np.exp(-1.0)) == pytest.approx(112, abs=4)


@pytest.mark.parametrize("hz", [50.0, 60.0, 100.0])
def test_does_not_bend_the_bass_it_holds_down(hz: float) -> None:
    lines = lines_dbfs(compressed(sine(hz, 3.0, -6.0))[0][0, 0])
    own = lines[round(hz)]
    lines[round(hz) - 5 : round(hz) + 6] = -300.0
    assert lines.max() - own < -80.0


def test_both_channels_are_under_one_gain() -> None:
    tone = sine(200.0, 1.0, -6.0)
    tone[1] *= 0.1
    output = compressed(tone)[0][1]
    assert np.allclose(output[1], 0.1 * output[0], rtol=1e-5, atol=1e-9)


def test_gives_back_what_it_is_told_and_nothing_when_bypassed() -> None:
    tone = sine(200.0, 1.0, -40.0)
    given = BandSettings(threshold_db=-20.0, gain_db=6.0)
    settings = CompressorSettings(given, BandSettings(threshold_db=-60.0, gain_db=6.0, bypass=True), given, given)
    output = compressed(tone, settings)[0]
    assert rms_db(output[0]) - rms_db(tone) == pytest.approx(6.0, abs=0.01)
    assert np.array_equal(output[1], tone)
    assert np.array_equal(compressed(tone, CompressorSettings(given, given, given, given, bypass=True))[0][3], tone)


@pytest.mark.parametrize("frames", [64, 7])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    tone = sine(200.0, 0.5, -6.0)
    assert np.array_equal(compressed(tone, frames=frames)[0], compressed(tone)[0])
