"""Segues, planned ahead: how one track on a deck gives way to the one on the other, decided and made before it is needed.

Looks at both tracks and at what the ears said of them, decides in one fixed order (speech, album, cold end, common beat, tail, fade)
and says why in plain words. The work is done aside of the event loop and in a bounded time. Nothing depends on it: playout makes an
ordinary segue of two decks for which nothing was prepared.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol, TypeAlias

import numpy as np
import structlog

from dsp.beat_match import Unmatched, described, match_beats
from dsp.block import Samples, frames_of, seconds_of
from dsp.clicks import clicks_at
from dsp.gain import gain_to_db
from dsp.hearing import Cues
from dsp.loudness import HOP_FRAMES, hop_energies, lufs
from dsp.stretch import cut
from dsp.vocoder import vocode
from server.programme.deck import Deck
from server.programme.prepared_segue import PreparedSegue
from server.rundown.segue_shapes import (
    Stretcher,
    back_to_back,
    faded,
    on_the_beat,
    one_after_another,
    over_music,
    over_speech,
    over_tail,
    seamless,
)
from server.rundown.stretching import StretchError
from server.track import Track

LONGEST_SECONDS: Final = 20.0
SOON_FRAMES: Final = frames_of(5.0)
"""A mix that would begin sooner than this is not begun: it has to be made first."""
COLD_FRAMES: Final = frames_of(0.4)
"""A track whose music goes on until so shortly before its end ends cold."""
TAIL_LU: Final = 6.0
"""What lies so far below a track's loudness fades by itself."""
TAIL_HEARD_FRAMES: Final = frames_of(3.0)
EDGE_FRAMES: Final = frames_of(0.1)
"""A file that is trimmed by more than this has a pause there."""
_EDGE_HEARD_FRAMES: Final = frames_of(0.02)
SILENT_EDGE_DBFS: Final = -50.0
SPOKEN: Final = frozenset(
    {"speech", "spoken", "spoken word", "talk", "voice", "news", "podcast", "jingle", "jingles", "ident", "station id", "sweeper", "liner"}
)
"""Genres of what is said, not played; whatever the case."""
_log = structlog.get_logger(__name__)

Aside: TypeAlias = Callable[[Callable[[], PreparedSegue]], Awaitable[PreparedSegue]]
"""Has work done where it disturbs nobody. Raises TimeoutError when that takes too long."""


class SeguePlanner(Protocol):
    """What cueing asks."""

    async def prepare(self, leaving: Deck, coming: Deck) -> PreparedSegue | None:
        """The segue between two decks; None if there was no time for one."""


async def in_thread(work: Callable[[], PreparedSegue]) -> PreparedSegue:
    """In a thread of its own, awaited no longer than `LONGEST_SECONDS`: for engines."""
    async with asyncio.timeout(LONGEST_SECONDS):
        return await asyncio.to_thread(work)


async def at_once(work: Callable[[], PreparedSegue]) -> PreparedSegue:
    """Here and now: for simulations."""
    return work()


class Segues:
    """The planner."""

    def __init__(self, aside: Aside = at_once, stretch: Stretcher = vocode) -> None:
        self.unready_total = 0
        """Segues that could not be made in time, or at all."""
        self._aside = aside
        self._stretch = stretch

    async def prepare(self, leaving: Deck, coming: Deck) -> PreparedSegue | None:
        """The segue between two decks; None, counted and logged, if there was no time for one or its making failed."""
        try:
            return await self._aside(partial(segue_between, leaving, coming, self._stretch))
        except TimeoutError:
            self._miss(leaving, coming, "it was not ready in time")
        except Exception:  # noqa: BLE001  (logged: playout makes an ordinary segue)
            self._miss(leaving, coming, "making it failed", traceback=True)
        return None

    def _miss(self, leaving: Deck, coming: Deck, reason: str, *, traceback: bool = False) -> None:
        self.unready_total += 1
        _log.warning(
            "no segue was prepared", leaving=leaving.entry.track.id, coming=coming.entry.track.id, reason=reason, exc_info=traceback
        )


