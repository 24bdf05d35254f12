"""The spectrogram: powers that are powers, pitches that are pitches, in their places, whatever the length and the channels."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, frames_of, silence
from dsp.spectrogram import (
    BAND_BORDERS,
    BANDS,
    HOP_FRAMES,
    NOTE_HOP_FRAMES,
    PARTIALS,
    WINDOW_FRAMES,
    make_spectrogram,
)
from tests.dsp.sounds import music, sine, stereo


def test_one_row_for_each_moment_and_each_moment_of_notes() -> None:
    made = make_spectrogram(music())
    assert made.frames == music().shape[1]
    assert made.powers.shape == (made.frames // HOP_FRAMES + 1, BANDS)
    assert made.centroids_hz.shape == (made.frames // HOP_FRAMES + 1,)
    assert made.pitches.shape == made.strengths.shape == (made.frames // NOTE_HOP_FRAMES + 1, PARTIALS)


@pytest.mark.parametrize("hz", [110.0, 1000.0, 7000.0])
def test_a_tone_is_in_its_band_with_its_power(hz: float) -> None:
    made = make_spectrogram(sine(hz, 2.0, -6.0))
    middle = made.powers[100]
    band = int(np.searchsorted(BAND_BORDERS, hz * WINDOW_FRAMES / SAMPLE_RATE, "right")) - 1
    assert abs(int(middle.argmax()) - band) <= 1
    assert middle.sum() == pytest.approx(0.5 * 10 ** (-6 / 10), rel=0.02)
    assert made.centroids_hz[100] == pytest.approx(hz, rel=0.02)


@pytest.mark.parametrize("hz", [82.4, 440.0, 446.0, 2000.0])
def test_a_partial_has_its_pitch_between_the_lines_and_its_amplitude(hz: float) -> None:
    made = make_spectrogram(sine(hz, 2.0, -6.0))
    assert made.pitches[10, 0] == pytest.approx(69.0 + 12.0 * np.log2(hz / 440.0), abs=0.01)
    assert made.strengths[10, 0] == pytest.approx(10 ** (-6 / 20), rel=0.03)


def test_partials_stand_in_the_order_of_their_strength() -> None:
    made = make_spectrogram(sine(300.0, 1.0, -20.0) + sine(700.0, 1.0, -10.0) + sine(1500.0, 1.0, -30.0))
    hertz = 440.0 * 2.0 ** ((made.pitches[5, :3] - 69.0) / 12.0)
    assert hertz == pytest.approx([700.0, 300.0, 1500.0], rel=0.003)
    assert (np.diff(made.strengths, axis=1) <= 0.0).all()


def test_a_click_is_heard_at_its_own_moment() -> None:
    sound = silence(SAMPLE_RATE)
    sound[:, 20_640] = 1.0
    assert int(make_spectrogram(sound).powers.sum(axis=1).argmax()) == 43


def test_channels_that_cancel_are_heard_all_the_same() -> None:
    alike, opposed = sine(500.0, 1.0, -10.0), sine(500.0, 1.0, -10.0)
    opposed[1] *= -1.0
    assert make_spectrogram(opposed).powers == pytest.approx(make_spectrogram(alike).powers, rel=1e-4, abs=1e-12)


def test_the_pieces_in_which_it_is_made_do_not_show() -> None:
    """It works through five seconds at a time: the same sound lies elsewhere in its pieces when it begins later."""
    sound, later = music(14.0), 7 * NOTE_HOP_FRAMES
    whole, part = make_spectrogram(sound), make_spectrogram(sound[:, later:])
    moments, notes = later // HOP_FRAMES, later // NOTE_HOP_FRAMES
    assert part.powers[10:] == pytest.approx(whole.powers[moments + 10 :], rel=1e-3, abs=1e-9)
    assert part.pitches[4:, 0] == pytest.approx(whole.pitches[notes + 4 :, 0], abs=1e-3)


def test_what_is_not_finite_counts_as_silence() -> None:
    sound = music(3.0).copy()
    sound[:, 30_000:60_000] = np.nan
    sound[0, 90_000] = np.inf
    made = make_spectrogram(sound)
    for numbers in (made.powers, made.centroids_hz, made.lines, made.pitches, made.strengths):
        assert np.isfinite(numbers).all()
    assert made.powers[90].sum() == 0.0
    assert made.powers[40].sum() > 0.0


def test_silence_and_a_blink_have_their_rows_too() -> None:
    for sound in (silence(SAMPLE_RATE), silence(1), silence(0)):
        made = make_spectrogram(sound)
        assert made.powers.shape[0] == sound.shape[1] // HOP_FRAMES + 1
        assert not made.powers.any()
        assert not made.strengths.any()


def test_lines_are_the_mean_over_the_track() -> None:
    tone = np.where(np.arange(frames_of(4.0)) < frames_of(2.0), sine(3000.0, 4.0, 0.0)[0], 0.0)
    made = make_spectrogram(stereo(tone))
    assert int(made.lines.argmax()) == 128
    assert made.lines.sum() == pytest.approx(0.25, rel=0.03)
