"""A prepared segue in playout: to the frame and the sample as it was made, and undone by whatever comes between."""

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, Samples, frames_of
from server.live.guest import Guest
from server.live.sound_buffer import SoundBuffer
from server.programme.deck import Deck, Loop
from server.programme.playout import SKIP_FRAMES, Began, Playout
from server.programme.prepared_segue import PreparedSegue
from server.segue_plan import SegueKind, SeguePlan
from server.track import Entry, Reason
from tests.server.live.dj import session
from tests.server.virtual_station import loop, track

AT = frames_of(2.0) + 77
TAIL, HEAD = frames_of(1.0) + 5, frames_of(1.5)
RESUME = HEAD - 300
"""What the coming deck begins with is 300 frames longer than what it stands for."""


def ramp(seconds: float, begin: float) -> Samples:
    """Each sample says where it stands; in steps too small to be a click."""
    return np.tile((begin + np.arange(frames_of(seconds)) * 1e-6).astype(np.float32), (2, 1))


def deck(name: str, begin: float) -> Deck:
    return Deck(Entry(name, track(name, 4.0, 1.0), Reason.LIBRARY), ramp(4.0, begin), -16.0)


def prepared(at_frames: int = AT, leaves: str = "a", enters: str = "b", levels: tuple[float, float] = (0.1, 0.2)) -> PreparedSegue:
    """`levels`: where the ramps of both tracks begin; it joins them without a step."""
    plan = SeguePlan(SegueKind.FADE, "why", leaves, enters, at_frames, TAIL)
    tail = np.linspace(levels[0] + at_frames * 1e-6, 0.0, TAIL, dtype=np.float32)
    head = np.linspace(0.0, levels[1] + RESUME * 1e-6, HEAD, dtype=np.float32)
    return PreparedSegue(plan, at_frames, np.tile(tail, (2, 1)), np.tile(head, (2, 1)), RESUME)


def a_guest() -> Guest:
    """A DJ who does not say anything."""
    return Guest(session(), SoundBuffer(BLOCK_FRAMES), frames_of(60.0), iter(["live"]))


