"""Downtempo: trip hop, dub, sunset. Broken beats, a deep bass, echoes that answer, much room."""

from typing import Final

from generation.procedural.channel import Channel
from generation.procedural.company import Company
from generation.procedural.finish import Cloud, Finish, Tape
from generation.procedural.form import SONG
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.style import Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_KICKS: Final = (
    {Drum.KICK: "X.....x...x....."},
    {Drum.KICK: "X..x......x....."},
    {Drum.KICK: "X.......x.x.....X..x......x...o."},
    {Drum.KICK: "X.....x.......x.X.........x....."},
    {Drum.KICK: "X.x.......x..x.."},
)
_BREAKS: Final = (
    {Drum.SNARE: "....X.......X..."},
    {Drum.SNARE: "....X..o.o..X..."},
    {Drum.SNARE: "....X..o....X..o....X..o.o....X."},
    {Drum.SNARE: "....X....o..X.o."},
    {Drum.SNARE: "....X.......X...", Drum.RIM: "..o....o..o....."},
)
_DUB: Final = (
    {Drum.RIM: "........X......."},
    {Drum.SNARE: "........X......."},
    {Drum.SNARE: "....X.......X..."},
    {Drum.RIM: "....X.......X..o"},
)
_HATS: Final = (
    {Drum.CLOSED: "x.xox.x.x.xox.xo"},
    {Drum.CLOSED: "x.o.x.oxx.o.x.o."},
    {Drum.CLOSED: "..x...x...x..xx.", Drum.SHAKER: "o.xoo.xoo.xoo.xo"},
    {Drum.RIDE: "x.o.x.o.x.o.x.o."},
    {Drum.CLOSED: "oxx.oxxooxx.oxx.", Drum.OPEN: "..............x."},
)
_PERCUSSION: Final = (
    {Drum.LOW: "......x.......x.", Drum.HIGH: "...x.....x......"},
    {Drum.RIM: "...x......x....."},
    {Drum.HIGH: "..o..x..o..x..o.", Drum.LOW: "x.............x."},
    {Drum.SHAKER: "..x...x...x...x."},
    {Drum.LOW: "..........x..x............x.....", Drum.HIGH: "...............x.............x.."},
)
_PIECES: Final = Pieces(
    kick=("deep", "round", "heavy", "woody"),
    snare=("break", "fat", "dusty", "tight gate"),
    clap=("brush", "wide clap"),
    closed=("dust", "sand", "soft", "tick"),
    open=("airy", "long"),
    ride=("wash", "ride"),
    shaker=("shaker", "seeds"),
    percussion=("tabla", "conga", "bongo", "drop", "block"),
)
_SMOKE: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.STAB: _ALL},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.STAB: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.LEAD: _LATER, Part.STAB: _LATER},
)
_ECHOES: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.ARP: _LATER},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.ARP: _ALL, Part.PAD: _LATER},
    breakdown={Part.PAD: _ALL, Part.STAB: _ALL},
)
_EVENING: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _LATER},
)
_LINES: Final = (
    "R---..r-....f-..",
    "R-----....r-s-..",
    "R-..r-....~o-.f-",
    "R-----..r---....R---..s-..f-....",
    "..R---....r-f-..",
    "R-------....~r--f-------....s---",
    "R-..R-......r-s-R-..R-..f-......",
    "R---....R---..n-",
)
_DUB_LINES: Final = (
    "R---..r-..r-....",
    "....R---r-..f-..",
    "R-r-....r-f-....R-r-....s-f-....",
    "R-----r-......f-",
)
_STABS: Final = (
    "..x.............",
    "....x.......x...",
    "..x...x.........",
    "x.....x.........x...............",
    "......x.........",
    "X...............",
)
_SKANKS: Final = ("....x.......x...", "..x.............", "....x.x.........", "............x...", "....x...........")
_ARPS: Final = ("x..x..x.x..x..x.", "..x...x...x.x...", "x.x...x.x.x...x.", "x...x..x..x...x.", "..x..x..x..x..x.")
_LEADS: Final = (
    "x.....x...x.....x...............",
    "....x...x.......x.....x.........",
    "x.......x.....x.x...............",
    "..x...x.........x...x...........",
    "x...x.....x.........x...x.......",
)
_DESK: Final = {
    Part.KICK: Channel(-18.0),
    Part.BACKBEAT: Channel(-21.0, highpass_hz=120.0, hall=0.16),
    Part.HATS: Channel(-28.0, highpass_hz=350.0, hall=0.07),
    Part.PERCUSSION: Channel(-26.0, highpass_hz=110.0, echo=0.28, hall=0.24),
    Part.BASS: Channel(-18.5, duck=0.5),
    Part.PAD: Channel(-22.5, highpass_hz=115.0, lowpass=True, duck=0.35, ensemble=0.5, hall=0.45, voice=True),
    Part.STAB: Channel(-21.5, highpass_hz=170.0, lowpass=True, duck=0.2, ensemble=0.3, echo=0.6, hall=0.36, voice=True),
    Part.ARP: Channel(-24.0, highpass_hz=200.0, lowpass=True, duck=0.2, ensemble=0.2, echo=0.55, hall=0.38, voice=True),
    Part.LEAD: Channel(-21.5, highpass_hz=200.0, lowpass=True, duck=0.15, ensemble=0.25, echo=0.5, hall=0.42, voice=True),
    Part.TEXTURE: Channel(-34.0, highpass_hz=180.0, hall=0.15),
    Part.TRANSITIONS: Channel(-30.0, hall=0.4),
}
_BALANCE_DB: Final = (-4.8, -3.9, -6.4, -14.0, -18.0)

