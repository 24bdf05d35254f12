"""Drum & bass: liquid, rolling, atmospheric, bright."""

from typing import Final

from generation.procedural.company import Company
from generation.procedural.finish import Finish
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.style import Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_KICKS: Final = (
    {Drum.KICK: "X.........X....."},
    {Drum.KICK: "X.........X.....X..x......X....."},
    {Drum.KICK: "X.....x...X....."},
    {Drum.KICK: "X.........X.....X.....x...X....."},
    {Drum.KICK: "X..x......x....."},
    {Drum.KICK: "X.........Xo...."},
)
_SNARES: Final = (
    {Drum.SNARE: "....X.......X..."},
    {Drum.SNARE: "....X..o.o..X..."},
    {Drum.SNARE: "....X.......X..o....X..o.o..X..."},
    {Drum.SNARE: "....X.......X...", Drum.RIM: ".......o.o.....o"},
    {Drum.SNARE: "....X....o..X.o."},
    {Drum.SNARE: "....X.......X...", Drum.CLAP: "....o.......o..."},
)
_BREAKS: Final = (
    {Drum.SNARE: "....X..o.o..X..o....X..o.oX.....", Drum.RIM: "..........o....."},
    {Drum.SNARE: "....X..o.o....X..o..X..o.o....X."},
    {Drum.SNARE: "....X..o.o.oX..o....X.o..o.oX.oo"},
)
_HATS: Final = (
    {Drum.CLOSED: "x.x.x.x.x.x.x.x."},
    {Drum.CLOSED: "xoxxxoxoxoxxxoxo"},
    {Drum.CLOSED: "x.xox.xox.xox.xo", Drum.SHAKER: "oxooxoooxoooxooo"},
    {Drum.RIDE: "x...x...x...x...", Drum.CLOSED: "..x...x...x...x."},
    {Drum.RIDE: "x.x.x.x.x.x.x.x.", Drum.CLOSED: "...o...o...o...o"},
    {Drum.CLOSED: "x.xxx.x.x.xxx.xo", Drum.OPEN: "......x........."},
    {Drum.SHAKER: "xoxoxoxoxoxoxoxo", Drum.CLOSED: "..x...x...x...x."},
)
_PERCUSSION: Final = (
    {Drum.LOW: "......x........x", Drum.HIGH: "...x.....x......"},
    {Drum.RIM: "...x..x........."},
    {Drum.HIGH: "..x.....x..x....", Drum.LOW: "......x.......x."},
    {Drum.SHAKER: "..x...x...x...x."},
    {Drum.HIGH: "......x..x..........x....x...x..", Drum.LOW: "..........................x....."},
    {Drum.SNARE: ".......o.o......", Drum.HIGH: "..o...........o."},
)
_PIECES: Final = Pieces(
    kick=("tight", "snap", "heavy", "punch", "woody"),
    snare=("crack", "fat", "liquid", "crisp", "piccolo", "break"),
    clap=("clap", "dry clap", "snap", "clap snare"),
    closed=("tick", "metal", "soft", "small", "sand"),
    open=("open", "bright", "airy"),
    ride=("ride", "bell ride", "wash"),
    shaker=("shaker", "seeds", "tambourine"),
    percussion=("bongo", "conga", "block", "tabla", "drop", "tom"),
)
_LIQUID: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _LATER},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _ALL, Part.ARP: _LATER},
    breakdown={Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _LATER},
)
_SPARSE: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _LATER},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _ALL, Part.ARP: _LATER},
    breakdown={Part.PAD: _ALL, Part.ARP: _LATER},
)
_FLOATING: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.ARP: _LATER, Part.LEAD: _LATER},
)
_SUNG: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL, Part.ARP: _ALL},
    breakdown={Part.PAD: _ALL, Part.LEAD: _LATER, Part.STAB: _ALL},
)
_STABS: Final = (
    "x.....x.........",
    "X.....x...x.....",
    "x..x..x...........x..x..........",
    "..x.......x.....",
    "x.........x...x.......x.........",
    "X...............x.....x.........",
    "x.....x.....x...",
)
_ARPS: Final = ("x.x.x.x.x.x.x.x.", "x..x..x..x..x.x.", "xxxxxxxxxxxxxxxx", "x.xx.xx.x.xx.xx.", "..x..x..x.x..x..", "x...x..x..x...x.")
_LEADS: Final = (
    "x.....x...x.....x.....x.........",
    "x...x.......x...x...x...........",
    "....x..x....x.......x..x........",
    "x..x......x.....x..x....x.......",
    "x.......x...x.x.x.......x.......",
    "..x...x...x.......x...x.........",
)
_FINISH: Final = Finish(echo_steps=(3, 6, 6, 4))
_LONG_LINES: Final = (
    "R---------......R-----......f---",
    "R-----r---....s-",
    "R---..r-..r-....R---..r-..o-..s-",
    "R-------~r---o--",
    "r-----..r-..r---r-----..f-..s---",
)
_ROLLING_LINES: Final = (
    "R..r..R...r.r...",
    "R-.r-.r..R-.r.s.",
    "r.R...r.R-..r.o.r.R...r.R-..s.f.",
    "..R-..r...R-..r.",
    "R.r...R.r...R.ro",
    "R-..r-..~o-.r-..",
)

