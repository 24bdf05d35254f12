"""Lo-fi: dusty, jazz, rainy. Old keys over a lazy beat, on a tape that does not run quite evenly."""

from typing import Final

from generation.procedural.channel import Channel
from generation.procedural.company import Company
from generation.procedural.finish import Finish, Tape
from generation.procedural.form import SONG
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.style import Pieces, Style

_ALL: Final = (0.0, 1.0)
_LATER: Final = (0.5, 1.0)
_KICKS: Final = (
    {Drum.KICK: "X.........x....."},
    {Drum.KICK: "X......x..x....."},
    {Drum.KICK: "X.........x.....X......x..x....."},
    {Drum.KICK: "X.....o...x....o"},
    {Drum.KICK: "X..x......X.....X.........x..o.."},
)
_SNARES: Final = (
    {Drum.SNARE: "....X.......X..."},
    {Drum.SNARE: "....X.......X..o"},
    {Drum.SNARE: "....X.......X.......X..o....X..."},
    {Drum.RIM: "....X.......X..."},
    {Drum.SNARE: "....x.......x...", Drum.RIM: ".......o......o."},
    {Drum.SNARE: "....X....o..X..."},
)
_HATS: Final = (
    {Drum.CLOSED: "x.x.x.x.x.x.x.x."},
    {Drum.CLOSED: "x.o.x.o.x.oox.o."},
    {Drum.CLOSED: "x.xox.o.x.xox.oo"},
    {Drum.CLOSED: "..x...x...x...x.", Drum.SHAKER: "o.o.o.o.o.o.o.o."},
    {Drum.RIDE: "x...x.o.x...x.o.", Drum.CLOSED: "....x.......x..."},
)
_PERCUSSION: Final = (
    {Drum.SHAKER: "..o...o...o...o."},
    {Drum.RIM: "..........o....o"},
    {Drum.HIGH: "...o......o.....", Drum.LOW: "..............o."},
    {Drum.LOW: ".......o.......o"},
)
_PIECES: Final = Pieces(
    kick=("dusty", "soft", "woody"),
    snare=("dusty", "brushed", "break"),
    clap=("brush", "dry clap"),
    closed=("dust", "soft", "sand"),
    open=("airy",),
    ride=("wash", "ride"),
    shaker=("shaker", "seeds"),
    percussion=("bongo", "conga", "block"),
)
_KEYS: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.LEAD: _LATER},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.LEAD: _ALL, Part.PAD: _LATER},
    breakdown={Part.STAB: _ALL, Part.PAD: _ALL},
)
_BROKEN: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.ARP: _LATER},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.ARP: _ALL, Part.PAD: _ALL},
    breakdown={Part.STAB: _ALL, Part.ARP: _ALL},
)
_SUNG: Final = Company(
    drop={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _ALL},
    drop2={Part.BASS: _ALL, Part.STAB: _ALL, Part.PAD: _ALL, Part.LEAD: _ALL},
    breakdown={Part.STAB: _ALL, Part.LEAD: _ALL},
)
_LINES: Final = (
    "R-----..r-....f-",
    "R---....r-r---..",
    "R------.......s-R-----..f-..r---",
    "R-----..~o----f-",
    "R---..r-..f-..n-",
    "R---r---f---s---",
    "R--...r-....f-..R--...r-..o-..n-",
    "R-------....r-f-",
)
_COMPS: Final = (
    "X...............",
    "X......x........",
    "X.....x.........X.........x.....",
    "..x...........x.x.....x.........",
    "X...........x...",
    "X.........x.....",
    "x..x......x.....",
)
_ARPS: Final = ("x...x...x...x...", "..x...x...x.x...", "x.....x.....x...", "x..x..x.....x...", "x.x...x.x.x...x.")
_LEADS: Final = (
    "x.....x...x.....x...............",
    "....x.x.x...........x.x...x.....",
    "x...x.........x.x...............",
    "..x...x.x.......x.....x.........",
    "x.x.x.......x...x...x...........",
)
_DESK: Final = {
    Part.KICK: Channel(-18.5),
    Part.BACKBEAT: Channel(-22.0, highpass_hz=140.0, hall=0.09),
    Part.HATS: Channel(-29.5, highpass_hz=400.0, hall=0.05),
    Part.PERCUSSION: Channel(-30.0, highpass_hz=150.0, hall=0.16),
    Part.BASS: Channel(-20.0, duck=0.35),
    Part.PAD: Channel(-26.0, highpass_hz=130.0, lowpass=True, duck=0.3, ensemble=0.5, hall=0.34, voice=True),
    Part.STAB: Channel(-19.5, highpass_hz=120.0, duck=0.25, ensemble=0.35, hall=0.2, voice=True),
    Part.ARP: Channel(-24.0, highpass_hz=200.0, duck=0.2, ensemble=0.2, echo=0.3, hall=0.26, voice=True),
    Part.LEAD: Channel(-22.0, highpass_hz=200.0, duck=0.15, ensemble=0.2, echo=0.3, hall=0.3, voice=True),
    Part.TEXTURE: Channel(-32.5, highpass_hz=250.0),
    Part.TRANSITIONS: Channel(-36.0, hall=0.2),
}
_BALANCE_DB: Final = (-7.5, -3.4, -4.6, -14.5, -21.0)

