"""The house's covers as pixels are what a browser shows of the SVG, near enough that nobody asks."""

import hashlib
import re

import numpy as np
import pytest

from server.nowplaying.cover import cover
from server.video.cover_art import own_cover, own_palette

IDS = [hashlib.sha256(str(number).encode()).hexdigest()[:16] for number in range(40)]


@pytest.mark.parametrize("track_id", IDS[:12])
def test_every_design_is_drawn_with_its_inks(track_id: str) -> None:
    drawn = own_cover(track_id, 96)
    assert drawn.shape == (96, 96, 3)
    inks = {tuple(int(ink[start : start + 2], 16) for start in (1, 3, 5)) for ink in re.findall(r"#[0-9a-f]{6}", cover(track_id).decode())}
    nearest = [np.abs(drawn.astype(int) - ink).sum(2).min() for ink in inks]
    assert sum(distance < 140 for distance in nearest) >= 3
    assert drawn.std() > 8


def test_the_same_for_ever() -> None:
    assert (own_cover(IDS[0], 64) == own_cover(IDS[0], 64)).all()
    assert any((own_cover(IDS[0], 64) != own_cover(IDS[1], 64)).ravel())


def test_the_palette_is_that_of_the_svg() -> None:
    written = cover(IDS[3]).decode()
    for colour in own_palette(IDS[3]).inks[:2]:
        assert "#{:02x}{:02x}{:02x}".format(*(round(255 * part) for part in colour)) in written


@pytest.mark.parametrize("track_id", ["", "x", "ä" * 1_000, "00000000deadbeef"])
def test_any_id_has_a_cover(track_id: str) -> None:
    assert own_cover(track_id, 32).shape == (32, 32, 3)