DRUM_AND_BASS: Final = (
    Style(
        name="liquid",
        bpm=(172, 174),
        modes=("minor", "dorian", "major"),
        swing=(0.50, 0.53),
        progressions=("1 6 3 7", "1 4 6 5", "6 4 1 5", "4 5 1 1", "1 3 4 6", "6 7 1 1", "4 1 6 5", "1 7 4 6"),
        colours=("seventh", "ninth", "added ninth"),
        bars_a_chord=(1, 2, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("sub", "warm sub", "reese", "finger"),
        bass_lines=(*_LONG_LINES, "R-....r-..r-....R-....r-..f-..s-"),
        pads=("warm pad", "strings", "choir", "tine pad", "glass pad"),
        stabs=("electric piano", "bright piano", "deep chord", "marimba"),
        stab_rhythms=_STABS,
        plucks=("kalimba", "crystal", "bell", "muted"),
        arp_rhythms=_ARPS,
        leads=("vox", "soft lead", "tine lead", "whistle", "glass bell"),
        lead_rhythms=_LEADS,
        companies=(_LIQUID, _SUNG, _FLOATING),
        duck_seconds=0.16,
        hall_seconds=(1.8, 2.6),
        finish=_FINISH,
        levels={Part.STAB: 1.0, Part.PAD: 1.0, Part.BASS: 1.5},
    ),
    Style(
        name="rolling",
        bpm=(173, 176),
        modes=("minor", "phrygian"),
        swing=(0.50, 0.52),
        progressions=("1 1 6 7", "1 1 1 1", "1 1 4 6", "1 7 6 7", "1 1 3 7"),
        colours=("triad", "seventh", "fifth", "sus2"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("reese", "hollow reese", "growl", "rubber"),
        bass_lines=_ROLLING_LINES,
        pads=("dark choir", "hollow pad", "warm pad", "reed pad"),
        stabs=("dub chord", "reed stab", "deep chord", "rave stab"),
        stab_rhythms=_STABS,
        plucks=("muted", "square pluck", "reed pluck", "kalimba"),
        arp_rhythms=_ARPS,
        leads=("hollow lead", "vox", "square lead"),
        lead_rhythms=_LEADS,
        companies=(_SPARSE, _FLOATING, _SPARSE),
        duck_seconds=0.14,
        hall_seconds=(1.2, 1.8),
        finish=_FINISH,
        levels={Part.BASS: 2.0, Part.PAD: -0.5},
    ),
    Style(
        name="atmospheric",
        bpm=(166, 172),
        modes=("minor", "dorian"),
        swing=(0.50, 0.54),
        progressions=("1 6", "1 4", "6 7 1 1", "4 6 1 1", "1 3 6 4", "6 4"),
        colours=("ninth", "seventh", "added ninth", "eleventh", "sus2"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_BREAKS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("sub", "warm sub", "wood", "reese"),
        bass_lines=_LONG_LINES,
        pads=("glass pad", "choir", "warm pad", "tine pad", "hollow pad"),
        stabs=("electric piano", "deep chord", "marimba", "dub chord"),
        stab_rhythms=_STABS,
        plucks=("crystal", "kalimba", "bell", "reed pluck"),
        arp_rhythms=_ARPS,
        leads=("whistle", "glass bell", "soft lead", "vox"),
        lead_rhythms=_LEADS,
        companies=(_FLOATING, _LIQUID, _FLOATING),
        duck_seconds=0.16,
        hall_seconds=(2.4, 3.2),
        finish=_FINISH,
        levels={Part.PAD: 1.5, Part.TEXTURE: 3.0, Part.BASS: 1.5},
    ),
    Style(
        name="bright",
        bpm=(174, 176),
        modes=("minor", "major"),
        swing=(0.50, 0.50),
        progressions=("1 6 3 7", "6 4 1 5", "1 5 6 4", "6 7 1 3", "4 5 6 1"),
        colours=("triad", "added ninth", "sus2"),
        bars_a_chord=(1, 2),
        pieces=_PIECES,
        kicks=_KICKS[:4],
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("reese", "hollow reese", "sub", "pulse bass"),
        bass_lines=(*_LONG_LINES[:3], *_ROLLING_LINES[:3]),
        pads=("supersaw pad", "strings", "choir", "warm pad"),
        stabs=("saw stab", "bright piano", "rave stab", "marimba"),
        stab_rhythms=_STABS,
        plucks=("trance pluck", "saw pluck", "bell", "crystal"),
        arp_rhythms=_ARPS,
        leads=("supersaw lead", "pluck lead", "vox", "square lead"),
        lead_rhythms=_LEADS,
        companies=(_SUNG, _LIQUID, _FLOATING),
        duck_seconds=0.16,
        hall_seconds=(1.8, 2.4),
        finish=_FINISH,
        levels={Part.LEAD: 0.5, Part.BASS: 1.5},
    ),
)
