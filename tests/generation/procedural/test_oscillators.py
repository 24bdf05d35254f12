import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from generation.procedural.curve import constant
from generation.procedural.oscillators import WAVES, add_modulated, add_voices, table_for

FRAMES = SAMPLE_RATE
ONE = np.ones(1, np.float32)


def tone(wave: str, hz: float, bend: float = 1.0) -> Samples:
    sound = np.zeros((2, FRAMES), np.float32)
    add_voices(sound, table_for(wave, hz), np.array([hz / SAMPLE_RATE]), np.zeros(1), ONE, ONE, constant(bend, FRAMES))
    return sound


def spectrum_db(sound: Samples) -> np.ndarray:
    """Of the left side; bins of 1 Hz."""
    power = np.abs(np.fft.rfft(sound[0] * np.blackman(FRAMES))) ** 2
    return 10.0 * np.log10(power / power.max() + 1e-16)


@pytest.mark.parametrize("wave", WAVES)
def test_every_wave_is_level_and_has_no_offset(wave: str) -> None:
    sound = tone(wave, 220.0)
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(0.5, rel=0.02)
    assert abs(sound.mean()) < 1e-3


@pytest.mark.parametrize("hz", [55.0, 441.0, 1567.0, 4001.0])
def test_nothing_folds_back(hz: float) -> None:
    """All that is not at a harmonic of a saw lies far below it."""
    level = spectrum_db(tone("saw", hz))
    near = np.zeros(len(level), bool)
    for harmonic in np.arange(hz, SAMPLE_RATE / 2, hz):
        near[max(0, round(harmonic) - 4) : round(harmonic) + 5] = True
    near[:5] = True
    assert level[~near].max() < -70.0


def test_the_pitch_is_exact_and_follows_the_bend() -> None:
    assert np.argmax(spectrum_db(tone("sine", 440.0))) == 440
    assert np.argmax(spectrum_db(tone("sine", 440.0, 1.5))) == 660


def test_voices_are_added_to_their_side() -> None:
    sound = np.ones((2, FRAMES), np.float32)
    left, right = np.array([0.5, 0.0], np.float32), np.array([0.0, 0.25], np.float32)
    add_voices(sound, table_for("sine", 500.0), np.array([300.0, 500.0]) / SAMPLE_RATE, np.zeros(2), left, right, constant(1.0, FRAMES))
    sound -= 1.0
    assert np.argmax(spectrum_db(sound)) == 300
    assert np.argmax(spectrum_db(sound[::-1])) == 500
    assert np.abs(sound[0]).max() == pytest.approx(2 * np.abs(sound[1]).max(), rel=0.01)


def test_modulation_makes_the_sidebands_it_should() -> None:
    """Index 1 and ratio 3: lines at 1, 2 (folded) and 4 times the pitch, of J0(1), J1(1), J1(1)."""
    sound = np.zeros((2, FRAMES), np.float32)
    rates = np.array([300.0, 300.0]) / SAMPLE_RATE
    add_modulated(sound, table_for("sine", 300.0), rates, 3.0, constant(1.0, FRAMES), 1.0, constant(1.0, FRAMES))
    level = spectrum_db(sound)
    assert level[[300, 600, 1200]] == pytest.approx([0.0, -4.8, -4.8], abs=0.4)
    assert level[[450, 900]].max() < -60.0
