"""Ambient: drifting, celestial, deep. Without drums: pads that change as they last, grains, a hall that shimmers."""

from typing import Final

from generation.procedural.channel import Channel
from generation.procedural.company import Company
from generation.procedural.finish import Cloud, Finish
from generation.procedural.form import STILL
from generation.procedural.part import Part
from generation.procedural.style import Groove, Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_NO_DRUMS: Final[tuple[Groove, ...]] = ({},)
_PIECES: Final = Pieces(
    kick=("soft",),
    snare=("brushed",),
    clap=("brush",),
    closed=("soft",),
    open=("airy",),
    ride=("wash",),
    shaker=("seeds",),
    percussion=("drop",),
)
"""A kit nobody plays."""
_FLOATING: Final = Company(
    drop={Part.PAD: _ALL, Part.STAB: _LATER, Part.ARP: _ALL},
    drop2={Part.PAD: _ALL, Part.STAB: _ALL, Part.ARP: _ALL, Part.LEAD: _LATER},
    breakdown={Part.PAD: _ALL, Part.LEAD: _ALL},
)
_SUNG: Final = Company(
    drop={Part.PAD: _ALL, Part.LEAD: _ALL},
    drop2={Part.PAD: _ALL, Part.LEAD: _ALL, Part.ARP: _LATER, Part.STAB: _LATER},
    breakdown={Part.PAD: _ALL, Part.STAB: _ALL},
)
_KEYS: Final = Company(
    drop={Part.PAD: _ALL, Part.STAB: _ALL},
    drop2={Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.ARP: _ALL},
)
_LINES: Final = (
    "R---------------",
    "R---------------r---------------",
    "R-----------f---",
    "R---------------R-------f-------",
    "R-------------------------------",
    "R---------------o-----------f---",
    "r-------f-------",
    "R-----------r---f---------------",
)
_CHORDS: Final = (
    "x...............................",
    "x.....................o.........",
    "....x...............x...........",
    "x...........o...........x.......",
    "........x.......................",
)
_BELLS: Final = (
    "x.......x.......",
    "x.....x.....x...",
    "....x.......x...x.........x.....",
    "x...x...x...x...",
    "x.........x...........x...o.....",
    "..x..x..x..x..x.",
)
_SONG: Final = (
    "x...............x.......x.......",
    "........x...............x.......",
    "x.......x...............x.......",
    "x...........x...x...............",
    "....x...........x.......x.......",
)
_DESK: Final = {
    Part.BASS: Channel(-21.5, hall=0.12, voice=True),
    Part.PAD: Channel(-20.5, highpass_hz=90.0, lowpass=True, ensemble=0.5, hall=0.62, voice=True),
    Part.STAB: Channel(-23.5, highpass_hz=150.0, lowpass=True, ensemble=0.4, echo=0.45, hall=0.6, voice=True),
    Part.ARP: Channel(-24.0, highpass_hz=220.0, lowpass=True, ensemble=0.2, echo=0.6, hall=0.7, voice=True),
    Part.LEAD: Channel(-23.5, highpass_hz=220.0, lowpass=True, ensemble=0.3, echo=0.5, hall=0.7, voice=True),
    Part.TEXTURE: Channel(-27.5, highpass_hz=160.0, hall=0.2),
    Part.TRANSITIONS: Channel(-33.0, hall=0.5),
}
_BALANCE_DB: Final = (-11.0, -4.2, -3.0, -14.0, -24.0)

