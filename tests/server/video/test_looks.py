"""Every look: what a picture is made of, and that it depends on nothing else."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE
from server.video.bill import Bill, Turn
from server.video.canvas import PICTURE_FRAMES
from server.video.drift import REACH_ACROSS, REACH_DOWN
from server.video.looks import LOOKS
from server.video.still import made_up, still
from server.video.waveform import unheard
from tests.server.video.heard_music import BILL, TURN, picture, same, set_up

NAMES = list(LOOKS)
TITLES = {
    "nothing": "",
    "one that is very long": "The Unreasonable Persistence of Memory " * 12,
    "one long word": "W" * 500,
    "from right to left": "ليالي الأنس في فيينا",
    "emoji alone": "\N{SUN WITH FACE}\N{FIRE}",
    "no letter that is known": "\U0001f9ff\U00013000",
    "a pile of marks": "a" + "\u0301\u0330" * 80 + "b",
    "controls": "a\x00b\x1b[31m\u202e\ud800\u2028c",
    "markup": "<b>&amp;%s{0}\\n",
}


def test_the_names_are_those_of_the_settings() -> None:
    assert NAMES == ["horizon", "orbit", "strata"]


@pytest.mark.parametrize("name", NAMES)
def test_stays_within_the_limited_range(name: str) -> None:
    loud = made_up()
    loud.past[:] = 1.0
    loud.peaks[:] = 1.0
    loud.wave[:] = np.sign(loud.wave)
    drawn = picture(set_up(name), loud)
    assert drawn.luma.min() >= 16
    assert drawn.luma.max() <= 235
    for plane in (drawn.blue, drawn.red):
        assert plane.min() >= 16
        assert plane.max() <= 240


@pytest.mark.parametrize("name", NAMES)
def test_a_position_has_one_picture(name: str) -> None:
    look = set_up(name)
    first = picture(look)
    picture(look, made_up(5_000 * PICTURE_FRAMES))
    assert same(picture(look), first)
    assert same(picture(set_up(name)), first)


@pytest.mark.parametrize("name", NAMES)
def test_shows_the_spectrum_the_wave_and_how_far_it_is(name: str) -> None:
    look = set_up(name)
    plain = picture(look)
    quiet_bands, quiet_wave = made_up(), made_up()
    quiet_bands.past[-1] = 0.0
    quiet_wave.wave[:] = 0.0
    assert not same(picture(look, quiet_bands), plain)
    assert not same(picture(look, quiet_wave), plain)
    assert not same(picture(look, turn=Turn(84.0, 214.0)), plain)


@pytest.mark.parametrize("name", NAMES)
def test_shows_station_title_artist_and_cover(name: str) -> None:
    shown = picture(set_up(name))
    for other in (
        Bill("Other", BILL.title, BILL.artist, BILL.track_id),
        Bill(BILL.station, "Other", BILL.artist, BILL.track_id),
        Bill(BILL.station, BILL.title, "Other", BILL.track_id),
        Bill(BILL.station, BILL.title, BILL.artist, "ffffffffffffffff"),
    ):
        assert not same(picture(set_up(name, other)), shown)


@pytest.mark.parametrize("name", NAMES)
def test_silence_is_a_picture_too(name: str) -> None:
    look = set_up(name, Bill("Radio", "", "", "x"))
    still_one = picture(look, unheard(0), Turn(0.0, None))
    assert still_one.luma.max() > 150
    assert still_one.luma.std() > 10


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_no_title_breaks_it(name: str, title: str) -> None:
    drawn = picture(set_up(name, Bill(title, title, title, "x")))
    assert drawn.luma.max() > 200, "something is written"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_near_the_edge(name: str) -> None:
    """Screens cut a little off, and the drift moves all of it."""
    bills = [Bill(*["W" * 300] * 3, "x"), Bill("I", "", "", "x")]
    long, none = (picture(set_up(name, bill)).luma.astype(int) for bill in bills)
    written = np.abs(long - none) > 60
    rows, columns = np.flatnonzero(written.any(1)), np.flatnonzero(written.any(0))
    assert REACH_DOWN + 24 < rows[0] < rows[-1] < 720 - 24 - REACH_DOWN
    assert REACH_ACROSS + 24 < columns[0] < columns[-1] < 1280 - 24 - REACH_ACROSS


@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_on_the_same_pixels_for_ever(name: str) -> None:
    look = set_up(name)
    now, later = (picture(look, made_up(minutes * 60 * SAMPLE_RATE // PICTURE_FRAMES * PICTURE_FRAMES), TURN) for minutes in (0, 3))
    bright = (now.luma > 200) & (later.luma > 200)
    assert bright.sum() < 0.6 * (now.luma > 200).sum()


@pytest.mark.parametrize("name", NAMES)
def test_gradients_have_no_steps(name: str) -> None:
    """Where the backdrop turns from one value to the next, both are mixed: no run of rows is all of one value beside all of another."""
    luma = picture(set_up(name, Bill("I", "", "", "00000000deadbeef")), unheard(0)).luma[8:250, 640:1272].astype(int)
    steps = [(a.max() < b.min()) or (a.min() > b.max()) for a, b in zip(luma[:, :64], luma[1:, :64], strict=False)]
    assert not any(steps)


def test_a_still_is_a_png_of_its_size() -> None:
    data = still("orbit", BILL)
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (1280, 720)
