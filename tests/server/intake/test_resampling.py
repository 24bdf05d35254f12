"""Frames of other rates and layouts, made into the house's sound. Levels and lengths are exact where the formula gives them."""

from collections.abc import Sequence

import numpy as np
import pytest
from av import AudioFrame
from numpy.typing import NDArray

from dsp.block import Samples
from server.intake.resampling import Resampling


def tones(frequencies: Sequence[float], rate: int, seconds: float = 2.0) -> NDArray[np.float32]:
    """One sine a channel, half of full scale."""
    time = np.arange(round(rate * seconds)) / rate
    return np.stack([0.5 * np.sin(2 * np.pi * frequency * time) for frequency in frequencies]).astype(np.float32)


def converted(sound: NDArray[np.float32], rate: int, layout: str, piece: int = 1024) -> Samples:
    """The whole of `sound`, handed over piece by piece as a decoder does."""
    resampling = None
    out = []
    for start in range(0, sound.shape[1], piece):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound[:, start : start + piece]), format="fltp", layout=layout)
        frame.sample_rate = rate
        resampling = resampling or Resampling(frame)
        assert resampling.fits(frame)
        out += [*resampling.convert(frame)]
    assert resampling is not None
    return np.concatenate([*out, *resampling.convert(None)], axis=1)


def spectrum_db(channel: NDArray[np.float32]) -> NDArray[np.float64]:
    """In dB below a sine of half of full scale, 1 Hz a bin, of one second from the middle."""
    middle = channel[24_000:72_000].astype(np.float64)
    window = np.kaiser(middle.size, 30)
    return 20 * np.log10(np.abs(np.fft.rfft(middle * window)) / (window.sum() / 4) + 1e-12)


def test_sound_at_48_khz_passes_untouched() -> None:
    sound = tones([440, 1000], 48_000)
    assert np.array_equal(converted(sound, 48_000, "stereo"), sound)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000, 192_000])
def test_length_and_level_survive_any_rate(rate: int) -> None:
    out = converted(tones([440, 1000], rate), rate, "stereo")
    assert abs(out.shape[1] - 96_000) <= 1
    assert spectrum_db(out[0])[440] == pytest.approx(0, abs=0.01)
    assert spectrum_db(out[1])[1000] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("frequency", [1_000, 10_000, 18_000, 20_000])
def test_nothing_is_added_up_to_20_khz(frequency: int) -> None:
    levels = spectrum_db(converted(tones([frequency, frequency], 44_100), 44_100, "stereo")[0])
    assert levels[frequency] == pytest.approx(0, abs=0.05)
    levels[frequency - 30 : frequency + 31] = -200
    assert levels.max() < -110


def test_what_48_khz_cannot_hold_is_gone() -> None:
    assert spectrum_db(converted(tones([30_000, 40_000], 96_000), 96_000, "stereo")[0]).max() < -110


def test_mono_is_the_same_on_both_sides_at_its_own_level() -> None:
    out = converted(tones([440], 44_100), 44_100, "mono")
    assert np.array_equal(out[0], out[1])
    assert np.abs(out[0, 1000:-1000]).max() == pytest.approx(0.5, abs=0.001)


def test_more_channels_are_mixed_down_each_to_its_side() -> None:
    """5.1: left, right, centre, low, rear left, rear right."""
    out = converted(tones([1000, 2000, 3000, 40, 4000, 5000], 48_000), 48_000, "5.1(side)")
    left, right = spectrum_db(out[0]), spectrum_db(out[1])
    assert left[1000] == pytest.approx(0, abs=0.1)
    assert right[2000] == pytest.approx(0, abs=0.1)
    assert left[3000] == pytest.approx(-3, abs=0.1)
    assert left[4000] == pytest.approx(-3, abs=0.1)
    assert right[1000] < -100
    assert right[4000] < -100


def test_frames_of_another_kind_are_told_apart() -> None:
    first = AudioFrame.from_ndarray(tones([440, 440], 44_100, 0.1), format="fltp", layout="stereo")
    first.sample_rate = 44_100
    resampling = Resampling(first)
    faster = AudioFrame.from_ndarray(tones([440, 440], 44_100, 0.1), format="fltp", layout="stereo")
    faster.sample_rate = 48_000
    narrower = AudioFrame.from_ndarray(tones([440], 44_100, 0.1), format="fltp", layout="mono")
    narrower.sample_rate = 44_100
    assert [resampling.fits(frame) for frame in (first, faster, narrower)] == [True, False, False]
