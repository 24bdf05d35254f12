import numpy as np
import pytest

from dsp.block import Samples, silence
from dsp.clicks import clicks_at
from dsp.segue import equal_power, mix, ramp_in, ramp_out
from tests.dsp.sounds import music, rms_db


def noise(seed: int, frames: int = 96_000) -> Samples:
    return np.random.default_rng(seed).standard_normal((2, frames)).astype(np.float32) * np.float32(0.1)


def crossed(outgoing: Samples, incoming: Samples, frames: int) -> Samples:
    """The whole segue, as playout makes it: block by block."""
    return np.concatenate([mix(outgoing[:, at : at + 960], incoming[:, at : at + 960], at, frames) for at in range(0, frames, 960)], axis=1)


def test_the_gains_squares_add_up_to_one() -> None:
    fade_out, fade_in = equal_power(4800)
    assert fade_out.dtype == fade_in.dtype == np.float32
    assert np.abs(fade_out**2 + fade_in**2 - 1.0).max() < 1e-6
    assert fade_in[0] < 0.001
    assert np.array_equal(fade_out[::-1], fade_in) or np.allclose(fade_out[::-1], fade_in, atol=1e-6)


def test_two_strangers_stay_as_loud_as_one() -> None:
    mixed = crossed(noise(1), noise(2), 96_000)
    levels = [rms_db(mixed[:, at : at + 9600]) for at in range(0, 96_000, 9600)]
    assert max(abs(level + 20.0) for level in levels) < 0.5


def test_blocks_make_the_curve_of_the_whole() -> None:
    outgoing, incoming = music(1.0), music(1.0, 5)
    fade_out, fade_in = equal_power(48_000)
    assert np.allclose(crossed(outgoing, incoming, 48_000), outgoing * fade_out + incoming * fade_in, atol=1e-6)


def test_before_it_only_the_old_sounds_and_after_it_only_the_new() -> None:
    outgoing, incoming = noise(1, 960), noise(2, 960)
    assert np.array_equal(mix(outgoing, incoming, -960, 4800), outgoing)
    assert np.allclose(mix(outgoing, incoming, 4800, 4800), incoming, atol=1e-7)


def test_slices_of_tracks_are_taken_as_they_are() -> None:
    """A deck hands over slices of a track, which may be read-only."""
    track = music(1.0).copy()
    track.flags.writeable = False
    assert mix(track[:, 5:965], track[:, 960:1920], 0, 4800).shape == (2, 960)


@pytest.mark.parametrize("frames", [240, 960])
def test_ramps_begin_and_end_without_a_click(frames: int) -> None:
    sound = music(2.0)
    began = np.concatenate((silence(24_000), sound[:, 24_000 : 24_000 + frames] * ramp_in(frames), sound[:, 24_000 + frames :]), axis=1)
    ended = np.concatenate((sound[:, :24_000], sound[:, 24_000 : 24_000 + frames] * ramp_out(frames), silence(24_000)), axis=1)
    assert not clicks_at(began, 24_000)
    assert not clicks_at(ended, 24_000 + frames)
    assert ramp_in(frames)[0] < 0.001
    assert ramp_out(frames)[-1] < 0.001
