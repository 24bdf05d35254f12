"""Synthwave: outrun, dream, dark. Gated snares, eighths in the bass, arpeggios, saws in a chorus."""

from typing import Final

from generation.procedural.channel import Channel
from generation.procedural.company import Company
from generation.procedural.finish import Finish
from generation.procedural.form import DRIVE
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.style import Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_KICKS: Final = (
    {Drum.KICK: "X...X...X...X..."},
    {Drum.KICK: "X.......X......."},
    {Drum.KICK: "X.......X.x....."},
    {Drum.KICK: "X..x....X......."},
    {Drum.KICK: "X...X...X...X...X...X...X..xX..."},
)
_SNARES: Final = (
    {Drum.SNARE: "....X.......X..."},
    {Drum.SNARE: "....X.......X...", Drum.CLAP: "....x.......x..."},
    {Drum.SNARE: "....X.......X.......X.......X..o"},
)
_HATS: Final = (
    {Drum.CLOSED: "x.x.x.x.x.x.x.x."},
    {Drum.CLOSED: "xoxoxoxoxoxoxoxo"},
    {Drum.CLOSED: "x.x.x.x.x.x.x...", Drum.OPEN: "..............x."},
    {Drum.CLOSED: "..x...x...x...x.", Drum.SHAKER: "o.o.o.o.o.o.o.o."},
    {Drum.CLOSED: "xooxooxoxooxooxo"},
)
_PERCUSSION: Final = (
    {Drum.TOM: "..............................xx"},
    {Drum.TOM: "..........................x..x.x", Drum.LOW: "............................x..."},
    {Drum.HIGH: "......x.......x."},
    {Drum.RIM: "...x..x....x...."},
    {Drum.SHAKER: "..x...x...x...x."},
)
_PIECES: Final = Pieces(
    kick=("drive", "punch", "trance", "heavy"),
    snare=("gated", "big gate", "tight gate"),
    clap=("clap snare", "wide clap"),
    closed=("machine", "tick", "metal"),
    open=("open", "bright"),
    ride=("ride",),
    shaker=("tambourine", "shaker"),
    percussion=("tom", "agogo", "drop"),
)
_CRUISE: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _LATER},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.ARP: _ALL, Part.LEAD: _ALL},
    breakdown={Part.PAD: _ALL, Part.ARP: _ALL},
)
_ANTHEM: Final = Company(
    drop={Part.BASS: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL},
    drop2={Part.BASS: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL, Part.ARP: _ALL},
    breakdown={Part.PAD: _ALL, Part.STAB: _LATER, Part.LEAD: _LATER},
)
_NIGHT: Final = Company(
    drop={Part.BASS: _ALL, Part.ARP: _ALL, Part.STAB: _ALL},
    drop2={Part.BASS: _ALL, Part.ARP: _ALL, Part.STAB: _ALL, Part.PAD: _ALL, Part.LEAD: _LATER},
    breakdown={Part.PAD: _ALL, Part.ARP: _LATER},
)
_LINES: Final = (
    "R.r.r.r.R.r.r.r.",
    "rrrrrrrrrrrrrrrr",
    "R.o.r.o.R.o.r.o.",
    "R.rrr.rrR.rrr.ro",
    "R..r..r.R..r..o.",
    "R.r.r.r.R.r.f.s.",
    "RrrrRrrrRrrrRror",
    "R.r.r.r.r.r.o.s.R.r.r.r.r.f.s.o.",
)
_STABS: Final = ("X...............", "x..x..x.........", "X.....x...x.....", "..x...x...x...x.", "x..x..x..x..x...")
_ARPS: Final = ("xxxxxxxxxxxxxxxx", "x.xxx.xxx.xxx.xx", "x.x.x.x.x.x.x.x.", "xoxxoxxoxoxxoxxo", "x..x..x.x..x..x.")
_LEADS: Final = (
    "x.....x.....x...x.........x.....",
    "x...x...x.....x.x...............",
    "x..x..x...x.....x..x..x.........",
    "x.......x...x...x.....x...x.....",
    "..x...x.x...x.......x...x.......",
)
_DESK: Final = {
    Part.KICK: Channel(-18.0),
    Part.BACKBEAT: Channel(-19.5, highpass_hz=130.0, hall=0.10),
    Part.HATS: Channel(-28.0, highpass_hz=400.0, hall=0.03),
    Part.PERCUSSION: Channel(-25.5, highpass_hz=80.0, hall=0.16),
    Part.BASS: Channel(-20.0, duck=0.6),
    Part.PAD: Channel(-21.5, highpass_hz=115.0, lowpass=True, duck=0.4, ensemble=0.8, hall=0.36, voice=True),
    Part.STAB: Channel(-22.0, highpass_hz=150.0, lowpass=True, duck=0.3, ensemble=0.7, echo=0.3, hall=0.28, voice=True),
    Part.ARP: Channel(-22.5, highpass_hz=200.0, lowpass=True, duck=0.3, ensemble=0.5, echo=0.42, hall=0.26, voice=True),
    Part.LEAD: Channel(-19.5, highpass_hz=200.0, lowpass=True, duck=0.2, ensemble=0.55, echo=0.42, hall=0.34, voice=True),
}
_BALANCE_DB: Final = (-6.0, -4.2, -5.2, -12.8, -16.8)

