"""The sound of somebody else's model, made the house's."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, frames_of
from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from generation.errors import GenerationFailed
from generation.house_sound import CEILING_DBTP, LOUDNESS_LUFS, from_house_sound, to_house_sound

SECONDS = 4.0


def music(level: float, rate: int = SAMPLE_RATE, channels: int = 2) -> "np.ndarray":
    """Chords that pulse over a bass, with a click that is higher than the rest."""
    time = np.arange(round(SECONDS * rate)) / rate
    chord = sum(np.sin(2 * np.pi * hz * time) for hz in (55.0, 220.0, 277.2, 329.6, 1_320.0)) / 5.0
    sound = np.stack([level * (0.6 + 0.4 * np.cos(2 * np.pi * (2.0 + channel) * time)) * chord for channel in range(channels)])
    sound[:, 1_000] = 2.5 * level
    return sound.astype(np.float32)


@pytest.mark.parametrize("level", [0.01, 0.3, 4.0])
def test_any_level_becomes_that_of_the_house(level: float) -> None:
    sound = to_house_sound(music(level), SAMPLE_RATE)
    assert measure_loudness(sound).integrated_lufs == pytest.approx(LOUDNESS_LUFS, abs=0.7)
    assert true_peak_dbtp(sound, 16) <= CEILING_DBTP + 0.1
    assert (sound.dtype, sound.shape) == (np.float32, (2, frames_of(SECONDS)))


def test_what_is_right_already_is_left_alone() -> None:
    once = to_house_sound(music(0.3), SAMPLE_RATE)
    assert np.array_equal(to_house_sound(once, SAMPLE_RATE), once)


@pytest.mark.parametrize("level", [0.0, 0.3, 4.0])
def test_what_was_given_stays_as_it_is(level: float) -> None:
    given = music(level)
    before = given.copy()
    to_house_sound(given, SAMPLE_RATE)
    assert np.array_equal(given, before)


@pytest.mark.parametrize("rate", [32_000, 44_100, 96_000])
def test_another_rate(rate: int) -> None:
    time = np.arange(round(SECONDS * rate)) / rate
    tone = 0.2 * np.sin(2 * np.pi * 1_000.0 * time, dtype=np.float64)
    sound = to_house_sound(tone, rate)
    assert sound.shape == (2, frames_of(SECONDS))
    spectrum = np.abs(np.fft.rfft(sound[0] * np.hanning(sound.shape[1])))
    assert np.argmax(spectrum) / SECONDS == pytest.approx(1_000.0, abs=0.5)
    assert np.array_equal(sound[0], sound[1])


def test_nothing_moves_in_time() -> None:
    click = np.zeros((2, SAMPLE_RATE), np.float32)
    click[:, 20_000:20_100] = np.hanning(100)
    sound = to_house_sound(0.9 * click + 0.02 * music(0.9)[:, 2_000 : 2_000 + SAMPLE_RATE], SAMPLE_RATE)
    assert abs(int(np.abs(sound[0]).argmax()) - 20_050) < 60


def test_more_than_two_channels_and_silence() -> None:
    assert to_house_sound(music(0.3, channels=3), SAMPLE_RATE).shape[0] == 2
    assert not to_house_sound(np.zeros((2, 48_000)), SAMPLE_RATE).any()


@pytest.mark.parametrize("fault", [np.zeros((2, 0)), np.zeros((2, 2, 2)), np.array([[0.0, np.nan], [0.0, 0.0]]), np.full((2, 9), np.inf)])
def test_what_is_no_sound(fault: "np.ndarray") -> None:
    with pytest.raises(GenerationFailed):
        to_house_sound(fault, SAMPLE_RATE)


def test_for_a_model_that_listens_it_is_brought_to_its_rate_and_no_further() -> None:
    given = music(0.2)
    heard = from_house_sound(given, 32_000)
    assert (heard.dtype, heard.shape) == (np.float32, (2, round(SECONDS * 32_000)))
    again = music(0.2, 32_000)
    within = slice(4_000, -4_000)
    assert np.abs(heard[:, within] - again[:, within]).max() < 0.01 * np.abs(again).max()
    assert np.array_equal(from_house_sound(given, SAMPLE_RATE), given)
