"""Trance: uplifting, progressive, rolling, dreamy."""

from typing import Final

from generation.procedural.company import Company
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.style import Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_KICKS: Final = ({Drum.KICK: "X...X...X...X..."}, {Drum.KICK: "X...X...X...X...X...X...X...X.x."})
_CLAPS: Final = (
    {Drum.CLAP: "....X.......X..."},
    {Drum.CLAP: "....X.......X...", Drum.SNARE: "....x.......x..."},
    {Drum.CLAP: "....X.......X.......X.......X.o."},
    {Drum.SNARE: "....X.......X...", Drum.RIM: "..........o....."},
)
_HATS: Final = (
    {Drum.OPEN: "..X...X...X...X.", Drum.CLOSED: "x.oox.oox.oox.oo"},
    {Drum.OPEN: "..X...X...X...X.", Drum.CLOSED: "xoooxoooxoooxooo"},
    {Drum.OPEN: "..x...x...x...x.", Drum.SHAKER: "oxoxoxoxoxoxoxox"},
    {Drum.OPEN: "..X...X...X...X.", Drum.RIDE: "..x...x...x...x.", Drum.CLOSED: "o.o.o.o.o.o.o.o."},
    {Drum.OPEN: "..X...X...X...Xo", Drum.CLOSED: "ox.oox.oox.oox.o"},
)
_PERCUSSION: Final = (
    {Drum.HIGH: "...x.....x...x..", Drum.LOW: "......x.......x."},
    {Drum.LOW: "...x..x....x..x."},
    {Drum.RIM: "x.....x...x.....", Drum.HIGH: "...o.......o...."},
    {Drum.SHAKER: "o.xoo.xoo.xoo.xo"},
    {Drum.HIGH: "..............x...........x...x.", Drum.LOW: "..........x..................x.."},
)
_PIECES: Final = Pieces(
    kick=("trance", "punch", "hard", "round"),
    snare=("crisp", "crack", "liquid", "piccolo"),
    clap=("clap", "wide clap", "clap snare", "dry clap"),
    closed=("tick", "metal", "small", "sand"),
    open=("open", "bright", "long", "airy"),
    ride=("ride", "bell ride", "wash"),
    shaker=("shaker", "tambourine", "seeds"),
    percussion=("conga", "tom", "agogo", "drop", "clave"),
)
_ANTHEM: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _LATER},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.LEAD: _LATER, Part.ARP: _LATER},
)
_SONG: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL, Part.ARP: _LATER},
    breakdown={Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _LATER},
)
_HYPNOSIS: Final = Company(
    drop={Part.BASS: _ALL, Part.ARP: _ALL, Part.STAB: _LATER},
    drop2={Part.BASS: _ALL, Part.ARP: _ALL, Part.PAD: _ALL, Part.LEAD: _LATER},
    breakdown={Part.PAD: _ALL, Part.ARP: _LATER, Part.LEAD: _LATER},
)
_DREAM: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _LATER},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _ALL, Part.ARP: _LATER},
    breakdown={Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _LATER},
)
_PROGRESSIONS: Final = ("1 6 3 7", "6 7 1 1", "1 3 6 7", "6 4 1 5", "1 7 6 7", "4 6 1 7", "1 4 6 7", "6 3 7 1")
_STABS: Final = ("x..x..x.x..x..x.", "..x...x...x...x.", "x.x..x.x..x.x...", "X..x..x...x..x..", "x.....x.x.......")
_ARPS: Final = ("xxxxxxxxxxxxxxxx", "x.xxx.xxx.xxx.xx", "xx.xx.xx.xx.xx.x", "..x...xx..x.x.xx", "xoxxoxxoxxoxxoxx", "x..x..x.x..x..x.")
_LEADS: Final = (
    "x..x..x.x...x...x..x..x.x.......",
    "x.x.x..x..x.x...x.x.x..x..x.....",
    "x.....x.x...x.x.x.....x.x.......",
    "x...x...x..x..x.x...x...x.......",
    "x..x..x..x..x.x.x..x..x..x......",
    "xxx.x.x.xxx.x...xxx.x.x.x.......",
)

