"""Text stays in its room, and says as much as fits there."""

import pytest

from server.video.typesetting import BOLD, ELLIPSIS, REGULAR, legible, readable, set_in, spaced

SIZES, BROKEN = (58, 46), (38, 34)


@pytest.mark.parametrize("text", ["", "I", "Midnight Ferry", "A title of several words, " * 4, "W" * 400, "i" * 400, "ليالي الأنس " * 20])
@pytest.mark.parametrize("width", [60.0, 300.0, 800.0])
def test_is_never_wider_than_its_room(text: str, width: float) -> None:
    for lettering in (set_in(text, BOLD, width, SIZES, BROKEN), set_in(text, BOLD, width, SIZES), spaced(text, BOLD, 18, 4.0, width)):
        assert lettering.width <= width
        assert lettering.mask.width <= width + 2 * lettering.overhang + 8
        assert len(lettering.lines) <= 2


def test_what_fits_is_set_large_and_whole() -> None:
    lettering = set_in("Ferry", BOLD, 800.0, SIZES, BROKEN)
    assert (lettering.size, lettering.lines) == (58, ("Ferry",))
    assert lettering.mask.full.max() == 255


def test_first_it_shrinks_then_it_breaks_then_it_is_cut() -> None:
    words = "one two three four five six seven eight nine ten eleven twelve "
    seen = []
    for count in range(1, 140, 3):
        lettering = set_in((words * 4)[:count].strip(), BOLD, 500.0, SIZES, BROKEN)
        step = (lettering.size, len(lettering.lines), lettering.lines[-1].endswith(ELLIPSIS))
        if step not in seen:
            seen.append(step)
    assert seen == [(58, 1, False), (46, 1, False), (38, 2, False), (34, 2, False), (34, 2, True)]


def test_lines_are_broken_evenly_at_blanks() -> None:
    assert set_in("A Slow Theory of Tides and Time", BOLD, 330.0, (58,), (38,)).lines == ("A Slow Theory of", "Tides and Time")


def test_a_mask_is_empty_at_its_edge() -> None:
    """Or else shifting it by a part of a pixel would cut it."""
    full = set_in("Äjgpq\u0301\u0301", BOLD, 800.0, SIZES).mask.full
    assert not full[0].any()
    assert not full[-1].any()
    assert not full[:, 0].any()
    assert not full[:, -1].any()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("\N{SUN WITH FACE} Summer \N{BLACK SUN WITH RAYS}\ufe0f Love", "Summer Love"),
        ("a\x00b\nc", "ab c"),
        ("e\u0301\u0302\u0303\u0304\u0305", "\u00e9\u0302\u0303"),
        ("", ""),
    ],
)
def test_leaves_out_what_nobody_can_read(text: str, read: str) -> None:
    assert readable(text, REGULAR) == (REGULAR, read)


def test_names_something_else_where_nothing_can_be_read() -> None:
    assert legible("\N{FIRE}", "Radio Näh") == "Radio Näh"
    assert legible("", "\x00")
