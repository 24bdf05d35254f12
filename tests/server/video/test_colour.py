"""Inks are BT.709 in limited range; a palette belongs to its cover."""

from colorsys import rgb_to_hls

import numpy as np
import pytest

from server.video.colour import Ink, Rgb, ink, palette_of, planes_of


@pytest.mark.parametrize(
    ("colour", "coded"),
    [
        (Rgb(0, 0, 0), (16, 128, 128)),
        (Rgb(1, 1, 1), (235, 128, 128)),
        (Rgb(1, 0, 0), (63, 102, 240)),
        (Rgb(0, 1, 0), (173, 42, 26)),
        (Rgb(0, 0, 1), (32, 240, 118)),
    ],
)
def test_the_corners_are_those_of_bt709(colour: Rgb, coded: tuple[int, int, int]) -> None:
    assert tuple(round(part) for part in ink(colour)) == coded


def test_an_image_is_coded_like_its_colours() -> None:
    pixels = np.full((4, 4, 3), (200, 30, 90), np.uint8)
    coded = Ink(*(float(plane.mean()) for plane in planes_of(pixels)))
    assert coded == pytest.approx(ink(Rgb(200 / 255, 30 / 255, 90 / 255)), abs=1e-3)
    assert [plane.shape for plane in planes_of(pixels)] == [(4, 4), (2, 2), (2, 2)]


def test_the_palette_has_the_hues_of_the_cover() -> None:
    cover = np.zeros((100, 100, 3), np.uint8)
    cover[:60], cover[60:] = (230, 120, 20), (20, 60, 200)
    palette = palette_of(cover)
    hues = [rgb_to_hls(*colour)[0] for colour in palette.inks]
    assert hues[0] == pytest.approx(rgb_to_hls(230, 120, 20)[0], abs=0.03)
    assert hues[1] == pytest.approx(rgb_to_hls(20, 60, 200)[0], abs=0.03)


@pytest.mark.parametrize("grey", [0, 120, 255])
def test_a_cover_without_a_hue_has_a_palette_too(grey: int) -> None:
    palette = palette_of(np.full((64, 64, 3), grey, np.uint8))
    assert ink(palette.deep).luma < 50 < 150 < min(ink(colour).luma for colour in palette.inks)


@pytest.mark.parametrize("seed", range(5))
def test_inks_stand_out_on_the_ground_whatever_the_cover(seed: int) -> None:
    rng = np.random.default_rng(seed)
    palette = palette_of(np.tile(rng.integers(0, 256, (4, 4, 3)), (16, 16, 1)).astype(np.uint8))
    assert min(ink(colour).luma for colour in palette.inks) > ink(palette.lit).luma + 40
