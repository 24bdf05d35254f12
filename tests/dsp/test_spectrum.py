import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, silence
from dsp.spectrum import BANDS, FRAME_BYTES, SpectrumAnalyser, band_edges_hz
from tests.dsp.sounds import music, sine


def frames_of_stream(sound: Samples, position: int = 0, frames: int = 960) -> list[bytes]:
    analyser = SpectrumAnalyser()
    shown: list[bytes] = []
    for start in range(0, sound.shape[1], frames):
        shown += analyser.feed(sound[:, start : start + frames], position + start)
    return shown


def position(frame: bytes) -> int:
    return int.from_bytes(frame[:8], "little")


def bands(frame: bytes) -> np.ndarray:
    return np.frombuffer(frame, np.uint8, BANDS, 8).astype(int)


def peaks(frame: bytes) -> np.ndarray:
    return np.frombuffer(frame, np.uint8, BANDS, 8 + BANDS).astype(int)


@pytest.mark.parametrize("hz", [30.0, 60.0, 110.0, 440.0, 1000.0, 5000.0, 12_000.0, 19_000.0])
def test_a_sine_stands_in_its_band_at_its_level(hz: float) -> None:
    shown = bands(frames_of_stream(sine(hz, 0.5, -18.0))[-1])
    expected = int(np.searchsorted(band_edges_hz(), hz)) - 1
    assert shown.argmax() == expected
    assert shown[expected] == pytest.approx(255 * (1 - 18 / 90), abs=7)


def test_what_is_far_from_a_sine_stays_dark() -> None:
    shown = bands(frames_of_stream(sine(1000.0, 4.0, 0.0))[-1])
    assert shown[:30].max() < 20
    assert shown[50:].max() < 20


@pytest.mark.parametrize("start", [0, 960, 123_456_789 * 960, 2**33 // 960 * 960])
def test_frames_lie_on_the_grid_wherever_the_stream_begins(start: int) -> None:
    shown = frames_of_stream(music(1.0), start)
    positions = [position(frame) for frame in shown]
    assert all(len(frame) == FRAME_BYTES == 136 for frame in shown)
    assert positions == list(range((start // 1600 + 1) * 1600, start + SAMPLE_RATE + 1, 1600))


@pytest.mark.parametrize("frames", [64, 480, 4800, 48_000])
def test_frames_do_not_depend_on_the_length_of_a_block(frames: int) -> None:
    assert frames_of_stream(music(1.0), 960, frames) == frames_of_stream(music(1.0), 960)


def test_a_band_rises_at_once_and_falls_by_26_db_a_second() -> None:
    shown = np.array([bands(frame) for frame in frames_of_stream(np.concatenate((sine(1000.0, 0.5, -6.0), silence(48_000)), axis=1))])
    band = shown[14].argmax()
    assert shown[4, band] >= shown[14, band] - 3
    fall = np.diff(shown[-20:, band])
    assert fall.mean() == pytest.approx(-26.0 / 30.0 * 255.0 / 90.0, rel=0.05)


def test_a_peak_is_held_for_a_second_and_then_falls() -> None:
    sound = np.concatenate((sine(1000.0, 0.5, -6.0), silence(2 * SAMPLE_RATE)), axis=1)
    shown = np.array([peaks(frame) for frame in frames_of_stream(sound)])
    band = shown[14].argmax()
    assert shown[40, band] == shown[14, band]
    assert shown[-1, band] < shown[14, band] - 20


def test_after_a_hole_the_sound_before_it_is_forgotten() -> None:
    analyser, fresh = SpectrumAnalyser(), SpectrumAnalyser()
    analyser.feed(silence(4800), 0)
    analyser.feed(silence(960), 1_000_000)
    loud = sine(1000.0, 0.1, 0.0)
    assert analyser.feed(loud, 48_000_000) == fresh.feed(loud, 48_000_000)


def test_silence_is_dark() -> None:
    shown = frames_of_stream(silence(9600))
    assert len(shown) == 6
    assert not any(bands(frame).any() or peaks(frame).any() for frame in shown)


def test_only_rates_that_fall_on_whole_frames_are_taken() -> None:
    assert SpectrumAnalyser(60).feed(silence(1600), 0)[0][:8] == (800).to_bytes(8, "little")
    with pytest.raises(ValueError, match="whole frames"):
        SpectrumAnalyser(7)