class Station:
    """Playout with `a` on air, `b` cued, and a segue between them."""

    def __init__(self, segue: PreparedSegue | None = None) -> None:
        self.bed = loop(Reason.BED, 100.0)
        self.playout = Playout(self.bed, deck("a", 0.1))
        self.coming = deck("b", 0.2)
        self.playout.load(self.coming)
        self.playout.prepare(segue or prepared())
        self.blocks: list[Samples] = []
        self.began: list[tuple[int, Began]] = []
        self.ended: list[Deck] = []

    def pull(self, seconds: float, frames: int = BLOCK_FRAMES) -> None:
        for _ in range(frames_of(seconds) // frames):
            pulled = self.playout.pull(frames)
            at = sum(block.shape[1] for block in self.blocks)
            self.began += [(at + began.frame, began) for began in pulled.began]
            self.ended += pulled.ended
            self.blocks.append(pulled.block)

    @property
    def sound(self) -> Samples:
        return np.concatenate(self.blocks, axis=1)

    def steepest(self) -> float:
        return float(np.abs(np.diff(self.sound[:, 480:], axis=1)).max())


@pytest.mark.parametrize("frames", [960, 64, 441])
def test_it_is_heard_sample_for_sample_as_it_was_made(frames: int) -> None:
    station, segue = Station(), prepared()
    station.pull(4.0, frames)
    sound = station.sound
    assert np.allclose(sound[:, 480:AT], ramp(4.0, 0.1)[:, 480:AT], atol=1e-6)
    both = segue.head[:, :TAIL] + segue.tail
    assert np.allclose(sound[:, AT : AT + TAIL], both, atol=1e-6)
    assert np.allclose(sound[:, AT + TAIL : AT + HEAD], segue.head[:, TAIL:], atol=1e-6)
    rest = sound.shape[1] - AT - HEAD
    assert np.allclose(sound[:, AT + HEAD :], ramp(4.0, 0.2)[:, RESUME : RESUME + rest], atol=1e-6)


def test_it_is_told_to_the_frame_with_its_plan() -> None:
    station = Station()
    station.pull(3.5)
    (_, first), (frame, second) = station.began
    assert (first.entry.id, first.plan) == ("a", None)
    assert (frame, second.entry.id, second.segue_frames, second.offset_frames) == (AT, "b", TAIL, RESUME - HEAD)
    assert second.plan == prepared().plan
    assert second.frames == frames_of(4.0) + HEAD - RESUME
    assert [one.entry.id for one in station.ended] == ["a"]


def test_until_then_it_says_when_what_airs_ends() -> None:
    station = Station()
    station.pull(1.0)
    assert station.playout.way is not None
    assert station.playout.left_frames == AT + TAIL - frames_of(1.0)
    assert not station.playout.deck_free or station.playout.next is station.coming


def test_a_skip_before_it_undoes_it() -> None:
    station = Station()
    station.pull(1.0)
    station.playout.skip()
    station.pull(1.0)
    frame, began = station.began[1]
    assert (frame, began.plan, began.segue_frames) == (frames_of(1.0), None, SKIP_FRAMES)
    station.pull(1.0)
    assert np.allclose(station.sound[:, -10:], ramp(4.0, 0.2)[:, frames_of(2.0) - 10 : frames_of(2.0)], atol=1e-6), "the track itself"


def test_a_skip_in_its_middle_is_smooth_and_goes_to_the_bed_if_nothing_is_cued() -> None:
    station = Station()
    station.pull(2.5)
    station.playout.skip()
    station.pull(2.0)
    assert [began.entry.id for _, began in station.began] == ["a", "b", "bed"]
    assert station.steepest() < 0.003
    assert {one.entry.id for one in station.ended} == {"a", "b"}


def test_hastened_in_its_middle_the_deck_that_leaves_is_soon_free() -> None:
    station = Station()
    station.pull(2.1)
    assert not station.playout.deck_free
    station.playout.hasten()
    station.pull(0.6)
    assert station.playout.deck_free
    assert station.steepest() < 0.003


@pytest.mark.parametrize("seconds", [1.0, 2.5, 3.2])
def test_a_guest_comes_at_any_time(seconds: float) -> None:
    station = Station()
    station.pull(seconds)
    station.playout.guest = a_guest()
    station.pull(2.0)
    assert station.began[-1][1].entry.id == "live"
    assert station.steepest() < 0.003
    assert station.playout.way is None
    assert (station.playout.next is station.coming) is (seconds < 2.0)


def test_after_a_guest_the_cued_track_begins_as_it_is() -> None:
    station = Station()
    station.pull(1.0)
    station.playout.guest = a_guest()
    station.pull(1.0)
    station.playout.guest = None
    station.pull(3.0)
    assert [(began.entry.id, began.plan, began.offset_frames) for _, began in station.began[2:]] == [("b", None, 0)]
    assert np.allclose(station.sound[:, -10:], ramp(4.0, 0.2)[:, frames_of(3.0) - 10 : frames_of(3.0)], atol=1e-6)


def test_stopped_it_does_not_happen_and_started_again_it_does_not_either() -> None:
    station = Station()
    station.pull(1.0)
    station.playout.stopped = True
    station.pull(2.0)
    station.playout.stopped = False
    station.pull(0.5)
    assert [(began.entry.id, began.plan) for _, began in station.began] == [("a", None), ("bed", None), ("b", None)]


@pytest.mark.parametrize(
    "segue", [prepared(at_frames=10), prepared(leaves="x"), prepared(enters="x")], ids=["too late", "another leaves", "another comes"]
)
def test_what_does_not_fit_is_passed_over_for_an_ordinary_one(segue: PreparedSegue) -> None:
    station = Station(segue)
    assert station.playout.way is None
    station.pull(3.5)
    frame, began = station.began[1]
    assert (frame, began.plan, began.segue_frames) == (frames_of(3.0), None, frames_of(1.0))


def test_it_goes_with_its_deck() -> None:
    station = Station()
    station.playout.load(deck("c", 0.2))
    assert station.playout.way is None
    station.pull(3.5)
    assert [began.entry.id for _, began in station.began] == ["a", "c"]
    assert station.ended[0].segue is not None, "it is freed with the deck"


def test_a_source_that_fails_in_its_middle_leaves_the_bed() -> None:
    station = Station()
    station.pull(2.5)
    assert station.playout.collapse() == "bed"
    station.pull(1.0)
    assert isinstance(station.playout.airing, Loop)
    assert {one.entry.id for one in station.ended} == {"a", "b"}


def test_two_after_one_another_are_each_as_they_were_made() -> None:
    station = Station()
    station.pull(3.2)
    third = deck("c", 0.3)
    station.playout.load(third)
    at = RESUME + frames_of(1.0)
    station.playout.prepare(prepared(at, "b", "c", (0.2, 0.3)))
    station.pull(4.0)
    assert [(frame, began.entry.id) for frame, began in station.began[1:]] == [(AT, "b"), (AT + HEAD - RESUME + at, "c")]
    assert station.steepest() < 0.003
