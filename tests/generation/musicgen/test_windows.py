import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.musicgen.windows import KEPT_FRAMES, WINDOW_FRAMES, Window, windows


def test_a_short_take_is_one_window() -> None:
    assert windows(1500) == (Window(0, 0, 1500),)


def test_a_long_one_goes_on_from_its_last_twelve_seconds_every_eighteen() -> None:
    found = windows(9000)
    assert found[0] == Window(0, 0, 1500)
    assert found[1] == Window(900, 600, 1500)
    assert [one.start for one in found] == [900 * number for number in range(len(found))]
    assert found[-1].start + found[-1].frames == 9000
    assert len(found) == 10


def test_an_opening_counts_and_only_its_end_is_looked_at() -> None:
    assert windows(1000, given=100) == (Window(0, 100, 1000),)
    assert windows(2000, given=1000)[0] == Window(400, 600, 1500)
    assert windows(500, given=500) == ()


@given(st.integers(1, 30_000), st.integers(0, 3_000))
def test_each_frame_is_made_once_and_no_window_is_too_long(frames: int, opening: int) -> None:
    done = min(opening, frames)
    for one in windows(frames, done):
        assert one.start + one.given == done
        assert one.given <= KEPT_FRAMES
        assert one.given < one.frames <= WINDOW_FRAMES
        done = one.start + one.frames
    assert done == frames


@pytest.mark.parametrize("frames", [1501, 1600, 2400])
def test_the_last_window_is_as_short_as_it_can_be(frames: int) -> None:
    last = windows(frames)[-1]
    assert last.frames == frames - last.start
