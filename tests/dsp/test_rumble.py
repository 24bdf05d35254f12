import numpy as np
import pytest

from dsp.block import silence
from dsp.rumble import RumbleFilter
from tests.dsp.sounds import in_blocks, music, rms_db, sine


@pytest.mark.parametrize(("hz", "expected_db", "within"), [(14, -12.3, 0.3), (28, -3.0, 0.1), (60, -0.2, 0.1), (1000, 0.0, 0.01)])
def test_takes_away_what_lies_below_28_hz(hz: float, expected_db: float, within: float) -> None:
    tone = sine(hz, 2.0, -6.0)
    filtered = RumbleFilter().process(tone)
    assert rms_db(filtered[:, 48_000:]) - rms_db(tone[:, 48_000:]) == pytest.approx(expected_db, abs=within)


def test_takes_away_an_offset() -> None:
    filtered = RumbleFilter().process(np.full((2, 48_000), 0.5, np.float32))
    assert np.abs(filtered[:, 24_000:]).max() < 1e-6


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 1e30])
def test_what_is_no_sound_becomes_silence_and_spoils_nothing_after_it(poison: float) -> None:
    sound = music(1.0).copy()
    sound[0, 1000] = poison
    filtered = RumbleFilter().process(sound)
    sound[0, 1000] = 0.0
    assert np.array_equal(filtered, RumbleFilter().process(sound))


def test_sound_dies_away_to_digital_silence() -> None:
    rumble = RumbleFilter()
    rumble.process(music(1.0))
    assert np.abs(rumble.process(silence(48_000))[:, 24_000:]).max() == 0.0
    assert np.abs(RumbleFilter().process(silence(960))).max() == 0.0


@pytest.mark.parametrize("frames", [64, 480])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    assert np.array_equal(in_blocks(RumbleFilter().process, music(1.0), frames), in_blocks(RumbleFilter().process, music(1.0), 960))