TRANCE: Final = (
    Style(
        name="uplifting",
        bpm=(136, 140),
        modes=("minor",),
        swing=(0.50, 0.50),
        progressions=_PROGRESSIONS,
        colours=("triad", "added ninth", "sus2"),
        bars_a_chord=(1, 2, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("rolling", "offbeat", "pulse bass", "psy"),
        bass_lines=("..rr..rr..rr..rr", ".rrr.rrr.rrr.rrr", "..R...R...R...R.", "..rr..rr..rr..ro", ".rrr.rrr.rrr.roo"),
        pads=("supersaw pad", "strings", "choir", "warm pad"),
        stabs=("saw stab", "bright piano", "marimba", "rave stab"),
        stab_rhythms=_STABS,
        plucks=("trance pluck", "saw pluck", "crystal", "bell", "square pluck"),
        arp_rhythms=_ARPS,
        leads=("supersaw lead", "pluck lead", "soft lead", "hollow lead", "vox"),
        lead_rhythms=_LEADS,
        companies=(_ANTHEM, _SONG, _ANTHEM),
        duck_seconds=0.26,
        hall_seconds=(2.2, 3.0),
        levels={Part.LEAD: 1.0},
    ),
    Style(
        name="progressive",
        bpm=(128, 133),
        modes=("minor", "dorian"),
        swing=(0.50, 0.51),
        progressions=_PROGRESSIONS,
        colours=("triad", "added ninth", "sus2", "sus4", "seventh"),
        bars_a_chord=(2, 2, 4),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("offbeat", "pulse bass", "warm sub", "rolling"),
        bass_lines=("..R...R...R...R.", "..r-..r-..r-..rr", "r..r..r.r..r..r.", "..rr..r...rr..ro"),
        pads=("warm pad", "glass pad", "supersaw pad", "tine pad", "dark choir"),
        stabs=("deep chord", "marimba", "saw stab", "electric piano"),
        stab_rhythms=_STABS,
        plucks=("muted", "trance pluck", "kalimba", "crystal", "reed pluck"),
        arp_rhythms=_ARPS,
        leads=("hollow lead", "soft lead", "glass bell", "whistle"),
        lead_rhythms=_LEADS,
        companies=(_HYPNOSIS, _SONG, _ANTHEM),
        duck_seconds=0.28,
        hall_seconds=(2.2, 3.0),
        levels={Part.ARP: 1.0, Part.TEXTURE: 2.0},
    ),
    Style(
        name="rolling",
        bpm=(138, 142),
        modes=("minor", "phrygian"),
        swing=(0.50, 0.50),
        progressions=("1 1 6 7", "1 1 1 1", "1 6 1 7", "1 1 2 7", "1 7 6 7"),
        colours=("triad", "fifth", "sus2"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_KICKS[:1],
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("psy", "rolling", "pulse bass"),
        bass_lines=(".rrr.rrr.rrr.rrr", ".rrr.rrr.rrr.rro", ".rrr.rro.rrr.rof"),
        pads=("dark choir", "hollow pad", "supersaw pad", "reed pad"),
        stabs=("rave stab", "saw stab", "reed stab"),
        stab_rhythms=_STABS,
        plucks=("square pluck", "saw pluck", "reed pluck", "bell", "trance pluck"),
        arp_rhythms=_ARPS,
        leads=("square lead", "pluck lead", "hollow lead", "supersaw lead"),
        lead_rhythms=_LEADS,
        companies=(_HYPNOSIS, _ANTHEM),
        duck_seconds=0.20,
        hall_seconds=(1.8, 2.4),
        levels={Part.ARP: 1.5},
    ),
    Style(
        name="dream",
        bpm=(130, 136),
        modes=("minor", "major"),
        swing=(0.50, 0.51),
        progressions=(*_PROGRESSIONS, "1 5 6 4", "4 1 5 6"),
        colours=("triad", "added ninth", "seventh"),
        bars_a_chord=(1, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("offbeat", "warm sub", "organ bass", "rolling"),
        bass_lines=("..R...R...R...R.", "R..r..r.R..r..r.", "..rr..rr..rr..rr", "..r-..r-..r-..o-"),
        pads=("strings", "choir", "glass pad", "warm pad", "tine pad"),
        stabs=("bright piano", "electric piano", "marimba", "house organ"),
        stab_rhythms=_STABS,
        plucks=("crystal", "bell", "kalimba", "trance pluck"),
        arp_rhythms=_ARPS,
        leads=("glass bell", "tine lead", "whistle", "supersaw lead", "soft lead"),
        lead_rhythms=_LEADS,
        companies=(_DREAM, _SONG, _DREAM),
        duck_seconds=0.28,
        hall_seconds=(2.4, 3.2),
        levels={Part.STAB: 1.5, Part.PAD: 1.0},
    ),
)
