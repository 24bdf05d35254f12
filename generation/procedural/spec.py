"""Everything a seed decides about a track before the first note is written. A brief and its Spec stand for the same piece.

Each part draws from a generator of its own (`generator`), spawned by name from the seed: other drums leave the melody as it was.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from dsp.block import SAMPLE_RATE
from generation.brief import BARS_STEP, GENRES, TAIL_SECONDS, TEMPI, Brief
from generation.key import Key, parse_key
from generation.procedural.arpeggio import ORDERS, Arpeggio
from generation.procedural.basses import BASSES
from generation.procedural.beat import Beat
from generation.procedural.grid import Grid
from generation.procedural.kit import Kit
from generation.procedural.leads import LEADS
from generation.procedural.melody import Tune, compose_tune
from generation.procedural.mood import Mood, mood_of
from generation.procedural.pads import PADS
from generation.procedural.part import DRUMS, Part
from generation.procedural.patch import Patch
from generation.procedural.pitch import hertz, nearest_octave
from generation.procedural.plan import Plan, lay_out, lay_out_wished
from generation.procedural.plucks import PLUCKS
from generation.procedural.snares import RIMS
from generation.procedural.stabs import STABS
from generation.procedural.style import Style
from generation.procedural.styles import STYLES

_BEATS: Final = 4
_FOUR_TO_THE_FLOOR: Final = ("trance", "house", "techno")
_STREAMS: Final = ("form", "harmony", "kit", "beat", "patches", "lines", "tune", "play", "sound", "title", *Part, "cloud", "tape")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Spec:
    """The decisions."""

    brief: Brief
    style: Style
    mood: Mood
    key: Key
    grid: Grid
    plan: Plan
    progression: str
    other_progression: str
    """Of the break."""
    colour: str
    bars_a_chord: int
    kit: Kit
    beat: Beat
    patches: dict[Part, Patch]
    bass_line: str
    stab_rhythm: str
    arpeggio: Arpeggio
    tune: Tune
    texture: str
    hall_seconds: float
    echo_steps: int
    """Length of the echo."""

    @property
    def frames(self) -> int:
        """The length of the track with its tail."""
        return self.grid.frame_of(self.plan.bars) + round(TAIL_SECONDS * SAMPLE_RATE)


def generator(brief: Brief, stream: str) -> np.random.Generator:
    """The generator of that name, the same for every equal brief."""
    root = np.random.SeedSequence([brief.seed, GENRES.index(brief.genre)])
    return np.random.default_rng(root.spawn(len(_STREAMS))[_STREAMS.index(stream)])


def pick(choices: tuple[_T, ...], rng: np.random.Generator) -> _T:
    """One of them, each as likely."""
    return choices[int(rng.integers(len(choices)))]


def specify(brief: Brief) -> Spec:
    """Decides."""
    form, lines, harmony = generator(brief, "form"), generator(brief, "lines"), generator(brief, "harmony")
    style = pick(STYLES[brief.genre], form)
    mood = mood_of(brief.mood or brief.words)
    bpm = _tempo(brief, style, float(form.integers(style.bpm[0], style.bpm[1] + 1)))
    grid = Grid(bpm, float(form.uniform(*style.swing)))
    plan = _plan(brief, style, grid, form)
    mode = pick(mood.modes(style.modes), harmony)
    key = Key(int(harmony.integers(12)), mode)
    if brief.key is not None:
        key = parse_key(brief.key)
    progression = pick(style.progressions, harmony)
    other = pick(tuple(one for one in style.progressions if _moves(one)), harmony)
    return Spec(
        brief=brief,
        style=style,
        mood=mood,
        key=key,
        grid=grid,
        plan=plan,
        progression=progression,
        other_progression=other if not _moves(progression) or harmony.random() < 0.5 else progression,
        colour=pick(style.colours, harmony),
        bars_a_chord=pick(style.bars_a_chord, harmony),
        kit=_kit(style, key, generator(brief, "kit")),
        beat=_beat(style, brief, generator(brief, "beat")),
        patches=_patches(style, mood, generator(brief, "patches")),
        bass_line=pick(style.bass_lines, lines),
        stab_rhythm=pick(style.stab_rhythms, lines),
        arpeggio=_arpeggio(style, lines),
        tune=compose_tune(style.lead_rhythms, nearest_octave(key.tonic + int(lines.integers(3, 9)), 72), generator(brief, "tune")),
        texture=pick(style.textures, form),
        hall_seconds=float(form.uniform(*style.hall_seconds)) * mood.space,
        echo_steps=pick(style.finish.echo_steps, form),
    )


def _moves(progression: str) -> bool:
    """Whether it ever leaves its chord: it need not in a drop, but must in a break."""
    return len(set(progression.split())) > 1


def _tempo(brief: Brief, style: Style, drawn: float) -> float:
    """The brief's; else the drawn one, bent where sections of the brief, or bars as long as slow music's, would miss its length."""
    if brief.bpm is not None:
        return brief.bpm
    bars = brief.sections_bars if brief.sections_are_closed else max(_bars(brief, style, drawn), brief.sections_bars)
    if not brief.sections and style.form.builds:
        return drawn
    slowest, fastest = TEMPI[brief.genre]
    return round(min(fastest, max(slowest, bars * _BEATS * 60.0 / (brief.seconds - TAIL_SECONDS))), 2)


def _bars(brief: Brief, style: Style, bpm: float) -> int:
    """Whole fours of bars, nearest to the wished length."""
    bar_seconds = _BEATS * 60.0 / bpm
    return max(style.form.fewest_bars, BARS_STEP * round((brief.seconds - TAIL_SECONDS) / bar_seconds / BARS_STEP))


def _plan(brief: Brief, style: Style, grid: Grid, rng: np.random.Generator) -> Plan:
    """The form: the brief's sections, or one of the style's layouts."""
    form = style.form
    cast = form.cast(pick(style.companies, rng), rng)
    bars = _bars(brief, style, grid.bpm)
    if brief.sections:
        return lay_out_wished(brief.sections, bars, form.builds, cast)
    return lay_out(bars, form.layouts, form.short, cast, rng)


def _kit(style: Style, key: Key, rng: np.random.Generator) -> Kit:
    pieces = style.pieces
    bodies = (nearest_octave(key.tonic, 30), nearest_octave(key.tonic + 7, 30))
    return Kit(
        kick=pick(pieces.kick, rng),
        snare=pick(pieces.snare, rng),
        clap=pick(pieces.clap, rng),
        rim=pick(tuple(RIMS), rng),
        closed=pick(pieces.closed, rng),
        open=pick(pieces.open, rng),
        ride=pick(pieces.ride, rng),
        shaker=pick(pieces.shaker, rng),
        percussion=pick(pieces.percussion, rng),
        body_hz=hertz(min(bodies, key=lambda pitch: abs(pitch - 30))),
    )


def _beat(style: Style, brief: Brief, rng: np.random.Generator) -> Beat:
    """Two grooves; the second drop keeps the bass drum and backbeat more often than the rest."""
    choices = dict(zip(DRUMS, (style.kicks, style.backbeats, style.hats, style.percussion), strict=True))
    first = {part: pick(grooves, rng) for part, grooves in choices.items()}
    changes = {Part.KICK: 0.25, Part.BACKBEAT: 0.35, Part.HATS: 0.7, Part.PERCUSSION: 0.7}
    second = {part: pick(choices[part], rng) if rng.random() < changes[part] else first[part] for part in DRUMS}
    return Beat(first, second, brief.genre in _FOUR_TO_THE_FLOOR)


def _patches(style: Style, mood: Mood, rng: np.random.Generator) -> dict[Part, Patch]:
    choices = {
        Part.BASS: (style.basses, BASSES),
        Part.PAD: (style.pads, PADS),
        Part.STAB: (style.stabs, STABS),
        Part.ARP: (style.plucks, PLUCKS),
        Part.LEAD: (style.leads, LEADS),
    }
    return {part: mood.tinted(presets[pick(names, rng)].coloured(rng)) for part, (names, presets) in choices.items()}


def _arpeggio(style: Style, rng: np.random.Generator) -> Arpeggio:
    return Arpeggio(
        order=pick(tuple(ORDERS), rng),
        rhythm=pick(style.arp_rhythms, rng),
        octave=pick((0, 0, 1), rng),
        steps=pick((0.6, 0.9, 1.4), rng),
    )