SYNTHWAVE: Final = (
    Style(
        name="outrun",
        bpm=(100, 118),
        modes=("minor", "dorian"),
        swing=(0.50, 0.50),
        progressions=("1 6 3 7", "6 7 1 1", "1 7 6 7", "6 4 1 7", "1 3 7 4", "4 6 1 7"),
        colours=("triad", "added ninth", "sus2"),
        bars_a_chord=(1, 2, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("neon bass", "motor bass", "pulse bass", "rolling"),
        bass_lines=_LINES,
        pads=("analogue strings", "neon pad", "supersaw pad"),
        stabs=("neon stab", "saw stab", "rave stab"),
        stab_rhythms=_STABS,
        plucks=("neon pluck", "chip pluck", "saw pluck", "square pluck"),
        arp_rhythms=_ARPS,
        leads=("neon lead", "brass lead", "square lead", "supersaw lead"),
        lead_rhythms=_LEADS,
        companies=(_CRUISE, _ANTHEM, _NIGHT),
        duck_seconds=0.2,
        hall_seconds=(1.8, 2.4),
        levels={},
        form=DRIVE,
        finish=Finish((3, 3, 2, 6), 0.45, 0.5, hall_hz=6000.0, balance_db=_BALANCE_DB, correlation=0.66),
        desk=_DESK,
    ),
    Style(
        name="dream",
        bpm=(80, 98),
        modes=("major", "minor", "mixolydian"),
        swing=(0.50, 0.50),
        progressions=("1 5 6 4", "4 1 5 6", "6 4 1 5", "1 4 6 5", "4 5 6 1", "1 3 4 5"),
        colours=("added ninth", "seventh", "sus2"),
        bars_a_chord=(1, 2),
        pieces=_PIECES,
        kicks=_KICKS[1:4],
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("neon bass", "warm sub", "pulse bass"),
        bass_lines=_LINES,
        pads=("analogue strings", "neon pad", "glass pad", "choir"),
        stabs=("electric piano", "neon stab", "bright piano"),
        stab_rhythms=_STABS,
        plucks=("chip pluck", "bell", "neon pluck", "crystal"),
        arp_rhythms=_ARPS,
        leads=("neon lead", "brass lead", "soft lead", "glass bell"),
        lead_rhythms=_LEADS,
        companies=(_ANTHEM, _CRUISE, _CRUISE),
        duck_seconds=0.22,
        hall_seconds=(2.2, 3.0),
        levels={Part.PAD: 1.0},
        form=DRIVE,
        finish=Finish((3, 6, 4), 0.48, 0.45, hall_hz=6000.0, balance_db=_BALANCE_DB, correlation=0.64),
        desk=_DESK,
    ),
    Style(
        name="dark",
        bpm=(108, 126),
        modes=("minor", "phrygian"),
        swing=(0.50, 0.50),
        progressions=("1 1 6 7", "1 2 1 7", "1 6 4 7", "1 1 1 1", "1 7 6 2"),
        colours=("triad", "fifth", "sus2"),
        bars_a_chord=(1, 2, 4),
        pieces=_PIECES,
        kicks=(_KICKS[0], _KICKS[4], _KICKS[2]),
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("motor bass", "psy", "square acid", "rolling"),
        bass_lines=_LINES,
        pads=("dark choir", "analogue strings", "neon pad"),
        stabs=("rave stab", "neon stab", "reed stab"),
        stab_rhythms=_STABS,
        plucks=("neon pluck", "square pluck", "reed pluck"),
        arp_rhythms=_ARPS,
        leads=("square lead", "neon lead", "hollow lead"),
        lead_rhythms=_LEADS,
        companies=(_NIGHT, _CRUISE, _NIGHT),
        duck_seconds=0.18,
        hall_seconds=(1.4, 2.0),
        levels={Part.BASS: 1.0},
        form=DRIVE,
        finish=Finish((3, 3, 2), 0.4, 0.4, hall_hz=5000.0, balance_db=_BALANCE_DB, correlation=0.7),
        desk=_DESK,
    ),
)  # fmt: skip
