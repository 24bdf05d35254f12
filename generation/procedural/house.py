"""House: deep, classic, tech, progressive."""

from typing import Final

from generation.procedural.company import Company
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.style import Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_KICKS: Final = (
    {Drum.KICK: "X...X...X...X..."},
    {Drum.KICK: "X...X...X...X...X...X...X...X..x"},
    {Drum.KICK: "X...X...X...X...X...X...X..xX..."},
    {Drum.KICK: "X...X...X...X.o."},
)
_CLAPS: Final = (
    {Drum.CLAP: "....X.......X..."},
    {Drum.CLAP: "....X.......X.......X.......X..o"},
    {Drum.CLAP: "....X.......X...", Drum.RIM: "..o....o..o....."},
    {Drum.CLAP: "....X.......X...", Drum.SNARE: "....o.......o..."},
    {Drum.CLAP: "....X..o....X...", Drum.RIM: ".......x.....x.."},
)
_HATS: Final = (
    {Drum.OPEN: "..x...x...x...x.", Drum.CLOSED: "x.ooo.oox.ooo.oo"},
    {Drum.OPEN: "..X...X...X...X.", Drum.SHAKER: "xoxoxoxoxoxoxoxo"},
    {Drum.OPEN: "..x...x...x...x.", Drum.CLOSED: "..o..o..o..o..o."},
    {Drum.OPEN: "..x...x...x..xx.", Drum.CLOSED: "o.o.o.oxo.o.o.o.", Drum.SHAKER: "o.x.o.x.o.x.o.x."},
    {Drum.CLOSED: "..X.o.X.o.X.o.Xo", Drum.RIDE: "..o...o...o...o."},
    {Drum.OPEN: "..x.......x.....", Drum.CLOSED: "oox.ooxxooo.ooxo"},
)
_PERCUSSION: Final = (
    {Drum.LOW: "......x.......x.", Drum.HIGH: "...x......x....."},
    {Drum.LOW: "x.....x...x.....", Drum.HIGH: "...x....x....x.."},
    {Drum.HIGH: "..o..x..o..x..o.", Drum.LOW: "x......x........"},
    {Drum.RIM: "x..x..x...x..x..", Drum.LOW: "..............x."},
    {Drum.LOW: ".......x.......x...x......x.....", Drum.HIGH: "..x.......x.......x..x....x....."},
    {Drum.HIGH: "...x..x....x..x.", Drum.RIM: "....o.......o..."},
)
_ORGANIC: Final = Pieces(
    kick=("round", "deep", "soft", "woody"),
    snare=("liquid", "crisp"),
    clap=("clap", "wide clap", "clap snare", "snap", "brush"),
    closed=("soft", "tick", "sand"),
    open=("open", "airy", "long"),
    ride=("ride", "wash"),
    shaker=("shaker", "seeds", "tambourine"),
    percussion=("conga", "bongo", "block", "tabla", "drop"),
)
_CLUB: Final = Pieces(
    kick=("punch", "round", "woody", "trance"),
    snare=("crisp", "crack"),
    clap=("clap", "dry clap", "clap snare", "wide clap"),
    closed=("tick", "metal", "small", "sand"),
    open=("open", "bright", "long"),
    ride=("ride", "bell ride", "wash"),
    shaker=("shaker", "tambourine", "seeds"),
    percussion=("conga", "tom", "clave", "agogo", "block", "drop"),
)
_CHORDS_FIRST: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _LATER},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.LEAD: _LATER, Part.STAB: _LATER},
)
_WITH_ARP: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.ARP: _LATER},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.ARP: _ALL, Part.PAD: _LATER},
    breakdown={Part.PAD: _ALL, Part.ARP: _ALL, Part.STAB: _LATER},
)
_SUNG: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.LEAD: _LATER},
)
_WIDE: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.ARP: _LATER, Part.LEAD: _LATER},
)
_STABS: Final = (
    "..x..x....x..x..",
    "...X..x....X..x.",
    "x..x..x...x.x...",
    "X.....x..x......X.....x....x..x.",
    "..x...x...x...x.",
    "x..x......x..x..",
    "...x......x..x.....x..x...x.....",
)
_ARPS: Final = ("x.xx.xx.x.xx.xx.", "xxxxxxxxxxxxxxxx", "x..x..x..x..x.x.", "..x.x.xx..x.x.x.", "x.x.xxx.x.x.xx.x")
_LEADS: Final = (
    "x..x..x.....x...x..x..x.........",
    "..x.x...x..x......x.x...x.......",
    "x.....x...x.....x.....x.x.x.....",
    "....x..x..x.x.......x..x..x.....",
    "x...x..x........x...x..x..x.x...",
)
_BASS_GROOVES: Final = (
    "R..r..r...r.o...",
    "R..r...r..r.r.o.",
    "..R...R...R...r.",
    "R-.r..o-..r...s.",
    "R-....r-..f-.r..R-....r-..o-.s..",
    "r.r..r.r..r..rof",
    "R..R..r.o.r..s..",
    "..r-..r-..r-..ro",
)

