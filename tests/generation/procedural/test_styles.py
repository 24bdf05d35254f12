"""The data of all genres: every name is known, every rhythm can be read, every preset can be heard somewhere."""

import pytest

from generation.brief import GENRES, TEMPI, Brief
from generation.key import MODES
from generation.procedural.arpeggio import ORDERS
from generation.procedural.basses import BASSES
from generation.procedural.cymbals import CLOSED, OPEN, RIDES, SHAKERS
from generation.procedural.harmony import COLOURS
from generation.procedural.kicks import KICKS
from generation.procedural.leads import LEADS
from generation.procedural.oscillators import WAVES
from generation.procedural.pads import PADS
from generation.procedural.part import Part
from generation.procedural.percussion import PERCUSSION
from generation.procedural.plucks import PLUCKS
from generation.procedural.rhythm import VELOCITIES
from generation.procedural.snares import CLAPS, SNARES
from generation.procedural.spec import specify
from generation.procedural.stabs import STABS
from generation.procedural.style import Style
from generation.procedural.styles import STYLES
from generation.procedural.texture import TEXTURES

ALL = [style for styles in STYLES.values() for style in styles]
TABLES = {"basses": BASSES, "pads": PADS, "stabs": STABS, "plucks": PLUCKS, "leads": LEADS}
PIECES = {
    "kick": KICKS,
    "snare": SNARES,
    "clap": CLAPS,
    "closed": CLOSED,
    "open": OPEN,
    "ride": RIDES,
    "shaker": SHAKERS,
    "percussion": PERCUSSION,
}


@pytest.mark.parametrize("style", ALL, ids=lambda style: style.name)
def test_a_style_can_be_played(style: Style) -> None:
    for rhythm in (*style.stab_rhythms, *style.arp_rhythms, *style.lead_rhythms):
        assert len(rhythm) % 16 == 0, rhythm
        assert set(rhythm) <= {*VELOCITIES, "."}, rhythm
    for groove in (*style.kicks, *style.backbeats, *style.hats, *style.percussion):
        for rhythm in groove.values():
            assert len(rhythm) in (16, 32), rhythm
            assert set(rhythm) <= {*VELOCITIES, "."}, rhythm
    for line in style.bass_lines:
        assert len(line) in (16, 32), line
        assert set(line.lower()) <= set("rftson-~."), line
    assert all(len(rhythm) == 32 for rhythm in style.lead_rhythms)
    assert all(1 <= int(degree) <= 7 for progression in style.progressions for degree in progression.split())
    assert set(style.colours) <= set(COLOURS)
    assert set(style.modes) <= set(MODES)
    assert style.finish.tape is None or style.finish.tape.drive >= 1.0
    assert 0.5 <= style.swing[0] <= style.swing[1] <= 0.6


@pytest.mark.parametrize("style", ALL, ids=lambda style: style.name)
def test_a_style_names_only_what_there_is(style: Style) -> None:
    for field, table in TABLES.items():
        assert set(getattr(style, field)) <= set(table), field
    assert set(style.textures) <= set(TEXTURES)
    for piece, shapes in PIECES.items():
        assert set(getattr(style.pieces, piece)) <= set(shapes), piece


def test_every_preset_can_be_heard_somewhere() -> None:
    for field, table in TABLES.items():
        assert {name for style in ALL for name in getattr(style, field)} == set(table), field
    for piece, shapes in PIECES.items():
        assert {name for style in ALL for name in getattr(style.pieces, piece)} == set(shapes), piece
    assert {name for style in ALL for name in style.textures} == set(TEXTURES)
    assert {colour for style in ALL for colour in style.colours} == set(COLOURS)
    assert {mode for style in ALL for mode in style.modes} == set(MODES)
    assert {patch.wave for table in TABLES.values() for patch in table.values()} == set(WAVES)


@pytest.mark.parametrize("genre", GENRES)
def test_a_genre_is_at_home_within_its_tempi(genre: str) -> None:
    slowest, fastest = TEMPI[genre]
    assert all(slowest <= style.bpm[0] < style.bpm[1] <= fastest for style in STYLES[genre])


@pytest.mark.parametrize("genre", GENRES)
def test_seeds_reach_all_a_genre_has(genre: str) -> None:
    """In four hundred tracks every style, patch and order of its arpeggio has had its turn."""
    specs = [specify(Brief(genre, seed, 120.0)) for seed in range(400)]
    assert {spec.style.name for spec in specs} == {style.name for style in STYLES[genre]}
    for part, field in ((Part.BASS, "basses"), (Part.PAD, "pads"), (Part.STAB, "stabs"), (Part.ARP, "plucks"), (Part.LEAD, "leads")):
        reached = {spec.patches[part].name for spec in specs}
        assert reached == {name for style in STYLES[genre] for name in getattr(style, field)}
        assert len(reached) >= 4
    assert {spec.arpeggio.order for spec in specs} == set(ORDERS)
    assert len({spec.bass_line for spec in specs}) >= 8
    assert len({spec.key.tonic for spec in specs}) == 12
