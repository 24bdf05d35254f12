"""The beat event: a line from which a page computes the phase, and only where the ears are certain."""

from dataclasses import replace

import pytest

from dsp.beat_match import match_beats
from dsp.block import SAMPLE_RATE, frames_of
from dsp.hearing import BeatGrid, Cues, Hearing
from server.segue_plan import SegueKind, SeguePlan, SharedBeat
from server.track import Airing, Entry, Reason
from tests.hearings import a_hearing
from tests.server.virtual_station import track
from web.beats import Beat, beat_of

BEGAN = 10_000_000


def airing(hearing: Hearing | None, offset_frames: int = 0, cue_in_frames: int = 0, segue: SeguePlan | None = None) -> Airing:
    one = track("t", 180.0, hearing=hearing, cue_in_frames=cue_in_frames)
    return Airing(Entry("e-t", one, Reason.LIBRARY), BEGAN, BEGAN + frames_of(180.0), offset_frames, segue)


def beats(beat: Beat, position: float) -> float:
    """How many beats have passed since some one of a bar: as the page computes it."""
    at = position - beat.position
    if beat.glide is None or not 0 <= at < beat.glide.frames:
        return (position - beat.one_position) / beat.beat_frames
    first, last = 1 / beat.glide.from_beat_frames, 1 / beat.glide.to_beat_frames
    return first * at + (last - first) * at * at / (2 * beat.glide.frames)


@pytest.mark.parametrize(("offset", "cue_in"), [(0, 0), (0, 9_600), (480_000, 0), (-1_234, 0), (70_001, 4_800)])
def test_beats_lie_where_those_of_the_track_are_heard(offset: int, cue_in: int) -> None:
    grid = BeatGrid(125.0, 1_000.0, 2, 4, 0.9)
    beat = beat_of(airing(a_hearing(grid=grid), offset, cue_in))
    assert beat is not None
    assert (beat.entry_id, beat.bpm, beat.beats_a_bar, beat.position, beat.glide) == ("e-t", 125.0, 4, BEGAN, None)
    for number in (2, 6, 102):
        heard = BEGAN - offset - cue_in + grid.beat_at(number)
        assert beats(beat, heard) == pytest.approx(round(beats(beat, heard)), abs=1e-3)
        assert round(beats(beat, heard)) % 4 == 0, "it is a one"


@pytest.mark.parametrize(
    "hearing", [None, a_hearing(grid=None), a_hearing(grid=BeatGrid(125.0, 0.0, 0, 4, 0.49))], ids=["unheard", "none", "uncertain"]
)
def test_what_is_not_certain_is_not_told(hearing: Hearing | None) -> None:
    assert beat_of(airing(hearing)) is None


@pytest.mark.parametrize("bpm", [128.0, 129.0, 127.2, 131.0, 64.0])
def test_in_a_mix_its_beat_is_the_shared_one_and_goes_over_into_its_own(bpm: float) -> None:
    leaving = a_hearing(grid=BeatGrid(128.0, 4_800.0, 0, 4, 0.9))
    coming = a_hearing(grid=BeatGrid(bpm, 2_000.0, 1, 4, 0.9))
    cues = Cues(0, frames_of(178.0), frames_of(180.0))
    match = match_beats(leaving, cues, coming, cues)
    shared = SharedBeat(
        match.bars, match.beats, match.from_beat_frames, match.to_beat_frames, match.coming_speed, stretched=not match.glides
    )
    plan = SeguePlan(SegueKind.BEATMATCHED, "why", "a", "e-t", match.leaving_begin, match.frames, beat=shared)
    beat = beat_of(airing(coming, match.coming_end - match.frames, 0, plan))
    assert beat is not None
    assert beat.glide is not None
    for number in (0, 1, 17, match.beats - 1):
        assert beats(beat, BEGAN + match.frame_of_beat(number)) == pytest.approx(number, abs=0.002)
    end = BEGAN + match.frames
    assert beats(beat, end) == pytest.approx(round(beats(beat, end)), abs=0.002), "behind the mix it goes on on a beat"
    behind = end + 10 * beat.beat_frames
    assert beats(beat, behind) - beats(beat, end) == pytest.approx(10.0)
    assert beat.beat_frames == pytest.approx(60 * SAMPLE_RATE / bpm, abs=1e-3)


def test_a_segue_without_a_common_beat_changes_nothing() -> None:
    plain = airing(a_hearing())
    plan = SeguePlan(SegueKind.FADE, "why", "a", "e-t", 0, 480)
    assert beat_of(replace(plain, segue=plan)) == beat_of(plain)
