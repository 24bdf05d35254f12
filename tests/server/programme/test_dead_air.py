"""Dead air is what is measured on the bus, and patience has an end."""

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, silence
from server.programme.dead_air import DeadAirWatch, is_dead, mean_square
from tests.server.virtual_station import tone


@pytest.mark.parametrize(("dbfs", "dead"), [(-61.0, True), (-59.0, False), (-16.0, False)])
def test_the_threshold_is_minus_sixty(dbfs: float, dead: bool) -> None:
    level = np.full((2, BLOCK_FRAMES), 10 ** (dbfs / 20), np.float32)
    assert is_dead(mean_square(level)) is dead


def test_digital_silence_is_dead_and_no_number_is_not() -> None:
    assert is_dead(mean_square(silence(BLOCK_FRAMES)))
    assert not is_dead(float("nan"))


def test_two_seconds_are_borne_and_then_every_two_seconds_again() -> None:
    watch = DeadAirWatch()
    due = [number for number in range(300) if watch.hear(0.0, BLOCK_FRAMES)]
    assert due == [99, 199, 299]
    assert watch.seconds == pytest.approx(6.0)


def test_sound_ends_it_and_the_total_stays() -> None:
    watch = DeadAirWatch()
    for _ in range(50):
        watch.hear(0.0, BLOCK_FRAMES)
    watch.hear(mean_square(tone(BLOCK_FRAMES, 440.0)), BLOCK_FRAMES)
    assert watch.seconds == 0.0
    assert watch.seconds_total == pytest.approx(1.0)
    assert not any(watch.hear(0.0, BLOCK_FRAMES) for _ in range(99))
