"""A DJ's sound comes as fast as time passes, whatever the network has lost."""

import numpy as np
from numpy.typing import NDArray

from server.live.whip.continuity import LONGEST_HOLE_FRAMES, Continuity

FRAME = 960


def tone(position: int, frames: int = FRAME) -> NDArray[np.int16]:
    seconds = np.arange(position, position + frames)[:, None] / 48_000
    return (8_000 * np.sin(2 * np.pi * 440 * seconds) * np.array([1.0, 0.5])).astype(np.int16)


def told(sound: bytes) -> NDArray[np.int16]:
    return np.frombuffer(sound, "<i2").reshape(-1, 2)


def test_what_comes_in_order_goes_on_untouched_wherever_its_clock_began() -> None:
    continuity, heard = Continuity(), b""
    for number in range(5):
        heard += continuity.take(70_000 + number * FRAME, tone(number * FRAME))
    np.testing.assert_array_equal(told(heard), tone(0, 5 * FRAME))
    assert continuity.filled_frames_total == 0


def test_a_lost_packet_is_filled_without_a_click() -> None:
    continuity = Continuity()
    heard = continuity.take(0, tone(0)) + continuity.take(2 * FRAME, tone(2 * FRAME))
    sound = told(heard)
    assert len(sound) == 3 * FRAME
    assert continuity.filled_frames_total == FRAME
    steps = np.abs(np.diff(sound.astype(int), axis=0)).max(axis=0)
    usual = np.abs(np.diff(tone(0, 3 * FRAME).astype(int), axis=0)).max(axis=0)
    assert (steps <= 1.5 * usual).all()
    assert np.abs(sound[FRAME : FRAME + 480]).max() > 2_000, "the sound before it carries on"


def test_a_pause_of_the_encoder_is_silence_of_the_same_length() -> None:
    continuity = Continuity()
    continuity.take(0, tone(0))
    filled = told(continuity.take(21 * FRAME, tone(21 * FRAME)))
    assert len(filled) == 21 * FRAME
    assert not filled[FRAME : 20 * FRAME].any()


def test_after_a_long_absence_time_begins_anew() -> None:
    continuity = Continuity()
    continuity.take(0, tone(0))
    assert len(told(continuity.take(LONGEST_HOLE_FRAMES + 2 * FRAME, tone(0)))) == FRAME
    assert len(told(continuity.take(5, tone(0)))) == FRAME, "the DJ's clock may even step back"


def test_what_comes_twice_is_heard_once() -> None:
    continuity = Continuity()
    assert continuity.take(0, tone(0))
    assert continuity.take(0, tone(0)) == b""
    assert len(told(continuity.take(FRAME, tone(FRAME)))) == FRAME