LO_FI: Final = (
    Style(
        name="dusty",
        bpm=(72, 86),
        modes=("minor", "dorian", "major"),
        swing=(0.56, 0.60),
        progressions=("2 5 1 6", "4 3 6 1", "1 6 2 5", "4 5 3 6", "6 2 5 1", "1 4", "4 3 2 1", "1 3 4 4"),
        colours=("seventh", "ninth", "seventh"),
        bars_a_chord=(1, 1, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("upright", "warm sub", "finger"),
        bass_lines=_LINES,
        pads=("tape strings", "warm pad", "hollow pad"),
        stabs=("rhodes", "felt piano", "electric piano"),
        stab_rhythms=_COMPS,
        plucks=("music box", "harp", "kalimba", "muted"),
        arp_rhythms=_ARPS,
        leads=("muted horn", "flute", "soft lead", "tine lead"),
        lead_rhythms=_LEADS,
        companies=(_KEYS, _BROKEN, _SUNG),
        duck_seconds=0.22,
        hall_seconds=(0.9, 1.4),
        levels={},
        form=SONG,
        finish=Finish(
            (3, 6), 0.35, 0.25, 0.9, 3800.0, 0.5, tape=Tape(9.0, 2.2, 8500.0, 1.5), drag_seconds=0.016, looseness=2.2,
            balance_db=_BALANCE_DB, correlation=0.82,
        ),
        textures=("vinyl", "tape hiss"),
        desk=_DESK,
    ),
    Style(
        name="jazz",
        bpm=(76, 92),
        modes=("major", "dorian", "mixolydian"),
        swing=(0.57, 0.60),
        progressions=("2 5 1 1", "1 6 2 5", "3 6 2 5", "2 5 3 6", "1 4 3 6", "4 5 1 6", "1 2 3 2"),
        colours=("ninth", "six nine", "seventh", "eleventh"),
        bars_a_chord=(1, 1, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_SNARES,
        hats=(_HATS[4], *_HATS[:3]),
        percussion=_PERCUSSION,
        basses=("upright", "wood", "finger"),
        bass_lines=("R---f---s---n---", "R---t---f---s---", "R---f---o---n---", *_LINES[:5]),
        pads=("tape strings", "tine pad", "reed pad"),
        stabs=("rhodes", "electric piano", "nylon", "felt piano"),
        stab_rhythms=_COMPS,
        plucks=("harp", "muted", "music box"),
        arp_rhythms=_ARPS,
        leads=("muted horn", "flute", "whistle"),
        lead_rhythms=_LEADS,
        companies=(_KEYS, _SUNG, _KEYS),
        duck_seconds=0.2,
        hall_seconds=(0.8, 1.2),
        levels={Part.HATS: 1.0},
        form=SONG,
        finish=Finish(
            (3, 6), 0.3, 0.25, 0.8, 4200.0, 0.5, tape=Tape(6.0, 1.6, 10_000.0, 1.4), drag_seconds=0.012, looseness=2.5,
            balance_db=_BALANCE_DB, correlation=0.82,
        ),
        textures=("vinyl", "tape hiss"),
        desk=_DESK,
    ),
    Style(
        name="rainy",
        bpm=(66, 78),
        modes=("minor", "dorian"),
        swing=(0.55, 0.59),
        progressions=("1 6 4 5", "6 4 1 5", "1 4", "4 1", "1 7 6 7", "6 7 1 1"),
        colours=("seventh", "added ninth", "ninth"),
        bars_a_chord=(1, 2),
        pieces=_PIECES,
        kicks=_KICKS,
        backbeats=_SNARES,
        hats=_HATS,
        percussion=_PERCUSSION,
        basses=("warm sub", "upright", "deep dub"),
        bass_lines=_LINES,
        pads=("tape strings", "drift pad", "choir"),
        stabs=("felt piano", "nylon", "rhodes"),
        stab_rhythms=_COMPS,
        plucks=("music box", "harp", "kalimba"),
        arp_rhythms=_ARPS,
        leads=("flute", "glass bell", "muted horn", "vox"),
        lead_rhythms=_LEADS,
        companies=(_BROKEN, _SUNG, _KEYS),
        duck_seconds=0.22,
        hall_seconds=(1.2, 1.8),
        levels={Part.TEXTURE: 3.0, Part.PAD: 1.0},
        form=SONG,
        finish=Finish(
            (3, 6, 4), 0.4, 0.22, 1.0, 3600.0, 0.55, tape=Tape(12.0, 2.6, 7600.0, 1.5), drag_seconds=0.018, looseness=2.2,
            balance_db=_BALANCE_DB, correlation=0.8,
        ),
        textures=("rain", "tape hiss"),
        desk=_DESK,
    ),
)  # fmt: skip