def segue_between(leaving: Deck, coming: Deck, stretch: Stretcher) -> PreparedSegue:
    """Decides and makes it. Blocks for up to a second, or as long as `stretch` does."""
    ours, theirs = leaving.entry.track, coming.entry.track
    if is_spoken(ours) or is_spoken(theirs):
        return _with_speech(leaving, coming)
    if _joined(leaving, coming):
        return seamless(leaving, coming, f"Both are of “{ours.album}” and run into one another there.")
    if ours.cue_out_frames - ours.start_next_frames <= COLD_FRAMES:
        return back_to_back(leaving, coming, "It ends cold, as it was meant to.")
    try:
        return _on_one_beat(leaving, coming, stretch)
    except (Unmatched, StretchError) as reason:
        return _over_the_end(leaving, coming, str(reason))


def is_spoken(track: Track) -> bool:
    """Its genre says that somebody speaks."""
    return " ".join(track.genre.casefold().split()) in SPOKEN


def _with_speech(leaving: Deck, coming: Deck) -> PreparedSegue:
    ours, theirs = leaving.entry.track, coming.entry.track
    if is_spoken(ours) and is_spoken(theirs):
        return one_after_another(leaving, coming, f"{ours.genre} and {theirs.genre}: one after the other.")
    if is_spoken(ours):
        return over_speech(leaving, coming, f"The music comes in under the end of the {ours.genre} and rises when it is over.")
    if ours.cue_out_frames - ours.start_next_frames <= COLD_FRAMES:
        return back_to_back(leaving, coming, f"It ends cold; the {theirs.genre} follows.")
    return over_music(leaving, coming, f"The music steps back under the {theirs.genre} and fades.")


def _joined(leaving: Deck, coming: Deck) -> bool:
    """Two tracks of one album that are cut where the sound goes on: loud up to the cut on either side, and no click if they are joined."""
    ours, theirs = leaving.entry.track, coming.entry.track
    if not ours.album or ours.album.casefold() != theirs.album.casefold() or ours.id == theirs.id:
        return False
    if leaving.sound.shape[1] - ours.cue_out_frames > EDGE_FRAMES or theirs.cue_in_frames > EDGE_FRAMES:
        return False
    before, after = leaving.sound[:, -EDGE_FRAMES:], coming.sound[:, :EDGE_FRAMES]
    if min(_level_db(before[:, -_EDGE_HEARD_FRAMES:]), _level_db(after[:, :_EDGE_HEARD_FRAMES])) < SILENT_EDGE_DBFS:
        return False
    return not clicks_at(np.concatenate((before, after), axis=1), before.shape[1])


def _level_db(sound: Samples) -> float:
    return gain_to_db(float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))) if sound.size else -np.inf


def _on_one_beat(leaving: Deck, coming: Deck, stretch: Stretcher) -> PreparedSegue:
    """Raises Unmatched, StretchError."""
    ours, theirs = leaving.entry.track, coming.entry.track
    if ours.hearing is None or theirs.hearing is None:
        raise Unmatched("the ears have not heard both tracks yet")
    match = match_beats(ours.hearing, _cues(ours), theirs.hearing, _cues(theirs))
    if match.leaving_begin - leaving.begins_frames < max(leaving.at_frames, leaving.head_ends_frames) + SOON_FRAMES:
        raise Unmatched("its last phrases are on air already")
    keys = f"{ours.hearing.key.camelot} and {theirs.hearing.key.camelot}"
    why = f"{ours.hearing.tempo.bpm:.1f} and {theirs.hearing.tempo.bpm:.1f} BPM, keys {keys}: mixed {described(match)}."
    return on_the_beat(leaving, coming, match, stretch, why)


def _over_the_end(leaving: Deck, coming: Deck, reason: str) -> PreparedSegue:
    """Over a tail that fades by itself, or by fading. `reason`: why they are not mixed on the beat."""
    track = leaving.entry.track
    begin = track.start_next_frames
    heard = cut(leaving.sound, begin, min(begin + TAIL_HEARD_FRAMES, begin + (track.cue_out_frames - begin) // 2))
    below_lu = track.loudness_lufs - float(lufs(hop_energies(heard).mean())) if heard.shape[1] >= HOP_FRAMES else 0.0
    left = f"{seconds_of(track.cue_out_frames - begin):.1f} s"
    apart = f"Not on the beat: {reason}."
    if below_lu >= TAIL_LU:
        return over_tail(leaving, coming, f"Its last {left} fade by themselves, {below_lu:.0f} LU down. {apart}")
    return faded(leaving, coming, f"Its last {left} are as loud as the rest. {apart}")


def _cues(track: Track) -> Cues:
    return Cues(track.cue_in_frames, track.start_next_frames, track.cue_out_frames)
