import numpy as np
import pytest
from scipy.signal import firwin, resample_poly

from dsp.block import SAMPLE_RATE, Samples, frames_of, silence
from dsp.true_peak import TruePeakJudge, true_peak_dbtp
from tests.dsp.sounds import hostile, music, padded, sine, stereo


def reference_dbtp(sound: Samples, oversampling: int) -> float:
    """All points, by scipy's own filter design and resampler."""
    taps = firwin(oversampling * 96 + 1, 1.0 / oversampling, window=("kaiser", 9.0))
    return 20.0 * float(np.log10(np.abs(resample_poly(sound.astype(np.float64), oversampling, 1, axis=1, window=taps)).max()))


def faded(sound: Samples) -> Samples:
    """With 50 ms of fade at either end: a cut would have a true peak of its own."""
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(2400) / 2400)
    sound = sound.copy()
    sound[:, :2400] *= ramp
    sound[:, -2400:] *= ramp[::-1]
    return sound


@pytest.mark.parametrize(
    ("divisor", "degrees", "amplitude", "expected"),
    [(4, 0.0, 0.5, -6.0), (4, 45.0, 0.5, -6.0), (6, 60.0, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45.0, 1.41, 3.0)],
    ids=["3341 case 15", "3341 case 16", "3341 case 17", "3341 case 18", "3341 case 19"],
)
def test_sines_between_the_samples(divisor: int, degrees: float, amplitude: float, expected: float) -> None:
    sound = faded(sine(SAMPLE_RATE / divisor, 0.5, 20.0 * np.log10(amplitude), degrees))
    assert expected - 0.4 <= true_peak_dbtp(sound) <= expected + 0.2


@pytest.mark.parametrize("name", hostile())
@pytest.mark.parametrize("oversampling", [4, 16])
def test_agrees_with_a_reference_that_computes_every_point(name: str, oversampling: int) -> None:
    sound = padded(hostile()[name][:, : frames_of(0.25)], 0.01)
    assert true_peak_dbtp(sound, oversampling) == pytest.approx(reference_dbtp(sound, oversampling), abs=0.002)


@pytest.mark.parametrize("gain", [1.0, 0.2])
def test_agrees_on_music(gain: float) -> None:
    sound = padded(gain * music(2.0), 0.01)
    assert true_peak_dbtp(sound, 8) == pytest.approx(reference_dbtp(sound, 8), abs=0.002)


@pytest.mark.parametrize("frames", [64, 960, 48_000])
def test_the_judge_is_exact_above_its_floor_however_the_stream_is_cut(frames: int) -> None:
    sound = padded(2.0 * music(2.0))
    judge = TruePeakJudge()
    for start in range(0, sound.shape[1], frames):
        judge.feed(sound[:, start : start + frames])
    assert judge.dbtp == pytest.approx(true_peak_dbtp(sound, 16), abs=1e-4)
    assert judge.dbtp > -1.5


def test_below_the_floor_the_judge_reads_too_low_but_never_too_high() -> None:
    sound = padded(0.2 * music(2.0))
    judge = TruePeakJudge()
    judge.feed(sound)
    exact = true_peak_dbtp(sound, 16)
    assert exact - 3.1 <= judge.dbtp <= exact + 1e-4


def test_the_end_of_what_was_heard_is_no_peak() -> None:
    """A stream that is cut in the middle of a square wave rises between its samples only if silence is taken for what follows."""
    square = stereo(np.repeat([1.0, -1.0] * 50, 24))
    judge = TruePeakJudge(floor_dbtp=-120.0)
    judge.feed(square[:, :2400])
    before = judge.dbtp
    judge.feed(square)
    assert judge.dbtp == pytest.approx(before, abs=0.01)


def test_silence_and_nothing() -> None:
    assert true_peak_dbtp(silence(1000)) == true_peak_dbtp(silence(0)) == -120.0


def test_an_impulse_at_the_very_end_is_heard() -> None:
    sound = silence(5000)
    sound[1, -1] = 0.5
    assert true_peak_dbtp(sound) == pytest.approx(-6.02, abs=0.01)


def test_other_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="4, 8 or 16"):
        TruePeakJudge(oversampling=5)