DOWNTEMPO: Final = (
    Style(
        name="trip hop",
        bpm=(78, 92),
        modes=("minor", "phrygian", "dorian"),
        swing=(0.53, 0.58),
        progressions=("1 6", "1 4 1 5", "1 7 6 7", "1 1 4 4", "1 3 4 6", "6 4 1 1"),
        colours=("seventh", "triad", "ninth"),
        bars_a_chord=(1, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_BREAKS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("deep dub", "upright", "warm sub", "reese"),
        bass_lines=_LINES,
        pads=("tape strings", "strings", "dark choir", "reed pad"),
        stabs=("rhodes", "dub chord", "electric piano"),
        stab_rhythms=_STABS,
        plucks=("muted", "harp", "music box", "kalimba"),
        arp_rhythms=_ARPS,
        leads=("muted horn", "hollow lead", "vox", "flute"),
        lead_rhythms=_LEADS,
        companies=(_SMOKE, _ECHOES, _SMOKE),
        duck_seconds=0.22,
        hall_seconds=(2.0, 2.8),
        levels={Part.BACKBEAT: 1.0},
        form=SONG,
        finish=Finish(
            (3, 6, 4), 0.52, 0.25, 1.3, 4400.0, 0.55, tape=Tape(2.5, 0.8, 13_000.0, 1.5), drag_seconds=0.010, looseness=1.6,
            balance_db=_BALANCE_DB, correlation=0.74,
        ),
        textures=("vinyl", "rain", "tape hiss"),
        desk=_DESK,
    ),
    Style(
        name="dub",
        bpm=(70, 84),
        modes=("minor", "dorian"),
        swing=(0.52, 0.56),
        progressions=("1 4", "1 7", "1 1 4 4", "1 6", "1 1 7 7"),
        colours=("triad", "seventh", "added ninth"),
        bars_a_chord=(1, 2, 2),
        pieces=_PIECES,
        kicks=({Drum.KICK: "........X......."}, {Drum.KICK: "X.......X......."}, _KICKS[0], _KICKS[3]),
        backbeats=_DUB,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("deep dub", "warm sub", "sub"),
        bass_lines=_DUB_LINES,
        pads=("warm pad", "hollow pad", "drift pad", "dark choir"),
        stabs=("dub organ", "dub chord", "deep chord", "rhodes"),
        stab_rhythms=_SKANKS,
        plucks=("muted", "reed pluck", "square pluck"),
        arp_rhythms=_ARPS,
        leads=("flute", "muted horn", "soft lead"),
        lead_rhythms=_LEADS,
        companies=(_ECHOES, _ECHOES, _SMOKE),
        duck_seconds=0.2,
        hall_seconds=(2.2, 3.0),
        levels={Part.BASS: 1.0, Part.STAB: 1.0},
        form=SONG,
        finish=Finish(
            (3, 6, 3), 0.66, 0.2, 1.4, 4000.0, 0.6, tape=Tape(2.0, 0.8, 12_000.0, 1.5), drag_seconds=0.006, looseness=1.5,
            balance_db=(-4.0, -3.7, -7.2, -14.5, -18.5), correlation=0.74,
        ),
        textures=("vinyl", "wind", "tape hiss"),
        desk=_DESK,
    ),
    Style(
        name="sunset",
        bpm=(90, 104),
        modes=("major", "dorian", "mixolydian", "minor"),
        swing=(0.52, 0.56),
        progressions=("1 4", "4 1 6 5", "1 5 4 4", "6 4 1 5", "2 5 1 1", "1 3 4 5"),
        colours=("ninth", "added ninth", "seventh", "six nine"),
        bars_a_chord=(1, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_BREAKS,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("warm sub", "rubber", "finger", "deep dub"),
        bass_lines=_LINES,
        pads=("warm pad", "tine pad", "halo pad", "choir"),
        stabs=("nylon", "electric piano", "rhodes", "marimba"),
        stab_rhythms=_STABS,
        plucks=("kalimba", "harp", "crystal", "muted"),
        arp_rhythms=_ARPS,
        leads=("flute", "whistle", "soft lead", "glass bell"),
        lead_rhythms=_LEADS,
        companies=(_EVENING, _SMOKE, _EVENING),
        duck_seconds=0.22,
        hall_seconds=(2.4, 3.2),
        levels={Part.ARP: 1.0, Part.TEXTURE: 2.0},
        form=SONG,
        finish=Finish(
            (3, 6, 4), 0.5, 0.32, 1.4, 5200.0, 0.6, 0.1, Cloud(5.0, 0.2, 0.5), looseness=1.5,
            balance_db=_BALANCE_DB, correlation=0.68,
        ),
        textures=("sea", "wind", "rain"),
        desk=_DESK,
    ),
)  # fmt: skip
