import numpy as np
import pytest

from dsp.block import Samples
from dsp.guard import narrowed, widened
from dsp.rumble import RumbleFilter
from dsp.settings import RumbleSettings
from tests.dsp.sounds import in_blocks, music, rms_db, sine
from tests.dsp.spectra import highest_above_5_khz_dbfs


def filtered(sound: Samples, frames: int = 960, rumble: RumbleFilter | None = None) -> Samples:
    stage = rumble or RumbleFilter(RumbleSettings())

    def process(block: Samples) -> Samples:
        wide = widened(block)
        stage.process(wide)
        return narrowed(wide)

    return in_blocks(process, sound, frames)


@pytest.mark.parametrize(("hz", "expected_db", "within"), [(14, -12.3, 0.3), (28, -3.0, 0.1), (60, -0.2, 0.1), (1000, 0.0, 0.01)])
def test_takes_away_what_lies_below_28_hz(hz: float, expected_db: float, within: float) -> None:
    tone = sine(hz, 2.0, -6.0)
    assert rms_db(filtered(tone)[:, 48_000:]) - rms_db(tone[:, 48_000:]) == pytest.approx(expected_db, abs=within)


def test_takes_away_an_offset() -> None:
    assert np.abs(filtered(np.full((2, 48_000), 0.5, np.float32))[:, 24_000:]).max() < 1e-6


def test_sound_dies_away_to_digital_silence() -> None:
    rumble = RumbleFilter(RumbleSettings())
    filtered(music(1.0), rumble=rumble)
    assert not filtered(np.zeros((2, 48_000), np.float32), rumble=rumble)[:, 24_000:].any()


def test_bypassed_it_leaves_every_bit() -> None:
    assert np.array_equal(filtered(music(1.0), rumble=RumbleFilter(RumbleSettings(bypass=True))), music(1.0))


@pytest.mark.parametrize("settings", [RumbleSettings(120.0), RumbleSettings(10.0), RumbleSettings(bypass=True)])
def test_its_cutoff_moves_without_a_click(settings: RumbleSettings) -> None:
    rumble, tone = RumbleFilter(RumbleSettings()), sine(100.0, 3.0, -6.0)
    before = filtered(tone[:, :48_000], rumble=rumble)
    rumble.change(settings)
    whole = np.concatenate((before, filtered(tone[:, 48_000:], rumble=rumble)), axis=1)
    assert highest_above_5_khz_dbfs(whole[0, 24_000:]) < -85.0


@pytest.mark.parametrize("frames", [64, 480, 7])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    assert np.array_equal(filtered(music(1.0), frames), filtered(music(1.0)))
