"""Which bill is shown where, and how one dissolves into the next."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from server.track import Source
from server.video.bill import Artwork, Bill, Turn, artwork_of, bill_of, turn_of
from server.video.canvas import PICTURE_FRAMES, Canvas
from server.video.show import DISSOLVE_FRAMES, Show
from server.video.waveform import Heard, unheard
from tests.server.fake_station import airing

LEVELS = {"": 20, "One": 60, "Two": 160}
ONE, TWO = airing("One", 0, track_id="1"), airing("Two", 40 * PICTURE_FRAMES, track_id="2")


class Flat:
    """Shows a title as a grey; `Broken` cannot be set up, `Slow` waits until it may."""

    allowed = Event()

    def __init__(self, bill: Bill, _artwork: Artwork) -> None:
        if bill.title == "Broken":
            raise ValueError("out of paint")
        if bill.title == "Slow":
            assert self.allowed.wait(10)
        self._level = LEVELS.get(bill.title, 100)

    def draw(self, canvas: Canvas, heard: Heard, turn: Turn) -> None:  # noqa: ARG002
        canvas.luma[:] = self._level


@pytest.fixture
def show() -> Iterator[Show]:
    made = Show("Radio", Flat, lambda _track: None)
    yield made
    Flat.allowed.set()
    made.close()


def settled(show: Show) -> None:
    """All that was ordered is set up."""
    show._workshop.submit(lambda: None).result(10)


def level(show: Show, number: int, on_air: object) -> int:
    canvas = Canvas.blank()
    show.draw(canvas, unheard(number * PICTURE_FRAMES), on_air)  # type: ignore[arg-type]
    assert canvas.luma.min() == canvas.luma.max()
    return int(canvas.luma[0, 0])


def test_before_anything_airs_the_station_is_shown(show: Show) -> None:
    assert level(show, 0, None) == 20


def test_what_airs_is_there_from_the_first_picture_on(show: Show) -> None:
    show.order(ONE.entry.track)
    settled(show)
    assert level(show, 0, ONE) == 60


def test_the_next_one_dissolves_in_from_its_first_picture_on(show: Show) -> None:
    show.order(ONE.entry.track)
    show.order(TWO.entry.track)
    settled(show)
    before = [level(show, number, ONE) for number in range(38, 40)]
    after = [level(show, number, TWO) for number in range(40, 40 + DISSOLVE_FRAMES // PICTURE_FRAMES + 2)]
    assert set(before) == {60}
    assert after[0] == 60
    assert after == sorted(after)
    assert after[-2:] == [160, 160]
    assert len(set(after)) > 20


def test_one_that_is_not_ready_comes_when_it_is(show: Show) -> None:
    Flat.allowed.clear()
    slow = airing("Slow", 0, track_id="3")
    show.order(ONE.entry.track)
    settled(show)
    assert level(show, 0, ONE) == 60
    show.order(slow.entry.track)
    assert level(show, 1, slow) == 60
    Flat.allowed.set()
    settled(show)
    assert level(show, 2, slow) == 60
    assert 60 < level(show, 20, slow) < 100


def test_one_that_cannot_be_set_up_gives_way_to_the_station(show: Show) -> None:
    broken = airing("Broken", 0, track_id="4")
    show.order(broken.entry.track)
    settled(show)
    assert level(show, 0, broken) == 20


def test_old_looks_are_forgotten(show: Show) -> None:
    for number in range(50):
        show.order(airing(f"Title {number}", 0).entry.track)
    assert len(show._ordered) <= 4


def test_what_is_ordered_again_is_kept(show: Show) -> None:
    show.order(ONE.entry.track)
    for number in range(10):
        show.order(airing(f"Title {number}", 0).entry.track)
        show.order(ONE.entry.track)
    settled(show)
    assert level(show, 0, ONE) == 60


def test_a_broken_cover_does_not_hide_the_title() -> None:
    def spoilt(_track: object) -> np.ndarray:
        raise OSError("a cover that is no picture")

    show = Show("Radio", Flat, spoilt)
    show.order(ONE.entry.track)
    settled(show)
    assert level(show, 0, ONE) == 60
    show.close()


@pytest.mark.parametrize("shape", [(8, 8, 3), (500, 300, 3), (300, 500, 3), (1, 1, 3), (40, 40), (40, 40, 4)])
def test_a_cover_of_any_shape_becomes_a_square(shape: tuple[int, ...]) -> None:
    artwork = artwork_of("x", np.full(shape, 90, np.uint8))
    assert artwork.cover.shape == (384, 384, 3)
    assert artwork.cover.dtype == np.uint8


def test_a_turn_counts_from_where_the_track_would_have_begun() -> None:
    resumed = replace(airing("One", 48_000 * 100, seconds=60), offset_frames=48_000 * 20)
    assert turn_of(resumed, 48_000 * 130) == Turn(50.0, 80.0)
    assert turn_of(resumed, 48_000 * 300).share == 1.0
    assert turn_of(None, 5) == Turn(0.0, None)


def test_nobody_knows_when_a_live_show_ends() -> None:
    live = airing("One", 0)
    live = replace(live, entry=replace(live.entry, track=replace(live.entry.track, source=Source.LIVE)))
    assert turn_of(live, 48_000) == Turn(1.0, None)
    assert turn_of(live, 48_000).share is None


def test_a_bill_is_plain_text() -> None:
    bill = bill_of("Ra\x00dio\n", airing(" a\x1b[0m\u202eb ", 0).entry.track)
    assert (bill.station, bill.title) == ("Radio", "a[0mb")
