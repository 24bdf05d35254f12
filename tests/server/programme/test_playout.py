"""Playout to the frame: segues where the tracks allow them, cold ends cold, the bed where there is nothing, no click anywhere."""

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from server.programme.deck import Deck, Loop
from server.programme.playout import LAST_CHANCE_FRAMES, RESCUE_FRAMES, SKIP_FRAMES, Began, Playout
from server.programme.voice import RAMP_FRAMES
from server.track import Entry, Reason
from tests.server.virtual_station import loop, tone, track

STEP = 0.1 * 2 * np.pi * 220 / SAMPLE_RATE * 2
"""The steepest step of two tones at once, with some to spare."""


def deck(name: str, seconds: float = 4.0, overlap_seconds: float = 1.0, hertz: float = 200.0) -> Deck:
    one = track(name, seconds, overlap_seconds)
    return Deck(Entry(name, one, Reason.LIBRARY), tone(one.frames, hertz), -16.0)


class Listener:
    """Pulls blocks and keeps what came."""

    def __init__(self, playout: Playout) -> None:
        self.playout = playout
        self.began: list[tuple[int, Began]] = []
        self.ended: list[str] = []
        self.blocks: list[Samples] = []

    def pull(self, seconds: float) -> None:
        for _ in range(frames_of(seconds) // BLOCK_FRAMES):
            pulled = self.playout.pull(BLOCK_FRAMES)
            at = len(self.blocks) * BLOCK_FRAMES
            self.began += [(at + began.frame, began) for began in pulled.began]
            self.ended += [ended.entry.id for ended in pulled.ended]
            self.blocks.append(pulled.block)

    @property
    def sound(self) -> Samples:
        return np.concatenate(self.blocks, axis=1)

    @property
    def names(self) -> list[str]:
        return [began.entry.id for _, began in self.began]


def playout(first: Deck | None = None) -> tuple[Playout, Loop, Listener]:
    bed = loop(Reason.BED, 100.0)
    one = Playout(bed, first)
    return one, bed, Listener(one)


def quiet_places(sound: Samples, dbfs: float = -40.0) -> int:
    """How many 10 ms are below that."""
    stretches = sound[0, : sound.shape[1] // 480 * 480].reshape(-1, 480)
    return int((np.sqrt((stretches**2).mean(axis=1)) < 10 ** (dbfs / 20)).sum())


def test_a_segue_begins_at_the_very_frame_and_lasts_to_cue_out() -> None:
    one, _, listener = playout(deck("a", 4.0, 1.0))
    one.load(deck("b"))
    listener.pull(6.0)
    assert [(frame, began.entry.id, began.segue_frames) for frame, began in listener.began] == [
        (0, "a", RAMP_FRAMES),
        (frames_of(3.0), "b", frames_of(1.0)),
    ]
    assert listener.began[1][1].frames == frames_of(4.0)
    assert listener.ended == ["a"]


def test_a_segue_of_strangers_keeps_the_power() -> None:
    one, _, listener = playout(deck("a", 4.0, 1.0, hertz=201.0))
    one.load(deck("b", hertz=333.0))
    listener.pull(4.5)
    power = (listener.sound[0] ** 2)[: frames_of(4.4)].reshape(-1, frames_of(0.1)).mean(axis=1)
    decibels = 10 * np.log10(power[2:] / 0.005)
    assert np.abs(decibels).max() < 0.5


def test_a_cold_end_stays_cold() -> None:
    one, _, listener = playout(deck("a", 4.0, 0.0))
    one.load(deck("b"))
    listener.pull(5.0)
    frame, began = listener.began[1]
    assert (frame, began.segue_frames) == (frames_of(4.0) - RAMP_FRAMES, RAMP_FRAMES)
    assert quiet_places(listener.sound[:, 480:]) == 0


def test_a_segue_is_no_longer_than_the_next_track_allows() -> None:
    one, _, listener = playout(deck("a", 20.0, 8.0))
    one.load(deck("b", 3.0, 1.5))
    listener.pull(12.5)
    assert listener.began[1][1].segue_frames == frames_of(1.5)
    assert not one.deck_free
    listener.pull(1.2)
    assert one.deck_free
    assert listener.ended == ["a"]


def test_a_deck_that_comes_late_still_makes_a_segue_of_what_is_left() -> None:
    one, _, listener = playout(deck("a", 4.0, 2.0))
    listener.pull(3.0)
    one.load(deck("b"))
    listener.pull(1.0)
    assert (listener.began[1][0], listener.began[1][1].segue_frames) == (frames_of(3.0), frames_of(1.0))
    assert one.fallbacks["bed"] == 0


def test_no_deck_brings_the_bed_and_a_deck_brings_the_programme_back() -> None:
    one, bed, listener = playout(deck("a"))
    listener.pull(6.0)
    assert listener.names == ["a", "bed"]
    assert listener.began[1][0] == frames_of(4.0) - LAST_CHANCE_FRAMES
    assert one.airing is bed
    one.load(deck("b"))
    listener.pull(3.0)
    assert listener.names == ["a", "bed", "b"]
    assert listener.began[2][1].segue_frames == SKIP_FRAMES
    assert one.fallbacks == {"next": 0, "bed": 1}
    assert quiet_places(listener.sound[:, 480:]) == 0


def test_a_deck_that_comes_during_the_last_chance_waits_for_the_bed() -> None:
    one, _, listener = playout(deck("a"))
    listener.pull(3.6)
    one.load(deck("b"))
    listener.pull(3.0)
    assert listener.names == ["a", "bed", "b"]
    assert listener.ended == ["a"]


def test_a_skip_is_a_short_segue_at_once() -> None:
    one, _, listener = playout(deck("a", 30.0))
    one.load(deck("b", 30.0))
    listener.pull(2.0)
    one.skip()
    listener.pull(3.0)
    assert (listener.began[1][0], listener.began[1][1].segue_frames) == (frames_of(2.0), SKIP_FRAMES)


def test_a_skip_without_a_deck_goes_to_the_bed_and_on_the_bed_it_does_nothing() -> None:
    one, _, listener = playout(deck("a", 30.0))
    one.skip()
    listener.pull(3.0)
    one.skip()
    listener.pull(3.0)
    assert listener.names == ["a", "bed"]


def test_stop_airs_the_bed_whatever_is_cued_and_start_returns() -> None:
    one, bed, listener = playout(deck("a", 30.0))
    one.load(deck("b", 30.0))
    one.stopped = True
    listener.pull(10.0)
    assert listener.names == ["a", "bed"]
    assert one.airing is bed
    assert one.fallbacks["bed"] == 0
    one.stopped = False
    listener.pull(3.0)
    assert listener.names == ["a", "bed", "b"]


def test_stop_and_start_in_quick_turn_never_click_and_never_leave_a_hole() -> None:
    one, _, listener = playout(deck("a", 60.0))
    listener.pull(0.5)
    for turn in range(20):
        one.stopped = turn % 2 == 0
        if one.deck_free:
            one.load(deck(f"d{turn}", 60.0))
        listener.pull(0.14)
    listener.pull(3.0)
    assert np.abs(np.diff(listener.sound, axis=1)).max() < 2 * STEP
    assert quiet_places(listener.sound[:, 480:]) == 0


def test_joins_make_no_step() -> None:
    one, _, listener = playout(deck("a", 2.0, 0.3))
    for number in range(30):
        listener.pull(0.62)
        if one.next is None and one.deck_free:
            one.load(deck(f"d{number}", 1.5 + number % 5, [0.0, 0.01, 0.5, 1.4][number % 4]))
        if number % 7 == 3:
            one.skip()
    assert len(listener.began) > 8
    assert np.abs(np.diff(listener.sound[:, 480:], axis=1)).max() < STEP


def test_two_decks_never_three() -> None:
    one, _, listener = playout(deck("a", 60.0))
    listener.pull(1.0)
    for number in range(10):
        one.load(deck(f"d{number}", 60.0))
        one.skip()
        listener.pull(0.1)
        assert not one.deck_free
        one.hasten()
        listener.pull(0.6)
        assert one.deck_free
    assert listener.ended == ["a", *(f"d{number}" for number in range(9))]


def test_loading_anew_gives_the_displaced_deck_back() -> None:
    one, _, listener = playout(deck("a"))
    one.load(deck("b"))
    one.load(deck("c"))
    listener.pull(0.1)
    assert listener.ended == ["b"]
    one.unload()
    one.unload()
    listener.pull(0.1)
    assert listener.ended == ["b", "c"]
    assert one.next is None


def test_rescue_goes_to_the_deck_and_if_that_is_dead_too_to_the_bed() -> None:
    one, bed, listener = playout(deck("a", 30.0))
    one.load(deck("b", 30.0))
    assert one.rescue(again=False)
    listener.pull(0.5)
    assert listener.began[1][1].entry.id == "b"
    assert listener.began[1][1].segue_frames == RESCUE_FRAMES
    one.load(deck("c", 30.0))
    assert one.rescue(again=True)
    assert one.airing is bed
    assert not one.rescue(again=True)
    assert one.fallbacks == {"next": 1, "bed": 1}


def test_rescue_respects_stop() -> None:
    one, bed, listener = playout(deck("a", 30.0))
    one.stopped = True
    listener.pull(3.0)
    one.load(deck("b", 30.0))
    assert not one.rescue(again=False)
    assert one.airing is bed


class BrokenDeck(Deck):
    """Fails in the middle."""

    def read(self, _: int) -> Samples:
        raise MemoryError("the deck broke")


def test_collapse_drops_what_failed_and_goes_on() -> None:
    one = track("broken", 10.0)
    broken = BrokenDeck(Entry("broken", one, Reason.LIBRARY), tone(one.frames, 200.0), -16.0)
    playout_, bed, listener = playout(broken)
    with pytest.raises(MemoryError):
        listener.pull(0.1)
    assert playout_.collapse() == "bed"
    listener.pull(0.1)
    assert listener.ended == ["broken"]
    assert playout_.airing is bed
    playout_.load(deck("b"))
    assert playout_.collapse() == "next"


@pytest.mark.parametrize("frames", [64, 959, 960, 4096])
def test_the_sound_does_not_depend_on_the_block(frames: int) -> None:
    def sound(step: int) -> Samples:
        one, _, _ = playout(deck("a", 2.0, 0.5))
        one.load(deck("b", 4.0, 0.5, hertz=300.0))
        blocks = [one.pull(step).block for _ in range(frames_of(3.5) // step)]
        return np.concatenate(blocks, axis=1)[:, : frames_of(3.4)]

    assert np.array_equal(sound(frames), sound(480))
