"""Techno: dub, melodic, driving, acid."""

from typing import Final

from generation.procedural.company import Company
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.style import Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_KICKS: Final = (
    {Drum.KICK: "X...X...X...X..."},
    {Drum.KICK: "X...X...X...X...X...X...X...X..o"},
    {Drum.KICK: "X...X...X...X...X...X...X.o.X..."},
)
_CLAPS: Final = (
    {Drum.CLAP: "....X.......X..."},
    {Drum.RIM: "....x..o....x..."},
    {Drum.CLAP: "............X..."},
    {Drum.CLAP: "....X.......X...", Drum.RIM: "...o..o...o....."},
    {Drum.RIM: "..x..x....x..x.."},
    {Drum.SNARE: "....o.......x...", Drum.RIM: ".......x........"},
)
_HATS: Final = (
    {Drum.OPEN: "..X...X...X...X.", Drum.CLOSED: "xoxoxoxoxoxoxoxo"},
    {Drum.OPEN: "..x...x...x...x.", Drum.CLOSED: "oooooooooooooooo"},
    {Drum.CLOSED: "..X...X...X...X.", Drum.SHAKER: "oxoooxoooxoooxoo"},
    {Drum.OPEN: "..X...X...X...X.", Drum.RIDE: "x.x.x.x.x.x.x.x."},
    {Drum.CLOSED: "o.xoo.xoo.xoo.xx", Drum.RIDE: "..x...x...x...x."},
    {Drum.OPEN: "..x.......x.....", Drum.CLOSED: "oxooxooxoxooxoox"},
)
_PERCUSSION: Final = (
    {Drum.LOW: "...x..x....x..x.", Drum.HIGH: "..........x....."},
    {Drum.HIGH: "x..x..x..x..x..x", Drum.LOW: "......o........."},
    {Drum.LOW: ".x..x..x.x..x...", Drum.RIM: "..o.......o....."},
    {Drum.HIGH: "...x...x......x......x.....x..x.", Drum.LOW: "x.........x............x........"},
    {Drum.TOM: "......x..x......", Drum.LOW: "..x...........x."},
    {Drum.RIM: "..x..x..x..x..x."},
)
_PIECES: Final = Pieces(
    kick=("hard", "punch", "deep", "heavy", "round"),
    snare=("crisp", "crack", "piccolo"),
    clap=("clap", "dry clap", "wide clap", "snap", "brush"),
    closed=("metal", "tick", "small", "sand", "soft"),
    open=("open", "bright", "long", "airy"),
    ride=("ride", "bell ride", "wash"),
    shaker=("shaker", "seeds", "tambourine"),
    percussion=("tom", "block", "clave", "tabla", "drop", "agogo"),
)
_DUB: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _LATER},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _ALL, Part.ARP: _LATER},
    breakdown={Part.PAD: _ALL, Part.STAB: _ALL},
)
_SEQUENCE: Final = Company(
    drop={Part.BASS: _ALL, Part.ARP: _ALL, Part.STAB: _LATER},
    drop2={Part.BASS: _ALL, Part.ARP: _ALL, Part.PAD: _ALL, Part.STAB: _LATER},
    breakdown={Part.PAD: _ALL, Part.ARP: _LATER},
)
_SONG: Final = Company(
    drop={Part.BASS: _ALL, Part.ARP: _ALL, Part.PAD: _ALL},
    drop2={Part.BASS: _ALL, Part.ARP: _LATER, Part.PAD: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _LATER},
)
_RAW: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _LATER, Part.PAD: _ALL},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _ALL, Part.LEAD: _LATER},
    breakdown={Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _LATER},
)
_STABS: Final = (
    "..x.............",
    "...x......x.....",
    "......x...x...........x.........",
    "..x..x..........",
    "x.....x.........",
    "..............x...........x.....",
    "..x...x.....x...",
)
_ARPS: Final = (
    "xxxxxxxxxxxxxxxx",
    "x..x..x..x..x..x..x..x..x..x..x.",
    "x.x.xx.xx.x.xx.x",
    "..xx..xx..xx..xx",
    "x...x.x..x..x.x.",
    "X.oX.oX.oX.oX.Xo",
)
_LEADS: Final = (
    "x.......x..x....x.......x.......",
    "..x...x.....x.....x...x.........",
    "x.....x.....x...x.....x.........",
    "x..x......x.....x..x............",
    "x...x...x..x......x...x.........",
)