AMBIENT: Final = (
    Style(
        name="drifting",
        bpm=(62, 76),
        modes=("minor", "dorian", "major", "mixolydian"),
        swing=(0.50, 0.50),
        progressions=("1 4", "1 6 4 1", "4 1", "1 7 4 1", "6 4 1 5", "1 3 4 4"),
        colours=("added ninth", "ninth", "sus2", "eleventh"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_NO_DRUMS,
        backbeats=_NO_DRUMS,
        hats=_NO_DRUMS,
        percussion=_NO_DRUMS,
        basses=("drone bass", "slow sub", "warm sub", "sub"),
        bass_lines=_LINES,
        pads=("drift pad", "halo pad", "bowed pad", "air choir"),
        stabs=("far piano", "swell", "felt piano"),
        stab_rhythms=_CHORDS,
        plucks=("far bell", "harp", "crystal"),
        arp_rhythms=_BELLS,
        leads=("far voice", "glass air", "flute"),
        lead_rhythms=_SONG,
        companies=(_FLOATING, _SUNG, _KEYS),
        duck_seconds=0.2,
        hall_seconds=(4.5, 6.5),
        levels={},
        form=STILL,
        finish=Finish(
            (6, 8, 12), 0.55, 0.4, 1.6, 5800.0, 0.8, 0.4, Cloud(11.0, 0.34, 0.6), looseness=2.5, balance_db=_BALANCE_DB, correlation=0.62
        ),
        textures=("sea", "wind", "rain"),
        desk=_DESK,
    ),
    Style(
        name="celestial",
        bpm=(68, 84),
        modes=("major", "mixolydian", "dorian"),
        swing=(0.50, 0.50),
        progressions=("1 5 4 1", "4 1 6 5", "1 4 6 4", "6 4 1 1", "4 5 6 1", "1 2 4 1"),
        colours=("added ninth", "sus2", "sus4", "six nine"),
        bars_a_chord=(2, 2, 4),
        pieces=_PIECES,
        kicks=_NO_DRUMS,
        backbeats=_NO_DRUMS,
        hats=_NO_DRUMS,
        percussion=_NO_DRUMS,
        basses=("slow sub", "drone bass", "warm sub"),
        bass_lines=_LINES,
        pads=("halo pad", "air choir", "glass pad", "tine pad"),
        stabs=("far piano", "swell", "electric piano"),
        stab_rhythms=_CHORDS,
        plucks=("far bell", "crystal", "music box", "harp"),
        arp_rhythms=_BELLS,
        leads=("glass air", "far voice", "glass bell"),
        lead_rhythms=_SONG,
        companies=(_FLOATING, _FLOATING, _KEYS),
        duck_seconds=0.2,
        hall_seconds=(5.0, 7.5),
        levels={Part.ARP: 1.0, Part.TEXTURE: -2.0},
        form=STILL,
        finish=Finish(
            (4, 6, 8), 0.58, 0.5, 1.6, 7600.0, 0.85, 0.6, Cloud(15.0, 0.36, 0.7), looseness=2.0, balance_db=_BALANCE_DB, correlation=0.58
        ),
        textures=("wind", "drone", "sea"),
        desk=_DESK,
    ),
    Style(
        name="deep",
        bpm=(60, 70),
        modes=("minor", "phrygian", "dorian"),
        swing=(0.50, 0.50),
        progressions=("1 6", "1 7 6 7", "1 4", "6 7 1 1", "1 6 3 7"),
        colours=("seventh", "eleventh", "sus2", "fifth"),
        bars_a_chord=(4, 4, 2),
        pieces=_PIECES,
        kicks=_NO_DRUMS,
        backbeats=_NO_DRUMS,
        hats=_NO_DRUMS,
        percussion=_NO_DRUMS,
        basses=("drone bass", "slow sub", "deep dub", "warm sub"),
        bass_lines=_LINES,
        pads=("drift pad", "bowed pad", "dark choir", "glass pad"),
        stabs=("swell", "far piano", "deep chord"),
        stab_rhythms=_CHORDS,
        plucks=("far bell", "harp", "muted"),
        arp_rhythms=_BELLS,
        leads=("far voice", "muted horn", "flute"),
        lead_rhythms=_SONG,
        companies=(_SUNG, _KEYS, _FLOATING),
        duck_seconds=0.2,
        hall_seconds=(5.0, 7.0),
        levels={Part.BASS: 1.0, Part.TEXTURE: 3.0},
        form=STILL,
        finish=Finish(
            (6, 8, 12), 0.6, 0.36, 1.7, 5200.0, 0.8, 0.35, Cloud(8.0, 0.34, 0.6), looseness=2.5,
            balance_db=(-9.5, -3.5, -3.9, -15.0, -25.0), correlation=0.64,
        ),
        textures=("wind", "sea", "rain"),
        desk=_DESK,
    ),
)  # fmt: skip
