"""A voice's gain moves on an equal-power curve and never jumps, also when it turns round in the middle."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from server.programme.deck import Loop
from server.programme.voice import Voice
from server.track import Entry, Reason
from tests.server.virtual_station import track


def voice(fade_frames: int) -> Voice:
    """Of a constant 1: what it adds is its gain."""
    return Voice(Loop(Entry("e", track("t"), Reason.BED), np.ones((2, SAMPLE_RATE), np.float32)), fade_frames)


def heard(one: Voice, frames: int, chunk: int) -> Samples:
    block = np.zeros((2, frames), np.float32)
    for start in range(0, frames, chunk):
        one.add_to(block[:, start : start + chunk])
    return block[0]


@pytest.mark.parametrize("chunk", [1, 7, 960, 5000])
def test_in_and_out_are_of_equal_power_however_it_is_cut(chunk: int) -> None:
    coming, leaving = voice(4000), voice(1)
    heard(leaving, 10, 10)
    leaving.leave(4000)
    power = heard(coming, 5000, chunk) ** 2 + heard(leaving, 5000, chunk) ** 2
    assert np.allclose(power, 1.0, atol=1e-5)


def test_it_is_gone_when_it_is_silent() -> None:
    one = voice(1)
    heard(one, 10, 10)
    one.leave(100)
    assert not one.gone
    assert heard(one, 100, 100)[-1] < 0.02
    assert one.gone
    assert not heard(one, 100, 100).any()


@pytest.mark.parametrize("turn_at", [100, 960, 3999])
def test_turning_round_makes_no_step(turn_at: int) -> None:
    one = voice(4000)
    up = heard(one, turn_at, 960)
    one.leave(2000)
    down = heard(one, 1000, 960)
    one.come(3000)
    again = heard(one, 4000, 960)
    gains = np.concatenate((up, down, again))
    assert np.abs(np.diff(gains)).max() < 0.002
    assert again[-1] == 1.0


def test_what_is_heard_out_stays_as_loud_as_it_is_and_is_gone_then() -> None:
    one = voice(0)
    assert (heard(one, 960, 960) == 1.0).all()
    one.hear_out(1_500)
    assert (heard(one, 1_440, 960) == 1.0).all()
    assert not one.gone
    heard(one, 60, 60)
    assert one.gone
    assert not heard(one, 960, 960).any()


def test_what_is_heard_out_may_still_be_sent_away() -> None:
    one = voice(0)
    one.hear_out(48_000)
    before = heard(one, 960, 960)
    one.leave(960)
    after = heard(one, 960, 960)
    assert np.abs(np.diff(np.concatenate((before, after)))).max() < 0.002
    assert one.gone