TECHNO: Final = (
    Style(
        name="dub",
        bpm=(124, 128),
        modes=("minor", "dorian"),
        swing=(0.50, 0.53),
        progressions=("1 1 1 1", "1 1 4 4", "1 1 6 6", "1 4 1 3"),
        colours=("seventh", "ninth", "triad", "eleventh"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("warm sub", "rumble", "sub", "rubber"),
        bass_lines=("..r...r...r...r.", "..rr..rr..rr..rr", "R.....r...r.....", "..r...r-..r..r..", "r-....r-....r-.."),
        pads=("warm pad", "hollow pad", "dark choir", "tine pad", "glass pad"),
        stabs=("dub chord", "deep chord", "reed stab", "electric piano"),
        stab_rhythms=_STABS,
        plucks=("muted", "kalimba", "reed pluck", "crystal"),
        arp_rhythms=_ARPS,
        leads=("whistle", "glass bell", "hollow lead"),
        lead_rhythms=_LEADS,
        companies=(_DUB, _RAW, _DUB),
        duck_seconds=0.26,
        hall_seconds=(2.4, 3.2),
        levels={Part.STAB: 2.0, Part.TEXTURE: 2.0, Part.BASS: 0.5, Part.KICK: 1.0},
    ),
    Style(
        name="melodic",
        bpm=(122, 126),
        modes=("minor",),
        swing=(0.50, 0.51),
        progressions=("1 6 3 7", "1 3 6 7", "6 7 1 1", "1 7 6 7", "1 1 6 7", "4 6 1 1"),
        colours=("triad", "added ninth", "sus2", "sus4"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_KICKS[:1],
        backbeats=_CLAPS[:4],
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("pulse bass", "offbeat", "warm sub", "growl"),
        bass_lines=("..rr..rr..rr..rr", "r.rrr.rrr.rrr.rr", "..R...R...R...R.", "R-r.r-r.R-r.r-ro"),
        pads=("supersaw pad", "warm pad", "glass pad", "choir", "strings"),
        stabs=("saw stab", "deep chord", "marimba"),
        stab_rhythms=_STABS,
        plucks=("saw pluck", "trance pluck", "crystal", "bell", "muted"),
        arp_rhythms=_ARPS,
        leads=("hollow lead", "soft lead", "pluck lead", "whistle", "vox"),
        lead_rhythms=_LEADS,
        companies=(_SONG, _SEQUENCE, _SONG),
        duck_seconds=0.28,
        hall_seconds=(2.2, 3.0),
        levels={Part.ARP: 1.5, Part.PAD: 1.0, Part.BASS: -1.0, Part.KICK: 1.0},
    ),
    Style(
        name="driving",
        bpm=(130, 136),
        modes=("minor", "phrygian"),
        swing=(0.50, 0.52),
        progressions=("1 1 1 1", "1 1 1 2", "1 1 6 7", "1 6 1 7", "1 1 7 6"),
        colours=("fifth", "triad", "sus2"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("rumble", "rolling", "pulse bass", "psy"),
        bass_lines=("..rr..rr..rr..rr", ".rrr.rrr.rrr.rrr", "..r...r...r...rr", ".rr..rr..rr..rro", "..r.r.r...r.r.rs"),
        pads=("hollow pad", "dark choir", "reed pad", "supersaw pad"),
        stabs=("rave stab", "dub chord", "reed stab", "saw stab"),
        stab_rhythms=_STABS,
        plucks=("square pluck", "saw pluck", "muted", "reed pluck", "bell"),
        arp_rhythms=_ARPS,
        leads=("square lead", "hollow lead", "tine lead"),
        lead_rhythms=_LEADS,
        companies=(_SEQUENCE, _RAW, _SEQUENCE, _DUB),
        duck_seconds=0.22,
        hall_seconds=(1.6, 2.2),
        levels={Part.HATS: 0.5, Part.BASS: -1.0, Part.KICK: 1.5},
    ),
    Style(
        name="acid",
        bpm=(128, 134),
        modes=("minor", "phrygian", "dorian"),
        swing=(0.50, 0.54),
        progressions=("1 1 1 1", "1 1 4 4", "1 1 6 7", "1 1 1 7"),
        colours=("triad", "fifth", "seventh"),
        bars_a_chord=(2, 4),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("acid", "square acid"),
        bass_lines=(
            "R.roR.~or.R.~sr.",
            "r.R.~or.rR.s~or.",
            "Rr.~or.fR.r~o.sr",
            "R..r~oR.r.~s.rRo",
            "r.rR.~o.r.rR~sr.R.rr~o.fr.R.s~or",
        ),
        pads=("warm pad", "hollow pad", "dark choir", "strings"),
        stabs=("rave stab", "dub chord", "house organ"),
        stab_rhythms=_STABS,
        plucks=("muted", "square pluck", "crystal"),
        arp_rhythms=_ARPS,
        leads=("whistle", "glass bell", "soft lead"),
        lead_rhythms=_LEADS,
        companies=(_RAW, _DUB, _RAW),
        duck_seconds=0.18,
        hall_seconds=(1.6, 2.2),
        levels={Part.BASS: -0.5, Part.PAD: -1.0, Part.KICK: 1.5},
    ),
)
