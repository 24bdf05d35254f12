"""Beat match: where beats may fall together, and why they may not. No sound, only places."""

from dataclasses import replace

import pytest

from dsp.beat_match import LONGEST_FRAMES, BeatMatch, Unmatched, described, match_beats, wheel_distance
from dsp.block import SAMPLE_RATE, frames_of
from dsp.hearing import BeatGrid, Cues, Hearing, Key
from tests.hearings import a_hearing

A_MINOR, E_MINOR, C_MAJOR, D_MAJOR = Key(9, True, 0.9, 0.0), Key(4, True, 0.9, 0.0), Key(0, False, 0.9, 0.0), Key(2, False, 0.9, 0.0)
THREE_MINUTES = Cues(0, frames_of(178.0), frames_of(180.0))


def heard(bpm: float, first: float = 4_800.0, key: Key = A_MINOR, **grid: float) -> Hearing:
    made = BeatGrid(bpm, first, 0, 4, 0.9)
    return a_hearing(grid=replace(made, **grid), key=key)  # type: ignore[arg-type]


def match(ours: Hearing, theirs: Hearing, leaving: Cues = THREE_MINUTES, coming: Cues = THREE_MINUTES) -> BeatMatch:
    return match_beats(ours, leaving, theirs, coming)


def refusal(ours: Hearing, theirs: Hearing, leaving: Cues = THREE_MINUTES, coming: Cues = THREE_MINUTES) -> str:
    with pytest.raises(Unmatched) as refused:
        match(ours, theirs, leaving, coming)
    return str(refused.value)


def on_beat(grid: BeatGrid | None, frame: float) -> float:
    """How far a frame lies from a beat, in frames; and of the beat's number in its bar."""
    assert grid is not None
    number = round((frame - grid.first_beat_frames) / grid.beat_frames)
    assert (number - grid.downbeat) % grid.beats_a_bar == 0, "it is no one"
    return abs(frame - grid.beat_at(number))


@pytest.mark.parametrize("theirs", [128.0, 128.9, 127.2, 131.5, 124.6, 64.0, 64.4, 255.0])
def test_it_begins_on_a_phrase_and_meets_the_first_bar(theirs: float) -> None:
    ours, coming = heard(128.0, downbeat=3), heard(theirs, first=2_000.0, downbeat=1)
    one = match(ours, coming)
    assert on_beat(ours.grid, one.leaving_begin) < 1.0
    assert on_beat(coming.grid, one.coming_begin) < 1.0
    assert one.beats == 4 * one.bars
    assert ours.grid is not None
    first_bar = ours.grid.beat_at(3)
    bars_in = (one.leaving_begin - first_bar) / (4 * ours.grid.beat_frames)
    assert round(bars_in) % 8 == 0 if one.bars == 8 else round(bars_in + 16) % 8 == 0
    assert one.leaving_begin + one.frames <= THREE_MINUTES.cue_out_frames
    assert one.frames <= LONGEST_FRAMES


@pytest.mark.parametrize(("theirs", "speed"), [(128.0, 1.0), (129.0, 128.0 / 129.0), (64.5, 64.0 / 64.5), (252.0, 256.0 / 252.0)])
def test_the_coming_one_goes_at_the_tempo_of_the_leaving_one(theirs: float, speed: float) -> None:
    assert match(heard(128.0), heard(theirs)).coming_speed == pytest.approx(speed)


def test_up_to_one_percent_the_tempo_glides_and_beyond_it_stays() -> None:
    near, far = match(heard(128.0), heard(129.0)), match(heard(128.0), heard(131.0))
    assert near.glides
    assert near.to_beat_frames == pytest.approx(60 * SAMPLE_RATE / 129.0)
    assert near.leaving_speed == pytest.approx(129.0 / 128.0)
    assert not far.glides
    assert far.leaving_speed == 1.0
    assert far.to_beat_frames == far.from_beat_frames == pytest.approx(60 * SAMPLE_RATE / 128.0)


