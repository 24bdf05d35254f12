"""Covers: the same for ever, different from one another, harmless, small."""

import re
from random import Random
from xml.etree import ElementTree as ET

import pytest

from server.nowplaying.cover import cover, palette
from server.nowplaying.designs import DESIGNS, SIDE

IDS = [f"{number:016x}" for number in range(200)]


def test_an_id_has_one_cover_for_ever() -> None:
    before = cover("00000000deadbeef")
    cover.cache_clear()
    assert cover("00000000deadbeef") == before


def test_different_ids_have_different_covers_and_no_family_is_forgotten() -> None:
    assert len({cover(each) for each in IDS}) == len(IDS)
    kinds = {re.sub(rb"[^a-zA-Z<]", b"", cover(each))[:700] for each in IDS}
    assert len(kinds) > 20


@pytest.mark.parametrize("track_id", IDS[:60])
def test_a_cover_is_small_well_formed_and_can_do_nothing(track_id: str) -> None:
    drawn = cover(track_id)
    assert len(drawn) < 24_000
    tree = ET.fromstring(drawn)
    assert tree.get("viewBox") == f"0 0 {SIDE} {SIDE}"
    tags = {element.tag.partition("}")[2] for element in tree.iter()}
    assert tags <= {"svg", "defs", "linearGradient", "stop", "clipPath", "path", "g", "circle", "ellipse"}
    assert not {name for element in tree.iter() for name in element.attrib if name == "style" or name.startswith("on") or "href" in name}


@pytest.mark.parametrize("design", DESIGNS)
def test_every_family_draws_something_with_more_than_one_ink(design: object) -> None:
    drawn = design(Random(7), ("#111111", "#222222", "#333333"))  # type: ignore[operator]
    assert len(set(re.findall(r"#[123]{6}", drawn))) >= 2


def test_inks_stand_out_on_their_ground() -> None:
    def light(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for seed in range(100):
        colours = palette(Random(seed))
        assert min(map(light, colours.inks)) > light(colours.deep) + 0.15
