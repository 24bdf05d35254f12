"""The shapes of segues: what is heard of two tracks while they pass one another, one function for each way they can.

Each takes two decks and the words that say why, and gives the prepared segue: the sound of both with their fades in it. It decides
nothing. An overlap is never longer than the coming track allows before its own end begins: two decks, never three. Nor is it longer
than the longest mix on the beat, wherever somebody has put a cue: so what is prepared takes 26 megabytes at most.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.bass import bass_of
from dsp.beat_match import LONGEST_FRAMES, BeatMatch
from dsp.blend import SHARED, correlation, levelling
from dsp.block import Samples, frames_of, silence
from dsp.segue import falling, rising
from dsp.stretch import cut, fitted, glide, piece_for
from server.programme.deck import Deck
from server.programme.prepared_segue import PreparedSegue
from server.programme.voice import RAMP_FRAMES
from server.segue_plan import Curve, SegueKind, SeguePlan, SharedBeat

COME_FRAMES: Final = frames_of(0.5)
"""How fast a track comes in over the tail of another."""
LEVELLING_FRAMES: Final = frames_of(10.0)
"""Over which a track that follows without a gap goes from the level of the one before to its own."""
DUCKED: Final = np.float32(0.25)
"""12 dB down."""
STEP_BACK_FRAMES: Final = frames_of(0.3)
STEP_FORTH_FRAMES: Final = frames_of(0.8)
OVER_MUSIC_FRAMES: Final = frames_of(3.0)
"""How long before its tail music steps back for who speaks."""
UNDER_SPEECH_FRAMES: Final = frames_of(2.5)
"""How long before the end of what is said the music comes in."""

Stretcher: TypeAlias = Callable[[Samples, float], Samples]
"""(piece, speed) -> the piece so much faster, in its own key (dsp/vocoder.py). May raise StretchError."""
Gains: TypeAlias = NDArray[np.float32]


def seamless(leaving: Deck, coming: Deck, why: str) -> PreparedSegue:
    """Sample after sample, as on the album. The coming track keeps the level of the one before and glides to its own."""
    level = np.float32(leaving.gain / coming.gain)
    begins, room = coming.entry.track.cue_in_frames, _room(coming)
    lasts = min(LEVELLING_FRAMES, room)
    rest = leaving.sound[:, _ends(leaving) :]
    start = cut(coming.sound, 0, begins + lasts)
    start *= level ** np.linspace(1.0, 0.0, start.shape[1], dtype=np.float32)
    head = np.concatenate((rest * level, start), axis=1)
    plan = _plan(SegueKind.GAPLESS, why, leaving, coming, _ends(leaving), 0)
    return _prepared(plan, leaving, coming, silence(0), head, begins + lasts)


def back_to_back(leaving: Deck, coming: Deck, why: str) -> PreparedSegue:
    """The coming track where the other one ends."""
    return _crossing(SegueKind.COLD, why, leaving, coming, _ends(leaving) - RAMP_FRAMES, RAMP_FRAMES)


def one_after_another(leaving: Deck, coming: Deck, why: str) -> PreparedSegue:
    """As back to back, where two speak."""
    return _crossing(SegueKind.DUCK, why, leaving, coming, _ends(leaving) - RAMP_FRAMES, RAMP_FRAMES)


def faded(leaving: Deck, coming: Deck, why: str) -> PreparedSegue:
    """One down and the other up, as loud together as they were alone."""
    begin = _start_next(leaving)
    overlap = _overlap(leaving, coming, begin)
    return _levelled(SegueKind.FADE, why, leaving, coming, begin, falling(overlap, 0, overlap), rising(overlap, 0, overlap))


def over_tail(leaving: Deck, coming: Deck, why: str) -> PreparedSegue:
    """The coming track at once; the other one rings out under it."""
    begin = _start_next(leaving)
    overlap = _overlap(leaving, coming, begin)
    come = min(COME_FRAMES, overlap)
    return _levelled(SegueKind.TAIL, why, leaving, coming, begin, falling(overlap, 0, overlap), rising(come, 0, overlap))


def over_music(leaving: Deck, coming: Deck, why: str) -> PreparedSegue:
    """Somebody speaks over the end of the music, which steps back under him and fades."""
    begin = max(_start_next(leaving) - OVER_MUSIC_FRAMES, leaving.begins_frames)
    overlap = _overlap(leaving, coming, begin)
    back = min(STEP_BACK_FRAMES, overlap)
    under = DUCKED + (1 - DUCKED) * falling(back, 0, overlap)
    out = overlap // 2
    under[overlap - out :] *= falling(out, 0, out)
    tail = cut(leaving.sound, begin, begin + overlap) * under
    head = _head(coming, overlap) * rising(min(RAMP_FRAMES, overlap), 0, overlap)
    return _prepared(_plan(SegueKind.DUCK, why, leaving, coming, begin, overlap), leaving, coming, tail, head)


def over_speech(leaving: Deck, coming: Deck, why: str) -> PreparedSegue:
    """Music comes in low under the last words, and rises when they are said."""
    said = _ends(leaving) - leaving.begins_frames
    overlap = max(RAMP_FRAMES, min(UNDER_SPEECH_FRAMES, said // 3, _room(coming) // 2))
    begin, lasts = _ends(leaving) - overlap, min(overlap + STEP_FORTH_FRAMES, _room(coming))
    tail = cut(leaving.sound, begin, begin + overlap)
    tail[:, -RAMP_FRAMES:] *= falling(RAMP_FRAMES, 0, RAMP_FRAMES)
    gains = DUCKED * rising(min(STEP_BACK_FRAMES, overlap), 0, lasts)
    gains[overlap:] = DUCKED + (1 - DUCKED) * rising(max(1, lasts - overlap), 0, lasts - overlap)
    head = _head(coming, lasts) * gains
    return _prepared(_plan(SegueKind.DUCK, why, leaving, coming, begin, overlap), leaving, coming, tail, head)


def on_the_beat(leaving: Deck, coming: Deck, match: BeatMatch, stretch: Stretcher, why: str) -> PreparedSegue:
    """Both on one beat: all but the bass passes over the whole overlap, the bass within half a beat in its middle."""
    begin, frames = match.leaving_begin, match.frames
    if match.glides:
        ours = glide(leaving.sound, begin, 1.0, match.leaving_speed, frames)
        speed = match.coming_speed
        theirs = glide(coming.sound, match.coming_end - frames * (speed + 1.0) / 2, speed, 1.0, frames)
    else:
        ours = cut(leaving.sound, begin, begin + frames)
        speed = (match.coming_end - match.coming_begin) / frames
        stretched = stretch(piece_for(coming.sound, match.coming_begin, match.coming_end), speed)
        theirs = fitted(stretched, coming.sound, match.coming_begin, match.coming_end, frames)
    swapped = match.frame_of_beat(match.beats // 2)
    swap = round(swapped - match.frame_of_beat(match.beats // 2 - 0.5))
    at = np.clip(np.arange(frames) - (round(swapped) - swap), 0, swap)
    down, up = falling(swap, 0, swap + 1)[at], rising(swap, 0, swap + 1)[at]
    tail = _banded(ours, falling(frames, 0, frames), down)
    head = _banded(theirs, rising(frames, 0, frames), up)
    gains = levelling(tail * np.float32(leaving.gain), head * np.float32(coming.gain))
    beat = SharedBeat(
        match.bars, match.beats, match.from_beat_frames, match.to_beat_frames, round(match.coming_speed, 5), stretched=not match.glides
    )
    plan = _plan(SegueKind.BEATMATCHED, why, leaving, coming, begin, frames, correlation(ours, theirs), beat)
    return _prepared(plan, leaving, coming, tail * gains, head * gains, match.coming_end)


def _banded(sound: Samples, gains: Gains, bass_gains: Gains) -> Samples:
    """`sound` with one gain for its bass and one for the rest; where they are equal it is untouched but for them."""
    return sound * gains + bass_of(sound) * (bass_gains - gains)


def _crossing(kind: SegueKind, why: str, leaving: Deck, coming: Deck, begin: int, overlap: int) -> PreparedSegue:
    """A short pass of equal power."""
    tail = cut(leaving.sound, begin, begin + overlap) * falling(overlap, 0, overlap)
    head = _head(coming, overlap) * rising(overlap, 0, overlap)
    return _prepared(_plan(kind, why, leaving, coming, begin, overlap), leaving, coming, tail, head)


def _levelled(kind: SegueKind, why: str, leaving: Deck, coming: Deck, begin: int, down: Gains, up: Gains) -> PreparedSegue:
    """Along these gains, and corrected for what the two have in common."""
    overlap = down.shape[0]
    ours, theirs = cut(leaving.sound, begin, begin + overlap), _head(coming, overlap)
    common = correlation(ours, theirs)
    ours, theirs = ours * down, theirs * up
    gains = levelling(ours * np.float32(leaving.gain), theirs * np.float32(coming.gain))
    return _prepared(_plan(kind, why, leaving, coming, begin, overlap, common), leaving, coming, ours * gains, theirs * gains)


def _plan(
    kind: SegueKind,
    why: str,
    leaving: Deck,
    coming: Deck,
    begin: int,
    overlap: int,
    common: float | None = None,
    beat: SharedBeat | None = None,
) -> SeguePlan:
    curve = Curve.NONE if common is None else Curve.LINEAR if common >= SHARED else Curve.EQUAL_POWER
    return SeguePlan(kind, why, leaving.entry.id, coming.entry.id, begin, overlap, curve, round(common or 0.0, 3), beat)


def _prepared(
    plan: SeguePlan, leaving: Deck, coming: Deck, tail: Samples, head: Samples, resume_frames: int | None = None
) -> PreparedSegue:
    """`resume_frames`: in the coming track; where its head ends as it stands, if nothing is said."""
    resume = coming.begins_frames + head.shape[1] if resume_frames is None else resume_frames
    return PreparedSegue(plan, plan.at_frames - leaving.begins_frames, tail, head, resume - coming.begins_frames)


def _ends(deck: Deck) -> int:
    """The first frame of its track that is not to air."""
    frames: int = deck.sound.shape[1]
    return min(deck.entry.track.cue_out_frames, frames)


def _start_next(deck: Deck) -> int:
    return min(deck.entry.track.start_next_frames, _ends(deck))


def _room(deck: Deck) -> int:
    """How long it may be a coming track: half its way, so that the one after it can be cued meanwhile."""
    return max(RAMP_FRAMES, (_start_next(deck) - deck.begins_frames) // 2)


def _overlap(leaving: Deck, coming: Deck, begin: int) -> int:
    return max(RAMP_FRAMES, min(_ends(leaving) - begin, _room(coming), LONGEST_FRAMES))


def _head(coming: Deck, frames: int) -> Samples:
    return cut(coming.sound, coming.begins_frames, coming.begins_frames + frames)
