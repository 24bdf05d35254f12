"""The preview: only when wanted, on the same positions, as loud as the programme, and the same sound."""

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples
from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from server.air import Moment
from server.clock import PART_FRAMES
from server.encoding.encoder import rendition_of
from server.encoding.preview import HEADROOM_DB, PREVIEW, PreviewEncoder
from server.icy.unmastered import UNMASTERED
from server.wire.wire import Preview
from tests.server.decoding import decoded
from tests.server.fake_station import airing, meters, standing

LATENCY = 777


def music(seconds: float) -> Samples:
    """Noise without what MP3 leaves out above 18 kHz."""
    noise = np.random.default_rng(3).standard_normal((2, int(seconds * SAMPLE_RATE) + 40))
    return np.stack([0.1 * np.convolve(channel, np.hanning(41), "valid") / 4 for channel in noise]).astype(np.float32)


def moments(sound: Samples, gain: float, position: int = PART_FRAMES, sitting: int = 1) -> list[Moment]:
    """`sound` as it is mastered by a gain, `LATENCY` frames late."""
    mastered = gain * np.concatenate((np.zeros((2, LATENCY), np.float32), sound), axis=1)
    return [
        Moment(
            position + at,
            sitting,
            mastered[:, at : at + BLOCK_FRAMES],
            (),
            meters().levels,
            airing("One", 0),
            (),
            standing(),
            sound[:, at : at + BLOCK_FRAMES],
        )
        for at in range(0, sound.shape[1] // BLOCK_FRAMES * BLOCK_FRAMES, BLOCK_FRAMES)
    ]


def test_nothing_is_made_while_nobody_wants_it() -> None:
    told: list[Preview] = []
    encoder = PreviewEncoder(told.append, LATENCY)
    for moment in moments(music(1.0), 1.0):
        encoder.take(moment)
    assert told == []


@pytest.mark.parametrize("gain", [0.25, 2.0])
def test_it_is_the_unmastered_sound_as_loud_as_the_mastered_and_in_step(gain: float) -> None:
    told: list[Preview] = []
    encoder = PreviewEncoder(told.append, LATENCY)
    encoder.want(True)
    sound = music(10.0)
    made = moments(sound, gain)
    for moment in made:
        encoder.take(moment)
    assert all(one.position % PREVIEW.packet_frames == 0 for one in told)
    packets = [packet for one in told for packet in one.packets]
    heard = decoded(rendition_of(PREVIEW), packets)
    mastered = np.concatenate([moment.block for moment in made], axis=1)
    first = told[0].position - PART_FRAMES
    at = slice(5 * SAMPLE_RATE, 8 * SAMPLE_RATE)
    there, here = mastered[:, first:][:, at], heard[:, at]
    assert measure_loudness(here).integrated_lufs == pytest.approx(measure_loudness(there).integrated_lufs + HEADROOM_DB, abs=0.3)
    lags = {lag: float(np.dot(here[0, 100:-100], there[0, 100 + lag : there.shape[1] - 100 + lag])) for lag in range(-30, 31)}
    assert max(lags, key=lambda lag: lags[lag]) == 0
    assert true_peak_dbtp(heard) < 0.0


def test_a_hole_a_new_sitting_and_a_pause_begin_anew_on_a_part() -> None:
    told: list[Preview] = []
    encoder = PreviewEncoder(told.append, LATENCY)
    encoder.want(True)
    for moment in moments(music(1.0), 1.0, position=960) + moments(music(1.0), 1.0, position=40 * PART_FRAMES + 960, sitting=2):
        encoder.take(moment)
    begun = next(one.position for one in told if one.sitting == 2)
    assert 41 * PART_FRAMES <= begun < 41 * PART_FRAMES + PREVIEW.packet_frames
    count = len(told)
    encoder.want(False)
    for moment in moments(music(1.0), 1.0, position=50 * PART_FRAMES):
        encoder.take(moment)
    assert len(told) == count


def test_where_nothing_went_into_mastering_what_airs_is_sent() -> None:
    told: list[Preview] = []
    encoder = PreviewEncoder(told.append, LATENCY)
    encoder.want(True)
    for one in moments(music(2.0), 1.0):
        encoder.take(Moment(one.position, 1, one.block, (), one.levels, one.airing, (), one.standing))
    assert told


def test_the_fronts_know_it_as_it_is_made() -> None:
    assert rendition_of(PREVIEW) == UNMASTERED
