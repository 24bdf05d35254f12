"""A station on a virtual clock: hours without a gap or a click, exact positions, and every part allowed to fail."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from server.air import Moment
from server.clock import PART_FRAMES
from server.commands import Skip, Stop
from server.programme.dead_air import is_dead, mean_square
from server.programme.deck import Deck
from server.rundown.separation import Separation, violations
from server.track import Airing, Entry, Reason, Track
from tests.server.virtual_station import NoSpectrum, ToneStore, Tracks, VirtualStation, Wire, catalogue, tone, track

STEEPEST = 0.1 * 2 * np.pi * 200 / SAMPLE_RATE * 2.1
"""Of two tones at once."""


class Judge:
    """A sink that measures, and keeps nothing but figures."""

    def __init__(self) -> None:
        self.dead_blocks = 0
        self.steepest = 0.0
        self.highest = 0.0
        self.airings: dict[tuple[str, int], Airing] = {}
        self.next_position: int | None = None
        self.holes = 0
        self._last = np.zeros((2, 1), np.float32)
        self._first = True

    def take(self, moment: Moment) -> None:
        block, position, airing = moment.block, moment.position, moment.airing
        assert not block.flags.writeable
        assert position % BLOCK_FRAMES == 0
        self.holes += self.next_position not in (None, position)
        self.next_position = position + BLOCK_FRAMES
        if not self._first:
            self.dead_blocks += is_dead(mean_square(block))
        self.steepest = max(self.steepest, float(np.abs(np.diff(np.concatenate((self._last, block), axis=1))).max()))
        self.highest = max(self.highest, float(np.abs(block).max()))
        self.airings[airing.entry.id, airing.started_position] = airing
        self._last = block[:, -1:]
        self._first = False


def judged(station: VirtualStation, seconds: float) -> Judge:
    """A judge who has heard the station for that long."""
    judge = Judge()
    station.conductor._sinks = (judge,)
    station.run(seconds)
    return judge


def test_hundreds_of_short_tracks_without_a_gap_a_click_or_a_broken_rule(tmp_path: Path) -> None:
    rules = Separation(artist_seconds=50.0, title_seconds=200.0)
    station = VirtualStation(tmp_path, catalogue(300, seconds=2.0, artists=100), separation=rules, mastering=Wire(240))
    judge = judged(station, 400.0)
    assert len(judge.airings) > 380
    assert judge.dead_blocks == judge.holes == 0
    assert judge.steepest < STEEPEST
    assert violations(rules, list(judge.airings.values())) == []
    assert station.faults.counts == {}
    standing = station.programme.latest.standing  # type: ignore[union-attr]
    assert standing.fallbacks_total == {"next": 0, "bed": 0, "loop": 0}
    assert (standing.late_ticks_total, standing.skipped_frames_total) == (0, 0)


def test_started_position_is_exact_behind_mastering(tmp_path: Path) -> None:
    latency = 223
    station = VirtualStation(tmp_path, Tracks({"a": track("a", 5.0, 0.0)}), mastering=Wire(latency))
    for _ in range(33):
        station.conductor.step()
    station.run(3.0)
    airing = station.airing
    assert airing.entry.reason is Reason.LIBRARY
    # The tone of the deck alone is 200 Hz, the bed's 100 Hz: where the deck begins, the sum departs from the bed.
    bed = np.concatenate((np.zeros((2, latency), np.float32), np.tile(tone(2 * SAMPLE_RATE, 100.0), 3)), axis=1)
    sound, start = station.ear.sound(), frames_of(0.1)  # the bed's own ramp is over
    departs = start + int(np.argmax(np.abs(sound - bed[:, : sound.shape[1]])[0, start:] > 1e-4))
    assert 0 <= departs - airing.started_position < 100
    first = next(moment for moment in station.ear.moments if moment.airing.started_position == airing.started_position)
    assert first.position <= airing.started_position < first.position + BLOCK_FRAMES


def test_airings_follow_one_another_as_they_promised(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(30), mastering=Wire(100))
    station.run(120.0)
    airings = [airing for airing in station.ear.airings() if airing.entry.reason is Reason.LIBRARY]
    for before, after in pairwise(airings[1:]):
        assert after.started_position == before.ends_position - frames_of(1.0)
    assert [airing.ends_position for airing in station.history.recent(5)][::-1] == [
        airing.ends_position for airing in airings if airing.entry.id in {done.entry.id for done in station.history.recent(5)}
    ]


@pytest.mark.parametrize("wrap", [2**31, 2**32, 2**33])
def test_positions_cross_the_wraps(tmp_path: Path, wrap: int) -> None:
    start = (wrap - 5 * SAMPLE_RATE) // PART_FRAMES * PART_FRAMES
    station = VirtualStation(tmp_path, catalogue(10), position=start)
    judge = judged(station, 30.0)
    assert station.programme.position == start + frames_of(30.0)
    assert judge.holes == judge.dead_blocks == 0
    assert judge.steepest < STEEPEST


def test_an_empty_station_airs_the_bed_and_takes_what_comes(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, Tracks())
    station.run(5.0)
    assert station.airing.entry.reason is Reason.BED
    station.tracks.library["new"] = track("new")
    station.run(2.0)
    assert station.airing.entry.track.id == "new"


def test_a_silent_track_is_left_within_three_seconds_and_refused_the_second_time(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(4))
    station.store.silent = {"0002"}
    judge = judged(station, 400.0)
    assert station.tracks.refused == {"0002": "it is silent on air"}
    heard = [airing for airing in judge.airings.values() if airing.entry.track.id == "0002"]
    assert len(heard) == 2
    standing = station.programme.latest.standing  # type: ignore[union-attr]
    assert standing.fallbacks_total["next"] == 2
    assert standing.dead_air_seconds == 0.0
    # The segue into it sounds for a while; then two seconds are borne, twice.
    assert 3.9 < standing.dead_air_seconds_total < 4.2
    assert judge.dead_blocks <= frames_of(4.2) // BLOCK_FRAMES


def test_silence_with_nothing_to_follow_goes_to_the_bed(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, Tracks({"a": track("a", 30.0)}))
    station.store.silent = {"a"}
    station.run(2.0)
    station.tracks.library.clear()
    station.ask(Skip("x"))
    station.run(0.2)
    station.run(10.0)
    assert station.airing.entry.reason is Reason.BED
    assert not is_dead(mean_square(station.ear.moments[-1].block))


def test_dead_mastering_brings_the_loop_and_no_track_is_blamed(tmp_path: Path) -> None:
    class Mute(Wire):
        broken = True

        def process(self, block: Samples) -> Samples:
            return np.zeros_like(block) if self.broken else super().process(block)

    mastering = Mute()
    station = VirtualStation(tmp_path, catalogue(10), mastering=mastering)
    station.run(3.0)
    assert station.airing.entry.reason is Reason.LOOP
    latest = station.programme.latest
    assert latest is not None
    assert latest.standing.fallback_level == 2
    assert not is_dead(mean_square(latest.block))
    assert station.tracks.refused == {}
    mastering.broken = False
    station.run_until(lambda: station.airing.entry.reason is Reason.LIBRARY)
    station.run(60.0)
    assert station.programme.latest.standing.fallbacks_total["loop"] == 1  # type: ignore[union-attr]


def test_what_is_broken_for_good_costs_ever_less_dead_air(tmp_path: Path) -> None:
    class Mute(Wire):
        def process(self, block: Samples) -> Samples:
            return np.zeros_like(block)

    station = VirtualStation(tmp_path, catalogue(10), mastering=Mute())
    judge = judged(station, 300.0)
    dead_seconds = judge.dead_blocks * 0.02
    assert 10.0 < dead_seconds < 20.0
    assert any(airing.entry.reason is Reason.LOOP for airing in judge.airings.values())


@pytest.mark.parametrize("every", [1, 2, 7, 50])
def test_mastering_that_fails_on_a_pattern_is_passed_by(tmp_path: Path, every: int) -> None:
    station = VirtualStation(tmp_path, catalogue(10), mastering=Wire(fails=lambda call: call % every == 0))
    judge = judged(station, 30.0)
    assert judge.holes == judge.dead_blocks == 0
    assert station.faults.counts == {"mastering": frames_of(30.0) // BLOCK_FRAMES // every}
    assert judge.steepest < STEEPEST


@pytest.mark.parametrize("bad", [np.zeros((2, 5), np.float32), np.full((2, BLOCK_FRAMES), np.nan, np.float32), None])
def test_mastering_that_returns_nonsense_is_passed_by(tmp_path: Path, bad: Samples) -> None:
    class Nonsense(Wire):
        def process(self, _: Samples) -> Samples:
            return bad

    station = VirtualStation(tmp_path, catalogue(10), mastering=Nonsense())
    judge = judged(station, 20.0)
    assert judge.dead_blocks == 0
    assert 0.05 < judge.highest < 0.89


class FailingDeck(Deck):
    """Fails at the given reads."""

    reads = 0
    fails_at = frozenset({100, 101})

    def read(self, frames: int) -> Samples:
        self.reads += 1
        if self.reads in self.fails_at:
            raise OSError("the deck broke")
        return super().read(frames)


def test_a_deck_that_fails_on_air_is_left_for_the_next(tmp_path: Path) -> None:
    one = track("bad", 60.0)
    first = FailingDeck(Entry("bad", one, Reason.LIBRARY), tone(one.frames, 200.0), -16.0)
    station = VirtualStation(tmp_path, catalogue(10), first=first)
    judge = judged(station, 20.0)
    assert judge.dead_blocks == judge.holes == 0
    assert station.faults.counts == {"playout": 1}
    assert station.programme.latest.standing.fallbacks_total == {"next": 1, "bed": 0, "loop": 0}  # type: ignore[union-attr]
    assert next(iter(judge.airings))[0] == "bad"


def test_playout_that_fails_altogether_brings_the_loop_without_a_click(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, Tracks())
    good_pull = station.playout.pull
    station.run(1.0)

    class Broken(type(station.playout)):  # type: ignore[misc]
        def pull(self, _: int) -> object:
            raise MemoryError("nothing left")

    station.playout.__class__ = Broken
    judge = judged(station, 1.0)
    assert station.airing.entry.reason is Reason.LOOP
    assert station.programme.latest.standing.fallback_level == 2  # type: ignore[union-attr]
    assert judge.dead_blocks == 0
    station.playout.__class__ = type(good_pull.__self__).__mro__[1]
    station.run(4.0)
    assert station.airing.entry.reason is Reason.BED
    sound = station.ear.sound()
    assert np.abs(np.diff(sound, axis=1)).max() < STEEPEST


def test_a_spectrum_that_fails_shows_nothing(tmp_path: Path) -> None:
    class Blind(NoSpectrum):
        def feed(self, *_: object) -> tuple[bytes, ...]:
            raise ZeroDivisionError

    station = VirtualStation(tmp_path, catalogue(5), spectrum=Blind())
    station.run(1.0)
    assert station.ear.moments[-1].spectrum == ()
    assert station.faults.counts["spectrum"] == 50


def test_everything_fails_on_a_pattern_and_the_air_goes_on(tmp_path: Path) -> None:
    calls = Counter[str]()

    def fails(one: Track) -> bool:
        calls[one.id] += 1
        return sum(calls.values()) % 3 == 0

    class Moody(NoSpectrum):
        calls = 0

        def feed(self, *_: object) -> tuple[bytes, ...]:
            self.calls += 1
            if self.calls % 11 == 0:
                raise ValueError("moody")
            return (b"frame",)

    mastering = Wire(fails=lambda call: call % 13 == 0)
    station = VirtualStation(tmp_path, catalogue(200), store=ToneStore(fails), mastering=mastering)
    station.programme._spectrum = Moody()
    judge = judged(station, 300.0)
    assert judge.dead_blocks == judge.holes == 0
    assert station.cueing.failures_total > 12
    assert len(judge.airings) > 25


def test_a_jump_leaves_the_sound_where_it_was(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(5, seconds=60.0), mastering=Wire(100))
    station.run(10.0)
    before = station.airing
    station.programme.jump(station.programme.position + 20 * PART_FRAMES)
    station.run(0.1)
    after = station.airing
    assert after.entry == before.entry
    assert after.offset_frames == 10 * SAMPLE_RATE - before.started_position
    assert after.ends_position == before.ends_position + 20 * PART_FRAMES
    assert np.abs(np.diff(station.ear.sound(), axis=1)).max() < STEEPEST
    assert station.programme.latest.standing.skipped_frames_total == 20 * PART_FRAMES  # type: ignore[union-attr]


def test_upcoming_shows_the_queue_first_and_then_what_was_picked(tmp_path: Path) -> None:
    station = VirtualStation(tmp_path, catalogue(10, seconds=60.0))
    station.run(3.0)
    moment = station.ear.moments[-1]
    assert len(moment.upcoming) >= 1
    assert moment.upcoming[0] == station.programme.situation.cued
    assert moment.airing.entry not in moment.upcoming
    assert moment.standing.buffer_seconds == pytest.approx(60.0)
    assert moment.upcoming is station.ear.moments[-2].upcoming


def test_equal_stations_sound_equal(tmp_path: Path) -> None:
    def heard(name: str, seed: int) -> list[str]:
        station = VirtualStation(tmp_path / name, catalogue(40), seed=seed)
        return [airing.entry.track.id for airing in judged(station, 60.0).airings.values()]

    assert heard("a", 1) == heard("b", 1)
    assert heard("c", 2) != heard("a", 1)


def test_stop_during_emergency_is_obeyed_afterwards(tmp_path: Path) -> None:
    class Mute(Wire):
        broken = True

        def process(self, block: Samples) -> Samples:
            return np.zeros_like(block) if self.broken else super().process(block)

    mastering = Mute()
    station = VirtualStation(tmp_path, catalogue(10), mastering=mastering)
    station.run_until(lambda: station.airing.entry.reason is Reason.LOOP)
    station.ask(Stop("1"))
    mastering.broken = False
    station.run_until(lambda: station.airing.entry.reason is not Reason.LOOP)
    station.run(30.0)
    assert station.airing.entry.reason is Reason.BED
