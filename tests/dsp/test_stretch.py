"""Stretch: beats land where they were wanted, joins with the untouched sound are not heard."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.clicks import clicks_at
from dsp.stretch import CONTEXT_FRAMES, JOIN_FRAMES, cut, fitted, glide, piece_for
from dsp.vocoder import vocode
from tests.dsp.sounds import music, rms_db, sine

BEAT = 24_000
TICK = frames_of(0.01)


def ticking(seconds: float, beat: float = BEAT, first: float = 6_000.0) -> Samples:
    """A short burst of 3 kHz at each beat, over a soft chord."""
    at = np.arange(frames_of(seconds))
    since = (at - first) % beat
    burst = 0.5 * np.sin(2 * np.pi * 3_000 * since / SAMPLE_RATE) * np.where(since < TICK, np.sin(np.pi * since / TICK), 0.0)
    return np.tile((burst + 0.02 * np.sin(2 * np.pi * 220 * at / SAMPLE_RATE)).astype(np.float32), (2, 1))


def ticks_in(sound: Samples) -> np.ndarray:
    """The middle of gravity of each burst, in frames."""
    power = np.where(np.abs(sound[0]) > 0.1, sound[0].astype(np.float64) ** 2, 0.0)
    loud = np.flatnonzero(power)
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > 2_000) + 1)
    return np.array([np.average(group, weights=power[group]) for group in groups])


@pytest.mark.parametrize(("begin", "end"), [(100, 500), (-50, 50), (900, 1_100), (-200, -100), (2_000, 2_100), (10, 10)])
def test_a_cut_is_silent_where_the_sound_does_not_reach(begin: int, end: int) -> None:
    sound = np.ones((2, 1_000), np.float32)
    piece = cut(sound, begin, end)
    assert piece.shape == (2, end - begin)
    inside = (np.arange(begin, end) >= 0) & (np.arange(begin, end) < 1_000)
    assert np.array_equal(piece[0], inside.astype(np.float32))
    piece[:] = 7.0
    assert (sound == 1.0).all(), "it is a copy"


@pytest.mark.parametrize(("begin_speed", "end_speed"), [(1.0, 1.01), (0.99, 1.0), (1.0, 1.0), (0.992, 1.0)])
def test_a_glide_moves_every_beat_to_where_it_should_be(begin_speed: float, end_speed: float) -> None:
    sound, frames, begin = ticking(14.0), frames_of(10.0), 6_000.0
    heard = glide(sound, begin, begin_speed, end_speed, frames)
    assert heard.shape == (2, frames)
    ends = begin + frames * (begin_speed + end_speed) / 2
    wanted = []
    for number in range(1, int((ends - 6_000.0) / BEAT) - 1):  # the one at the very begin is cut in its middle
        place = number * BEAT
        gain = (end_speed - begin_speed) / (2 * frames)
        wanted.append(place / begin_speed if gain == 0 else (-begin_speed + np.sqrt(begin_speed**2 + 4 * gain * place)) / (2 * gain))
    found = ticks_in(heard)[1:][: len(wanted)]
    assert np.abs(found - np.array(wanted) - TICK / 2).max() < 0.0005 * SAMPLE_RATE


def test_a_glide_at_speed_one_is_the_sound_itself() -> None:
    sound = music(2.0)
    assert np.array_equal(glide(sound, 1_000.0, 1.0, 1.0, 48_000), sound[:, 1_000:49_000])


def test_a_glide_may_reach_beyond_the_sound() -> None:
    heard = glide(music(1.0), -4_800.0, 1.0, 1.01, 96_000)
    assert heard.shape == (2, 96_000)
    assert not heard[:, :4_700].any()
    assert not heard[:, -30_000:].any()


def test_a_glide_changes_no_level() -> None:
    tone = sine(997.0, 3.0, -6.0)
    assert rms_db(glide(tone, 10_000.0, 0.99, 1.01, 96_000)) == pytest.approx(rms_db(tone), abs=0.05)


@pytest.mark.parametrize("speed", [0.972, 0.985, 1.018, 1.03])
def test_a_stretched_piece_has_its_beats_where_they_were_wanted(speed: float) -> None:
    sound, begin, end = ticking(20.0), 6_000 + 4 * BEAT, 6_000 + 20 * BEAT
    frames = round((end - begin) / speed)
    piece = fitted(vocode(piece_for(sound, begin, end), speed), sound, begin, end, frames)
    assert piece.shape == (2, frames)
    wanted = np.arange(1, 15) * BEAT / speed + TICK / 2
    found = ticks_in(piece[:, 2_000:]) + 2_000
    nearest = np.array([found[np.argmin(np.abs(found - place))] for place in wanted])
    assert np.abs(nearest - wanted).max() * 1_000 / SAMPLE_RATE < 10.0


@pytest.mark.parametrize("speed", [0.98, 1.025])
def test_a_stretched_piece_goes_over_into_the_untouched_sound(speed: float) -> None:
    sound = music(12.0)
    begin, end = 100_000, 100_000 + 200_000
    frames = round((end - begin) / speed)
    piece = fitted(vocode(piece_for(sound, begin, end), speed), sound, begin, end, frames)
    joined = np.concatenate((piece, sound[:, end : end + 48_000]), axis=1)
    assert not clicks_at(joined, frames)
    assert not clicks_at(joined, frames - JOIN_FRAMES)
    around = rms_db(joined[:, frames - 9_600 : frames + 9_600])
    assert around == pytest.approx(rms_db(sound[:, end - 9_600 : end + 9_600]), abs=1.0)


def test_what_the_vocoder_is_given_has_a_context_on_either_side() -> None:
    sound = music(2.0)
    piece = piece_for(sound, 20_000.6, 60_000)
    assert piece.shape[1] == 60_000 - 20_000 + 2 * CONTEXT_FRAMES
    assert np.array_equal(piece, sound[:, 20_000 - CONTEXT_FRAMES : 60_000 + CONTEXT_FRAMES])
