import time

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of, silence
from dsp.loudness import measure_loudness
from dsp.mastering import Mastering
from dsp.true_peak import true_peak_dbtp
from tests.dsp.sounds import hostile, in_blocks, music, padded, sine


def at_loudness(sound: Samples, lufs: float) -> Samples:
    return np.asarray(sound * 10.0 ** ((lufs - measure_loudness(sound).integrated_lufs) / 20.0), np.float32)


@pytest.mark.parametrize("lufs", [-24.0, -16.0, -11.0])
def test_brings_a_programme_to_its_target(lufs: float) -> None:
    programme = at_loudness(np.tile(music(10.0), (1, 5)), lufs)
    mastering = Mastering(target_lufs=-16.0)
    mastered = in_blocks(mastering.process, programme, 960)
    assert measure_loudness(mastered[:, frames_of(25.0) :]).integrated_lufs == pytest.approx(-16.0, abs=0.5)
    assert true_peak_dbtp(padded(mastered), 16) <= -1.0


@pytest.mark.parametrize("name", hostile())
def test_holds_the_ceiling(name: str) -> None:
    sound = padded(hostile()[name], 0.2)
    assert true_peak_dbtp(in_blocks(Mastering().process, sound, 960), 16) <= -1.0


def test_silence_is_digital_silence_at_first_and_after_music() -> None:
    mastering = Mastering()
    assert not in_blocks(mastering.process, silence(9600), 960).any()
    in_blocks(mastering.process, music(2.0), 960)
    after = in_blocks(mastering.process, silence(2 * SAMPLE_RATE), 960)
    assert not after[:, SAMPLE_RATE:].any()
    assert mastering.levels.momentary_lufs == -70.0
    assert mastering.levels.true_peak_dbtp == -70.0


def test_silence_after_music_costs_no_more_than_music() -> None:
    mastering = Mastering()
    for _ in range(2):
        mastering.process(music(10.0))
    took = []
    for sound in (music(10.0), silence(20 * SAMPLE_RATE)[:, : frames_of(10.0)].copy()):
        started = time.thread_time()
        mastering.process(sound)
        took.append(time.thread_time() - started)
    assert took[1] < 1.5 * took[0]


@pytest.mark.parametrize("frames", [64, 480, 1000])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    sound = 3.0 * music(6.0)
    assert np.array_equal(in_blocks(Mastering().process, sound, frames), in_blocks(Mastering().process, sound, 960))


def test_the_latency_is_the_true_one() -> None:
    mastering = Mastering()
    sound = sine(1000.0, 0.5, -12.0)
    output = in_blocks(mastering.process, np.concatenate((sound, silence(4800)), axis=1), 960)
    correlation = [float(np.dot(sound[0, 4800:9600], output[0, 4800 + lag : 9600 + lag])) for lag in range(216, 264)]
    assert 216 + int(np.argmax(correlation)) == pytest.approx(mastering.latency_frames, abs=1)


@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e38])
def test_what_is_no_sound_never_comes_out(poison: float) -> None:
    sound = music(2.0).copy()
    sound[0, 30_000] = poison
    mastering = Mastering()
    output = in_blocks(mastering.process, sound, 960)
    assert np.isfinite(output).all()
    assert np.abs(output).max() <= 10.0 ** (-1.0 / 20.0)
    assert -40.0 < mastering.levels.momentary_lufs < -5.0


def test_a_change_of_gain_does_not_click() -> None:
    """A 100 Hz tone while the servo moves as fast as it may: what lies above 5 kHz stays below -85 dBFS."""
    mastered = in_blocks(Mastering().process, sine(100.0, 8.0, -26.0), 960)[0, frames_of(3.0) :].astype(np.float64)
    lines = np.abs(np.fft.rfft(mastered * np.blackman(mastered.size))) / (0.21 * mastered.size)
    above = lines[int(5000.0 * mastered.size / SAMPLE_RATE) :]
    assert 20.0 * np.log10(above.max()) < -85.0


def test_levels_are_those_of_the_output() -> None:
    mastering = Mastering()
    output = in_blocks(mastering.process, at_loudness(music(10.0), -12.0), 960)
    levels = mastering.levels
    assert levels.integrated_lufs == pytest.approx(measure_loudness(output).integrated_lufs, abs=0.01)
    assert levels.true_peak_dbtp == pytest.approx(true_peak_dbtp(output[:, -SAMPLE_RATE:], 16), abs=0.3)
    assert levels.gain_reduction_db >= 0.0


def test_sound_in_is_left_as_it_is() -> None:
    block = (2.0 * music(1.0))[:, :960]
    before = block.copy()
    output = Mastering().process(block)
    assert np.array_equal(block, before)
    assert output.shape == block.shape
    assert output.dtype == np.float32
