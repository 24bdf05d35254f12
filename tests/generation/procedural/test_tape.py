import numpy as np
import pytest
from scipy.signal import hilbert

from dsp.block import SAMPLE_RATE
from generation.procedural.finish import Tape
from generation.procedural.tape import record, sway

FRAMES = 4 * SAMPLE_RATE
TIME = np.arange(FRAMES) / SAMPLE_RATE


def tone(hz: float) -> np.ndarray:
    return (0.1 * np.tile(np.sin(2.0 * np.pi * hz * TIME), (2, 1))).astype(np.float32)


def cents(sound: np.ndarray, hz: float) -> np.ndarray:
    """How far the pitch of a tone strays, by the phase of its analytic signal, without the ends."""
    turned = np.unwrap(np.angle(hilbert(sound[0].astype(np.float64))))
    smooth = np.convolve(np.diff(turned), np.ones(960) / 960, "valid")[SAMPLE_RATE // 2 : -SAMPLE_RATE // 2]
    return 1200.0 * np.log2(np.abs(smooth) * SAMPLE_RATE / (2.0 * np.pi) / hz)


@pytest.mark.parametrize("wow", [4.0, 12.0])
def test_the_pitch_sways_as_far_as_it_says_and_no_further(wow: float) -> None:
    sound = tone(880.0)
    record(sound, Tape(wow, 0.0, 18_000.0, 1.0), np.random.default_rng(0))
    strayed = np.abs(cents(sound, 880.0)).max()
    assert 0.35 * wow < strayed < 1.25 * wow


def test_a_steady_machine_leaves_a_tone_alone_but_for_a_moment() -> None:
    sound = tone(440.0)
    record(sound, Tape(0.0, 0.0, 20_000.0, 1.0), np.random.default_rng(0))
    aligned = tone(440.0)[0, 1000:-1000]
    best = max(float(np.corrcoef(aligned, sound[0, 1000 + lag : lag - 1000 or None])[0, 1]) for lag in range(8))
    assert best > 0.999


def test_the_treble_ends_and_the_middle_stays() -> None:
    for hz, least, most in ((1000.0, 0.9, 1.1), (16_000.0, 0.0, 0.25)):
        sound = tone(hz)
        record(sound, Tape(0.0, 0.0, 8000.0, 1.0), np.random.default_rng(0))
        level = float(np.sqrt(np.mean(sound[:, SAMPLE_RATE:-SAMPLE_RATE] ** 2)) / (0.1 / np.sqrt(2.0)))
        assert least <= level <= most, hz


def test_the_head_never_reads_what_is_not_yet_recorded() -> None:
    for seed in range(5):
        back = sway(Tape(15.0, 3.0, 8000.0, 1.0), FRAMES, np.random.default_rng(seed))
        assert back.min() >= 2.0
        assert back.max() < 4000.0