HOUSE: Final = (
    Style(
        name="deep",
        bpm=(118, 122),
        modes=("minor", "dorian"),
        swing=(0.53, 0.57),
        progressions=("1 4", "1 1 4 4", "6 5 1 1", "1 3 4 4", "4 5 1 1", "1 7 6 7", "6 7 1 4"),
        colours=("seventh", "ninth", "added ninth", "eleventh"),
        bars_a_chord=(1, 2, 2),
        pieces=_ORGANIC,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("warm sub", "finger", "wood", "rubber", "organ bass"),
        bass_lines=_BASS_GROOVES,
        pads=("warm pad", "tine pad", "hollow pad", "dark choir", "glass pad"),
        stabs=("electric piano", "deep chord", "dub chord", "marimba", "reed stab"),
        stab_rhythms=_STABS,
        plucks=("muted", "kalimba", "crystal", "reed pluck"),
        arp_rhythms=_ARPS,
        leads=("soft lead", "whistle", "tine lead", "vox", "glass bell"),
        lead_rhythms=_LEADS,
        companies=(_CHORDS_FIRST, _WITH_ARP, _SUNG),
        duck_seconds=0.26,
        hall_seconds=(1.6, 2.2),
        levels={Part.STAB: 1.0, Part.PAD: -1.0, Part.TEXTURE: 2.0},
    ),
    Style(
        name="classic",
        bpm=(122, 126),
        modes=("minor", "major", "mixolydian"),
        swing=(0.52, 0.56),
        progressions=("1 6 3 7", "6 4 1 5", "1 4 6 5", "1 5 6 4", "4 5 6 1", "1 3 6 4", "6 1 4 5"),
        colours=("triad", "seventh", "added ninth"),
        bars_a_chord=(1, 1, 2),
        pieces=_CLUB,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("organ bass", "finger", "rubber", "offbeat", "wood"),
        bass_lines=_BASS_GROOVES,
        pads=("strings", "warm pad", "choir", "supersaw pad"),
        stabs=("bright piano", "house organ", "electric piano", "rave stab", "saw stab"),
        stab_rhythms=_STABS,
        plucks=("bell", "muted", "square pluck", "saw pluck"),
        arp_rhythms=_ARPS,
        leads=("vox", "soft lead", "pluck lead", "square lead"),
        lead_rhythms=_LEADS,
        companies=(_CHORDS_FIRST, _WITH_ARP, _SUNG),
        duck_seconds=0.24,
        hall_seconds=(1.4, 2.0),
        levels={Part.STAB: 1.5},
    ),
    Style(
        name="tech",
        bpm=(124, 127),
        modes=("minor", "dorian"),
        swing=(0.51, 0.55),
        progressions=("1 1 1 1", "1 1 6 7", "1 1 4 4", "1 7 1 6", "1 1 3 4"),
        colours=("seventh", "triad", "fifth", "ninth"),
        bars_a_chord=(2, 4),
        pieces=_CLUB,
        kicks=_KICKS,
        backbeats=_CLAPS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("rubber", "offbeat", "pulse bass", "finger", "warm sub"),
        bass_lines=(*_BASS_GROOVES, "R.rr..r.r.rr..of", "..rr..r...rr.or."),
        pads=("hollow pad", "dark choir", "reed pad", "warm pad"),
        stabs=("dub chord", "reed stab", "marimba", "deep chord", "rave stab"),
        stab_rhythms=("......x.........", "...x......x.....", "..............x...x..........x..", *_STABS[:3]),
        plucks=("muted", "square pluck", "kalimba", "reed pluck"),
        arp_rhythms=_ARPS,
        leads=("vox", "square lead", "tine lead", "hollow lead"),
        lead_rhythms=_LEADS,
        companies=(_CHORDS_FIRST, _WITH_ARP, _SUNG),
        duck_seconds=0.22,
        hall_seconds=(1.1, 1.7),
        levels={Part.PERCUSSION: 2.5, Part.PAD: -2.0},
    ),
    Style(
        name="progressive",
        bpm=(121, 124),
        modes=("minor", "dorian"),
        swing=(0.50, 0.52),
        progressions=("1 6 3 7", "6 7 1 1", "1 3 6 7", "1 5 6 4", "4 6 1 7", "1 7 6 6"),
        colours=("triad", "added ninth", "sus2", "seventh"),
        bars_a_chord=(2, 2, 4),
        pieces=_CLUB,
        kicks=_KICKS[:2],
        backbeats=_CLAPS[:3],
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("offbeat", "pulse bass", "rolling", "warm sub"),
        bass_lines=("..R...R...R...R.", "..rr..rr..rr..rr", "r.rrr.rrr.rrr.rr", "..r-..r-..r-..ro", "R..r..r.R..r..r."),
        pads=("supersaw pad", "warm pad", "glass pad", "choir", "strings"),
        stabs=("saw stab", "deep chord", "marimba", "electric piano"),
        stab_rhythms=_STABS,
        plucks=("trance pluck", "saw pluck", "crystal", "bell", "muted"),
        arp_rhythms=_ARPS,
        leads=("pluck lead", "hollow lead", "soft lead", "glass bell"),
        lead_rhythms=_LEADS,
        companies=(_WIDE, _WITH_ARP, _WIDE, _SUNG),
        duck_seconds=0.28,
        hall_seconds=(2.0, 2.8),
        levels={Part.ARP: 1.5, Part.PAD: 1.0},
    ),
)