@pytest.mark.parametrize("theirs", [128.0, 129.0, 127.0])
def test_the_beats_of_the_overlap_add_up_to_its_length(theirs: float) -> None:
    one = match(heard(128.0), heard(theirs))
    assert one.frame_of_beat(0) == 0.0
    assert one.frame_of_beat(one.beats) == pytest.approx(one.frames, abs=1.0)
    places = [one.frame_of_beat(number) for number in range(one.beats + 1)]
    assert places[1] - places[0] == pytest.approx(one.from_beat_frames, rel=1e-3)
    assert places[-1] - places[-2] == pytest.approx(one.to_beat_frames, rel=1e-3)


@pytest.mark.parametrize(("bpm", "bars"), [(128.0, 16), (124.0, 16), (100.0, 8), (61.0, 8)])
def test_it_lasts_sixteen_bars_or_eight(bpm: float, bars: int) -> None:
    assert match(heard(bpm), heard(bpm)).bars == bars


def test_a_short_track_gets_eight_bars() -> None:
    short = Cues(0, frames_of(40.0), frames_of(42.0))
    assert match(heard(128.0), heard(128.0), coming=short).bars == 8
    assert match(heard(128.0), heard(128.0), leaving=short).bars == 8


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        (heard(128.0), heard(133.0), "tempi"),
        (heard(128.0), heard(123.5), "tempi"),
        (heard(128.0), heard(96.0), "tempi"),
        (heard(128.0, confidence=0.49), heard(128.0), "leaving track is not certain"),
        (heard(128.0), heard(128.0, confidence=0.2), "coming track is not certain"),
        (a_hearing(grid=None), heard(128.0), "leaving track has no steady beat"),
        (heard(128.0), a_hearing(grid=None), "coming track has no steady beat"),
        (heard(128.0), heard(128.0, beats_a_bar=3), "one counts 4, the other 3"),
        (heard(128.0), heard(128.0, key=D_MAJOR), "keys 8A and 10B"),
    ],
)
def test_what_does_not_go_together_is_refused_with_the_reason(ours: Hearing, theirs: Hearing, words: str) -> None:
    assert words in refusal(ours, theirs)


@pytest.mark.parametrize(("bpm", "goes"), [(131.9, True), (132.0, False), (124.3, True), (124.2, False)])
def test_three_percent_is_the_border(bpm: float, goes: bool) -> None:
    if goes:
        assert match(heard(128.0), heard(bpm)).bars in (8, 16)
    else:
        assert "apart" in refusal(heard(128.0), heard(bpm))


@pytest.mark.parametrize(
    ("leaving", "coming"), [(Cues(0, frames_of(9), frames_of(10)), THREE_MINUTES), (THREE_MINUTES, Cues(0, frames_of(9), frames_of(10)))]
)
def test_without_room_for_eight_bars_it_is_refused(leaving: Cues, coming: Cues) -> None:
    assert "room" in refusal(heard(128.0), heard(128.0), leaving, coming)


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        (A_MINOR, A_MINOR, 0),
        (A_MINOR, E_MINOR, 1),
        (A_MINOR, C_MAJOR, 1),
        (A_MINOR, D_MAJOR, 3),
        (Key(8, True, 1.0, 0.0), Key(1, True, 1.0, 0.0), 1),
    ],
)
def test_distance_on_the_wheel(one: Key, other: Key, steps: int) -> None:
    assert wheel_distance(one, other) == wheel_distance(other, one) == steps


def test_the_wheel_is_round() -> None:
    """1A (A flat minor) and 12A (D flat minor) are neighbours."""
    twelve, first = Key(1, True, 1.0, 0.0), Key(8, True, 1.0, 0.0)
    assert {twelve.camelot, first.camelot} == {"12A", "1A"}
    assert wheel_distance(twelve, first) == 1


def test_it_says_in_plain_words_what_is_done() -> None:
    assert described(match(heard(128.0), heard(128.0))) == "on the beat over 16 bars (30 s), the new track as fast as it is"
    assert "slower at first" in described(match(heard(128.0), heard(130.0)))
    assert "faster at first" in described(match(heard(128.0), heard(126.0)))
