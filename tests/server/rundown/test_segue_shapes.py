"""The shapes of segues, judged on what is heard: levels, joins, what steps back for what, and how much memory they take."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from dsp.bass import bass_of
from dsp.beat_match import match_beats
from dsp.block import Samples, frames_of, silence
from dsp.clicks import clicks_at
from dsp.hearing import Cues
from dsp.vocoder import vocode
from server.programme.deck import Deck
from server.programme.prepared_segue import PreparedSegue
from server.programme.voice import RAMP_FRAMES
from server.rundown.segue_shapes import (
    back_to_back,
    faded,
    on_the_beat,
    one_after_another,
    over_music,
    over_speech,
    over_tail,
    seamless,
)
from server.segue_plan import Curve, SegueKind
from tests.dsp.sounds import music, rms_db
from tests.server.decks import beaten_deck, chord, deck

AROUND = frames_of(1.0)
MOST_BYTES = 26_000_000
Shape = Callable[[Deck, Deck, str], PreparedSegue]
SHAPES = (back_to_back, faded, one_after_another, over_music, over_speech, over_tail, seamless)


def pair(overlap_seconds: float = 4.0) -> tuple[Deck, Deck]:
    return deck("a", music(20.0, 1), overlap_seconds), deck("b", music(20.0, 2), overlap_seconds)


def heard(leaving: Deck, coming: Deck, segue: PreparedSegue) -> tuple[Samples, int]:
    """A second of the leaving track, the segue, a second of the coming one behind it; and the frame at which the segue begins."""
    begin = leaving.begins_frames + segue.at_frames
    before = leaving.sound[:, begin - AROUND : begin] * leaving.gain
    resume = coming.begins_frames + segue.resume_frames
    head = np.concatenate((segue.head, coming.sound[:, resume : resume + AROUND]), axis=1) * coming.gain
    length = max(segue.tail.shape[1], head.shape[1])
    tail = np.concatenate((segue.tail * leaving.gain, silence(length - segue.tail.shape[1])), axis=1)
    head = np.concatenate((head, silence(length - head.shape[1])), axis=1)
    return np.concatenate((before, tail + head), axis=1).astype(np.float32), AROUND


@pytest.mark.parametrize("shape", SHAPES)
def test_no_join_clicks_and_the_plan_says_what_was_made(shape: Shape) -> None:
    leaving, coming = pair()
    segue = shape(leaving, coming, "because")
    sound, begin = heard(leaving, coming, segue)
    places = {begin, begin + segue.tail.shape[1], begin + segue.head.shape[1]}
    if shape is not seamless:  # these two are no album
        assert not [place for place in places if clicks_at(sound, place)]
    assert np.isfinite(sound).all()
    plan = segue.plan
    assert (plan.why, plan.leaves, plan.enters) == ("because", "e-a", "e-b")
    assert plan.overlap_frames == segue.tail.shape[1]
    assert plan.at_frames == leaving.begins_frames + segue.at_frames
    assert segue.tail.dtype == segue.head.dtype == np.float32


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("leaving_cue", "coming_cue"), list(product((Cues(0, 1, 4_800_000), Cues(100_000, 4_799_999, 4_800_000)), repeat=2))
)
def test_wherever_somebody_has_set_the_cues_it_is_bounded(shape: Shape, leaving_cue: Cues, coming_cue: Cues) -> None:
    sound = chord(100.0)
    decks = [
        deck(name, sound, cue_in_frames=cue.cue_in_frames, start_next_frames=cue.start_next_frames, cue_out_frames=cue.cue_out_frames)
        for name, cue in (("a", leaving_cue), ("b", coming_cue))
    ]
    segue = shape(decks[0], decks[1], "")
    assert segue.tail.nbytes + segue.head.nbytes <= MOST_BYTES
    assert 0 <= segue.at_frames <= leaving_cue.cue_out_frames
    assert segue.head.shape[1] >= segue.tail.shape[1]


def test_an_album_goes_on_sample_after_sample() -> None:
    whole = music(30.0)
    first, second = whole[:, :720_000].copy(), whole[:, 720_000:].copy()
    leaving, coming = deck("a", first, 0.01), deck("b", second, 0.01)
    segue = seamless(leaving, coming, "")
    assert (segue.plan.kind, segue.plan.overlap_frames, segue.tail.shape[1]) == (SegueKind.GAPLESS, 0, 0)
    sound, begin = heard(leaving, coming, segue)
    wanted = whole[:, 720_000 - begin : 720_000 - begin + sound.shape[1]] * leaving.gain
    assert np.abs(sound[:, : begin + 4_800] - wanted[:, : begin + 4_800]).max() < 2e-3, "the level of the one before is kept at first"
    assert not clicks_at(sound, begin)
    last = slice(sound.shape[1] - AROUND // 2, None)
    assert rms_db(sound[:, last]) == pytest.approx(
        rms_db(second[:, segue.resume_frames + AROUND // 2 :][:, : AROUND // 2] * coming.gain), abs=0.01
    )


def test_an_album_whose_second_track_is_softer_keeps_that_at_the_cut() -> None:
    whole = music(30.0).copy()
    whole[:, 720_000:] *= 0.5
    leaving, coming = deck("a", whole[:, :720_000].copy(), 0.01), deck("b", whole[:, 720_000:].copy(), 0.01)
    sound, begin = heard(leaving, coming, seamless(leaving, coming, ""))
    assert coming.gain / leaving.gain > 1.5
    assert np.abs(sound[:, begin : begin + 960] - whole[:, 720_000:720_960] * leaving.gain).max() < 2e-3


@pytest.mark.parametrize("shape", [back_to_back, one_after_another])
def test_a_cold_end_stays_cold(shape: Shape) -> None:
    leaving, coming = pair()
    segue = shape(leaving, coming, "")
    assert (segue.plan.overlap_frames, segue.at_frames) == (RAMP_FRAMES, frames_of(20.0) - RAMP_FRAMES)
    assert segue.plan.curve is Curve.NONE


def test_what_is_faded_stays_as_loud_as_it_was() -> None:
    leaving, coming = deck("a", chord(20.0, 220.0, 1), 6.0), deck("b", chord(20.0, 311.0, 2), 6.0)
    segue = faded(leaving, coming, "")
    assert (segue.plan.curve, segue.plan.overlap_frames) == (Curve.EQUAL_POWER, frames_of(6.0))
    sound, begin = heard(leaving, coming, segue)
    levels = [rms_db(sound[:, at : at + 19_200]) for at in range(begin - 19_200, begin + frames_of(6.0), 4_800)]
    assert max(levels) - min(levels) < 1.0


def test_the_same_sound_at_the_same_place_rises_by_nothing() -> None:
    sound = music(20.0)
    leaving, coming = deck("a", sound, 6.0), deck("b", np.concatenate((sound[:, frames_of(14.0) :], sound), axis=1), 6.0)
    segue = faded(leaving, coming, "")
    assert segue.plan.curve is Curve.LINEAR
    assert segue.plan.correlation > 0.99
    joined, begin = heard(leaving, coming, segue)
    middle = slice(begin + frames_of(2.0), begin + frames_of(4.0))
    wanted = rms_db(sound[:, frames_of(16.0) : frames_of(18.0)] * leaving.gain)
    assert rms_db(joined[:, middle]) == pytest.approx(wanted, abs=1.0)


def test_over_a_tail_the_coming_one_is_there_at_once() -> None:
    leaving, coming = pair(4.0)
    segue = over_tail(leaving, coming, "")
    half = frames_of(0.5)
    assert np.allclose(segue.head[:, half:96_000], coming.sound[:, half:96_000], atol=0.05)
    assert segue.plan.kind is SegueKind.TAIL


def test_music_steps_back_under_speech_and_fades() -> None:
    leaving, coming = pair(4.0)
    segue = over_music(leaving, coming, "")
    begin = segue.plan.at_frames
    under = slice(frames_of(0.5), frames_of(3.0))
    assert rms_db(segue.tail[:, under]) - rms_db(leaving.sound[:, begin:][:, under]) == pytest.approx(-12.0, abs=0.5)
    assert begin == frames_of(20.0 - 4.0 - 3.0)
    assert np.abs(segue.tail[:, -10:]).max() < 1e-3
    assert np.array_equal(segue.head[:, RAMP_FRAMES:], coming.sound[:, RAMP_FRAMES : segue.head.shape[1]])


def test_music_comes_in_low_under_the_last_words_and_rises() -> None:
    leaving, coming = pair(4.0)
    segue = over_speech(leaving, coming, "")
    low = slice(frames_of(0.5), segue.plan.overlap_frames)
    assert rms_db(segue.head[:, low]) - rms_db(coming.sound[:, low]) == pytest.approx(-12.0, abs=0.5)
    assert np.array_equal(segue.tail[:, :-RAMP_FRAMES], leaving.sound[:, segue.plan.at_frames : -RAMP_FRAMES])
    assert segue.head[0, -1] == pytest.approx(coming.sound[0, segue.head.shape[1] - 1], rel=0.01), "it ends at full level"


def matched(leaving: Deck, coming: Deck, stretch: Callable[[Samples, float], Samples] = vocode) -> PreparedSegue:
    cues = [
        Cues(one.entry.track.cue_in_frames, one.entry.track.start_next_frames, one.entry.track.cue_out_frames) for one in (leaving, coming)
    ]
    assert leaving.entry.track.hearing is not None
    assert coming.entry.track.hearing is not None
    match = match_beats(leaving.entry.track.hearing, cues[0], coming.entry.track.hearing, cues[1])
    return on_the_beat(leaving, coming, match, stretch, "on the beat")


@pytest.mark.parametrize(("bpm", "stretched"), [(128.0, False), (128.9, False), (130.5, True), (125.0, True)])
def test_on_the_beat_no_join_clicks_and_the_bass_changes_hands_in_the_middle(bpm: float, stretched: bool) -> None:
    leaving, coming = beaten_deck("a", 128.0), beaten_deck("b", bpm, first_seconds=0.23)
    segue = matched(leaving, coming)
    assert segue.plan.beat is not None
    assert segue.plan.beat.stretched is stretched
    sound, begin = heard(leaving, coming, segue)
    assert not [place for place in (begin, begin + segue.tail.shape[1]) if clicks_at(sound, place)]
    frames = segue.plan.overlap_frames
    first, second = slice(frames // 8, frames * 3 // 8), slice(frames * 5 // 8, frames * 7 // 8)
    levels = {
        (name, part.start): rms_db(bass_of(side)[:, part])
        for name, side in (("a", segue.tail), ("b", segue.head))
        for part in (first, second)
    }
    assert levels["a", first.start] > levels["b", first.start] + 20.0
    assert levels["b", second.start] > levels["a", second.start] + 20.0


def test_the_vocoder_is_asked_only_where_the_key_would_move() -> None:
    asked: list[tuple[int, float]] = []

    def stretch(piece: Samples, speed: float) -> Samples:
        asked.append((piece.shape[1], speed))
        return vocode(piece, speed)

    matched(beaten_deck("a", 128.0), beaten_deck("b", 129.0), stretch)
    assert asked == []
    matched(beaten_deck("a", 128.0), beaten_deck("b", 131.0), stretch)
    assert [speed for _, speed in asked] == [pytest.approx(128.0 / 131.0, rel=1e-4)]
    assert asked[0][0] < frames_of(34.0), "no whole track is stretched"
