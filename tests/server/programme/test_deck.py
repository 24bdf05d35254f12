"""Decks and loops: what is wrong is found when they are made; reading them never fails."""

import weakref

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, frames_of
from server.programme.deck import HIGHEST_PEAK_DBTP, MOST_BOOST_DB, Deck, DeckError, Loop, track_gain_db
from server.track import Entry, Reason, Track
from tests.server.virtual_station import track

COUNT = np.tile(np.arange(SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE, (2, 1))
"""A second in which each sample says where it stands."""


def entry(one: Track) -> Entry:
    return Entry("e", one, Reason.LIBRARY)


def second(**changes: object) -> Track:
    return track("t", 1.0, 0.1, **changes)


def test_reads_the_cue_range_and_then_silence() -> None:
    deck = Deck(entry(second(cue_in_frames=100, cue_out_frames=40_100, start_next_frames=30_100)), COUNT, -16.0)
    assert deck.left_frames == 40_000
    assert deck.before_next_frames == 30_000
    sound = np.concatenate([deck.read(960) for _ in range(42)], axis=1)
    assert sound.dtype == np.float32
    assert np.array_equal(sound[:, :40_000], COUNT[:, 100:40_100])
    assert not sound[:, 40_000:].any()
    assert deck.exhausted
    assert deck.left_frames == 0
    assert deck.read(960).shape == (2, 960)


def test_begins_at_an_offset() -> None:
    deck = Deck(entry(second(cue_in_frames=100)), COUNT, -16.0, offset_frames=5_000)
    assert np.array_equal(deck.read(10), COUNT[:, 5_100:5_110])
    assert deck.left_frames == SAMPLE_RATE - 5_110
    assert deck.offset_frames == 5_000


def test_an_offset_behind_start_next_lets_the_next_begin_at_once() -> None:
    deck = Deck(entry(second(start_next_frames=1_000)), COUNT, -16.0, offset_frames=5_000)
    assert deck.before_next_frames == 0


def test_reading_leaves_the_prepared_sound_alone() -> None:
    samples = COUNT.copy()
    Deck(entry(second()), samples, -16.0).read(960)[:] = 7.0
    assert np.array_equal(samples, COUNT)


def test_a_file_shorter_than_its_sidecar_says_ends_where_it_ends() -> None:
    deck = Deck(entry(second()), COUNT[:, :30_000], -16.0)
    assert deck.left_frames == 30_000
    assert deck.before_next_frames == 30_000


@pytest.mark.parametrize(
    ("samples", "changes", "offset", "reason"),
    [
        (COUNT[:1], {}, 0, "not float32"),
        (COUNT.astype(np.float64), {}, 0, "not float32"),
        (COUNT[0], {}, 0, "not float32"),
        (np.zeros((2, 0), np.float32), {}, 0, "0.00 s"),
        (COUNT, {"cue_in_frames": 40_000}, 0, "0.17 s"),
        (COUNT, {}, 47_000, "0.02 s"),
        (COUNT, {}, 10**9, "0.00 s"),
        (np.where(COUNT[0, 77] == COUNT, np.nan, COUNT), {}, 0, "no number"),
        (np.where(COUNT[0, 77] == COUNT, -np.inf, COUNT), {}, 0, "no number"),
    ],
)
def test_what_cannot_air_is_no_deck(samples: np.ndarray, changes: dict[str, int], offset: int, reason: str) -> None:
    with pytest.raises(DeckError, match=reason):
        Deck(entry(second(**changes)), samples, -16.0, offset)


def test_track_gain_matches_the_level() -> None:
    deck = Deck(entry(second(loudness_lufs=-10.0)), COUNT, -16.0)
    assert np.allclose(deck.read(1000), COUNT[:, :1000] * 10 ** (-6 / 20))


@pytest.mark.parametrize(
    ("loudness", "peak", "gain"),
    [
        (-23.0, -3.0, 7.0),
        (-8.0, 0.0, -8.0),
        (-30.0, -1.0, HIGHEST_PEAK_DBTP + 1.0),
        (-50.0, -40.0, MOST_BOOST_DB),
        (-70.0, -70.0, 0.0),
        (-18.0, 14.0, 0.0),
    ],
)
def test_boost_is_bounded(loudness: float, peak: float, gain: float) -> None:
    assert track_gain_db(second(loudness_lufs=loudness, true_peak_dbtp=peak), -16.0) == pytest.approx(gain)


def test_a_loop_goes_round_without_a_seam() -> None:
    bed = Loop(entry(second()), COUNT)
    sound = np.concatenate([bed.read(960) for _ in range(120)], axis=1)
    assert np.array_equal(sound, np.tile(COUNT, 3)[:, : 120 * 960])
    bed.rewind()
    assert np.array_equal(bed.read(5), COUNT[:, :5])


def test_a_loop_lies_on_the_clock() -> None:
    bed = Loop(entry(second()), COUNT)
    at = 2**32 + 47_500
    assert np.array_equal(bed.heard_at(at, 960), np.tile(COUNT, 2)[:, at % SAMPLE_RATE :][:, :960])


def test_a_loop_is_a_second_at_least() -> None:
    with pytest.raises(DeckError, match="a second or more"):
        Loop(entry(second()), COUNT[:, : frames_of(0.9)])


def test_it_may_begin_and_end_with_what_was_prepared() -> None:
    deck = Deck(entry(second()), COUNT, -16.0)
    head = np.full((2, 1_500), 0.25, np.float32)
    deck.begin_with(head, 1_000)
    assert deck.at_frames == deck.offset_frames == -500
    assert deck.left_frames == SAMPLE_RATE + 500
    begun = np.concatenate([deck.read(700) for _ in range(3)], axis=1)
    assert (begun[:, :1_500] == 0.25).all()
    assert np.array_equal(begun[:, 1_500:], COUNT[:, 1_000:1_600])
    deck.end_with(np.full((2, 800), 0.5, np.float32))
    assert (deck.left_frames, deck.before_next_frames) == (800, 0)
    ended = np.concatenate([deck.read(960) for _ in range(2)], axis=1)
    assert (ended[:, :800] == 0.5).all()
    assert not ended[:, 800:].any()
    assert deck.exhausted


def test_what_it_began_with_is_let_go_when_it_is_over_and_not_before() -> None:
    deck = Deck(entry(second()), COUNT, -16.0)
    head = np.full((2, 1_500), 0.25, np.float32)
    held = weakref.ref(head)
    deck.begin_with(head, 1_000)
    del head
    deck.read(960)
    deck.settle()
    assert held() is not None
    before = deck.read(1_000)
    deck.settle()
    assert held() is None
    assert (before[:, :540] == 0.25).all()
    assert np.array_equal(deck.read(10), COUNT[:, 1_460:1_470])
