"""DJs on a whole station, on a virtual clock: takeover, return, titles, talking over, silence, restarts; judged on the sound."""

from pathlib import Path

import numpy as np
import pytest

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, frames_of
from server.air import Moment
from server.commands import Done, Refused, Skip, Start, Stop, Veto
from server.live.floor import Floor
from server.live.session import Mode, State
from server.programme.playout import SKIP_FRAMES
from server.programme.turns import endless
from server.sitting.keeper import Keeper
from server.sitting.sitting import plan_start
from server.sitting.state_file import StateFile
from server.track import Airing, Reason, Source
from tests.server.live.dj import AMPLITUDE, HERTZ, STEEPEST, Dj, session
from tests.server.virtual_station import ToneStore, Tracks, VirtualStation, Wire, catalogue, track

MUSIC_STEEPEST = 0.1 * 2 * np.pi * 200 / SAMPLE_RATE
LATENCY = 240


class Show:
    """A station, its DJs, and what is heard."""

    def __init__(self, folder: Path, tracks: Tracks | None = None, **more: object) -> None:
        self.station = VirtualStation(folder, tracks or catalogue(20, seconds=60.0), mastering=Wire(LATENCY), **more)  # type: ignore[arg-type]
        self.djs: list[Dj] = []
        self.station.conductor._sinks = (self.station.ear, self)

    def take(self, moment: Moment) -> None:
        for dj in self.djs:
            dj.take(moment)

    def come(self, dj: Dj) -> Dj:
        self.djs.append(dj.come())
        return dj

    def dj(self, name: str = "a", **changes: object) -> Dj:
        return self.come(Dj(self.station.floor, session(name, **changes)))

    def run(self, seconds: float) -> None:
        self.station.run(seconds)

    @property
    def airing(self) -> Airing:
        return self.station.airing

    def sound(self, seconds: float) -> Samples:
        """The last of what was heard."""
        return self.station.ear.sound()[:, -frames_of(seconds) :]

    def titles(self) -> list[str]:
        return [airing.entry.track.title for airing in self.station.ear.airings()]

    def steepest(self) -> float:
        return float(np.abs(np.diff(self.station.ear.sound(), axis=1)).max())

    def gap_blocks(self) -> int:
        """Silent blocks behind the first that sounds."""
        peaks = np.abs(self.station.ear.sound()[0]).reshape(-1, BLOCK_FRAMES).max(axis=1)
        return int((peaks[int(np.argmax(peaks > 0.01)) :] < 0.01).sum())

    def faultless(self) -> None:
        """No part failed, nothing was rescued."""
        standing = self.station.programme.latest.standing  # type: ignore[union-attr]
        assert self.station.faults.counts == {}
        assert standing.fallbacks_total == {"next": 0, "bed": 0, "loop": 0}


@pytest.fixture
def show(tmp_path: Path) -> Show:
    one = Show(tmp_path)
    one.run(5.0)
    return one


def level_of(sound: Samples, hertz: float) -> float:
    """The amplitude of a tone in it."""
    at = np.arange(sound.shape[1]) * (2 * np.pi * hertz / SAMPLE_RATE)
    return float(2 * np.hypot((sound[0] * np.cos(at)).mean(), (sound[0] * np.sin(at)).mean()))


def test_a_takeover_is_a_segue_and_the_next_track_follows_him(show: Show) -> None:
    before = show.airing
    cued = show.station.programme.situation.cued
    assert cued is not None
    dj = show.dj()
    show.run(10.0)
    live = show.airing
    assert (live.entry.reason, live.entry.track.source) == (Reason.LIVE, Source.LIVE)
    assert endless(live)
    assert level_of(show.sound(1.0), HERTZ) == pytest.approx(AMPLITUDE, rel=0.01)
    assert level_of(show.sound(1.0), 200.0) < 0.001
    assert show.station.programme.situation.cued == cued
    dj.leave()
    show.run(5.0)
    assert show.airing.entry == cued
    assert show.airing.offset_frames == 0
    assert before.entry.id not in [airing.entry.id for airing in show.station.ear.airings()[2:]]
    assert show.gap_blocks() == 0
    assert show.steepest() < STEEPEST + MUSIC_STEEPEST
    show.faultless()


def test_the_segue_keeps_its_power_all_the_way(show: Show) -> None:
    show.dj()
    show.run(5.0)
    begin = show.airing.started_position
    sound = show.station.ear.sound()[:, begin : begin + SKIP_FRAMES]
    powers = [0.0, 0.0]
    for number, (part, hertz) in enumerate([(0.25, 200.0), (0.75, HERTZ)]):
        middle = int(SKIP_FRAMES * part)
        powers[number] = level_of(sound[:, middle - 2_400 : middle + 2_400], hertz)
    assert powers[0] == pytest.approx(0.1 * np.cos(np.pi / 8), rel=0.05)
    assert powers[1] == pytest.approx(AMPLITUDE * np.sin(3 * np.pi / 8), rel=0.05)


def test_the_interrupted_track_is_history_up_to_where_it_was_heard_and_its_deck_is_free(show: Show) -> None:
    before = show.airing.entry
    show.dj()
    show.run(10.0)
    ended = show.station.history.recent(1)[0]
    assert ended.entry == before
    assert ended.ends_position == show.airing.started_position + SKIP_FRAMES
    assert show.station.playout.deck_free


def test_the_first_title_is_always_shown_even_before_any_sound(show: Show) -> None:
    dj = show.dj(title="First", artist="Somebody")
    show.run(3.0)
    dj.say(title="Second")
    show.run(3.0)
    assert show.titles()[1:] == ["First", "Second"]
    first, second = show.station.ear.airings()[1:]
    assert first.entry.track.artist == "Somebody"
    assert first.entry.id != second.entry.id
    dj.leave()
    show.run(3.0)
    ends = {airing.entry.track.title: airing.ends_position for airing in show.station.history.recent(3)}
    assert ends["First"] == second.started_position
    assert ends["Second"] > second.started_position


def test_a_title_changes_where_its_sound_is_heard_and_does_not_touch_the_sound(show: Show) -> None:
    dj = show.dj(title="One")
    show.run(5.0)
    # From here on his tone is another one, and his title with it.
    changed_at = show.station.programme.position
    dj.say(title="Two")
    show.run(3.0)
    second = show.airing
    assert second.entry.track.title == "Two"
    delay = second.started_position - changed_at - LATENCY
    assert abs(delay - frames_of(0.5)) <= 3 * BLOCK_FRAMES
    sound = show.sound(6.0)
    assert float(np.abs(np.diff(sound, axis=1)).max()) < STEEPEST * 1.01


def test_higher_priority_takes_over_by_a_segue_and_the_waiting_dj_follows(show: Show) -> None:
    show.dj("a")
    show.run(5.0)
    boss = show.come(Dj(show.station.floor, session("b", priority=90), hertz=880.0))
    show.run(5.0)
    assert show.airing.entry.track.artist == "DJ B"
    assert level_of(show.sound(1.0), 880.0) == pytest.approx(AMPLITUDE, rel=0.01)
    boss.leave()
    show.run(5.0)
    assert show.airing.entry.track.artist == "DJ A"
    assert show.titles()[1:] == ["Live", "Live", "Live"]
    assert show.gap_blocks() == 0
    assert show.steepest() < 3.2 * STEEPEST
    show.faultless()


def test_silence_brings_the_music_back_with_the_next_track_and_sound_brings_him_back(show: Show) -> None:
    cued = show.station.programme.situation.cued
    talks = {"on": True}
    show.come(Dj(show.station.floor, sounds=lambda _: talks["on"]))
    show.run(5.0)
    talks["on"] = False
    show.run(3.5)
    assert show.airing.entry == cued
    assert show.station.floor.seats[0].state is State.SILENT
    dead = show.station.programme.latest.standing.dead_air_seconds_total  # type: ignore[union-attr]
    assert dead < 2.2
    show.run(3.0)
    talks["on"] = True
    show.run(4.0)
    assert show.airing.entry.reason is Reason.LIVE
    assert show.steepest() < STEEPEST * 1.6 + MUSIC_STEEPEST
    show.faultless()


def test_a_long_allowed_silence_brings_no_emergency(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.station.floor = show.station.programme._floor = Floor(8, 0.5, 7.0, map(str, range(100)))
    show.run(5.0)
    talks = {"on": True}
    show.come(Dj(show.station.floor, sounds=lambda _: talks["on"]))
    show.run(5.0)
    talks["on"] = False
    show.run(7.0)
    assert show.airing.entry.reason is Reason.LIVE
    show.run(2.0)
    assert show.airing.entry.reason is Reason.LIBRARY
    show.faultless()


def test_a_dead_line_is_as_silence(show: Show) -> None:
    dj = show.dj()
    show.run(5.0)
    dj.sends = lambda _: False
    show.run(5.0)
    assert show.airing.entry.reason is Reason.LIBRARY
    assert show.steepest() < STEEPEST * 1.6 + MUSIC_STEEPEST
    show.faultless()


def test_he_who_leaves_before_the_segue_is_over_leaves_without_a_click(show: Show) -> None:
    dj = show.dj()
    show.run(1.2)
    assert show.airing.entry.reason is Reason.LIVE
    dj.leave()
    show.run(10.0)
    assert show.airing.entry.reason is Reason.LIBRARY
    assert show.gap_blocks() == 0
    assert show.steepest() < STEEPEST + 2 * MUSIC_STEEPEST


def test_a_takeover_in_the_middle_of_a_segue_is_smooth(tmp_path: Path) -> None:
    show = Show(tmp_path, catalogue(20, seconds=8.0))
    for number in range(12):
        dj = show.dj(chr(97 + number))
        show.run(1.3 + 0.07 * number)
        dj.leave()
        show.run(4.1 + 0.13 * number)
    assert show.gap_blocks() == 0
    assert show.steepest() < STEEPEST + 3 * MUSIC_STEEPEST
    assert show.station.faults.counts == {}


@pytest.mark.real
def test_fifty_takeovers_show_fifty_first_titles_and_fifty_next_tracks(tmp_path: Path) -> None:
    show = Show(tmp_path, catalogue(120, seconds=30.0, artists=120))
    show.run(5.0)
    shown, followed = 0, 0
    for number in range(50):
        cued = show.station.programme.situation.cued
        dj = Dj(show.station.floor, session(chr(0x4E00 + number), title=f"First {number}"))
        show.djs = [dj.come()]
        show.run(2.5)
        shown += show.airing.entry.track.title == f"First {number}"
        dj.leave()
        show.run(4.0)
        followed += show.airing.entry == cued
    assert (shown, followed) == (50, 50)
    assert show.gap_blocks() == 0
    show.faultless()


def test_stop_airs_the_bed_and_leaves_him_waiting_until_start(show: Show) -> None:
    show.dj()
    show.run(3.0)
    assert isinstance(show.station.ask(Stop("1")), Done)
    show.run(3.0)
    assert show.airing.entry.reason is Reason.BED
    assert show.station.floor.seats[0].state is State.WAITING
    assert isinstance(show.station.ask(Start("2")), Done)
    show.run(3.0)
    assert show.airing.entry.reason is Reason.LIVE
    assert show.steepest() < STEEPEST + MUSIC_STEEPEST


def test_who_is_live_is_neither_skipped_nor_vetoed_and_the_answer_names_him(show: Show) -> None:
    show.dj()
    show.run(3.0)
    for command in (Skip("1"), Skip("2", "some-entry"), Veto("3", show.airing.entry.track.id)):
        answer = show.station.ask(command)
        assert isinstance(answer, Refused)
        assert "DJ A is live" in answer.reason
    assert show.airing.entry.reason is Reason.LIVE


def test_a_skip_that_was_under_way_is_over_when_he_takes_over(tmp_path: Path) -> None:
    show = Show(tmp_path, Tracks({"a": track("a", 60.0)}), store=ToneStore())
    show.run(2.0)
    show.dj()
    show.run(0.45)
    show.station.ask(Skip("1"))
    show.run(4.0)
    assert show.airing.entry.reason is Reason.LIVE


def test_his_voice_over_the_music_ducks_it_and_the_titles_stay_the_musics(show: Show) -> None:
    talks = {"on": True}
    music = show.airing
    show.come(Dj(show.station.floor, session("a", mode=Mode.TALK_OVER, title="Hello"), sounds=lambda _: talks["on"]))
    show.run(4.0)
    assert show.airing == music
    assert level_of(show.sound(1.0), HERTZ) == pytest.approx(AMPLITUDE, rel=0.01)
    assert level_of(show.sound(1.0), 200.0) == pytest.approx(0.1 * 10 ** (-14 / 20), rel=0.02)
    talks["on"] = False
    show.run(3.0)
    assert level_of(show.sound(1.0), 200.0) == pytest.approx(0.1, rel=0.01)
    assert show.airing == music
    assert show.steepest() < STEEPEST * 1.3 + MUSIC_STEEPEST
    show.faultless()


def test_the_music_goes_on_to_its_next_track_under_a_voice_and_can_be_skipped(tmp_path: Path) -> None:
    show = Show(tmp_path, catalogue(20, seconds=10.0))
    show.run(2.0)
    show.dj("a", mode=Mode.TALK_OVER)
    show.run(12.0)
    first, second = show.station.ear.airings()[-2:]
    assert {first.entry.reason, second.entry.reason} == {Reason.LIBRARY}
    assert isinstance(show.station.ask(Skip("1")), Done)
    show.run(3.0)
    assert show.airing.entry.id != second.entry.id
    assert show.gap_blocks() == 0


def test_a_takeover_that_becomes_talking_over_lets_the_next_track_in_under_it(show: Show) -> None:
    cued = show.station.programme.situation.cued
    dj = show.dj()
    show.run(4.0)
    dj.say(mode=Mode.TALK_OVER)
    show.run(4.0)
    assert show.airing.entry == cued
    assert level_of(show.sound(1.0), HERTZ) == pytest.approx(AMPLITUDE, rel=0.01)
    dj.say(mode=Mode.TAKEOVER)
    show.run(4.0)
    assert show.airing.entry.reason is Reason.LIVE
    assert level_of(show.sound(1.0), HERTZ) == pytest.approx(AMPLITUDE, rel=0.01)
    assert show.gap_blocks() == 0


def test_a_floor_that_fails_leaves_the_music_alone(show: Show) -> None:
    show.dj()
    show.run(3.0)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the floor broke")

    show.station.floor.advance = fail  # type: ignore[method-assign, assignment]
    show.run(4.0)
    assert show.airing.entry.reason is Reason.LIBRARY
    assert show.station.faults.counts.keys() == {"live"}
    assert show.gap_blocks() <= 5  # he is not read any more, so the segue begins in silence


def test_an_engine_that_is_started_anew_in_a_show_waits_for_the_dj_and_never_resumes_him(tmp_path: Path) -> None:
    show = Show(tmp_path)
    show.run(5.0)
    show.dj(title="On and on")
    show.run(5.0)
    station = show.station
    first_plan = plan_start(None, station.clock.wall())
    keeper = Keeper(
        plan=first_plan,
        programme=station.programme,
        rundown=station.rundown,
        history=station.history,
        state_file=StateFile(tmp_path / "state.json"),
        faults=station.faults,
        clock=station.clock,
        refresh=lambda: None,
    )
    keeper.keep()
    state = StateFile(tmp_path / "state.json").load()
    assert state is not None
    plan = plan_start(state, station.clock.wall() + 1.0)
    assert (plan.resume, plan.live) == (None, True)
    assert not plan_start(state, station.clock.wall() + 60.0).live
    again = Show(tmp_path, position=plan.position, expecting=plan.live)
    again.run(0.4)
    again.dj(title="On and on")
    again.run(4.0)
    assert [airing.entry.reason for airing in again.station.ear.airings()] == [Reason.BED, Reason.LIVE]
    assert again.airing.entry.track.title == "On and on"


def test_an_engine_that_is_started_anew_goes_on_with_music_when_nobody_comes_back(tmp_path: Path) -> None:
    show = Show(tmp_path, expecting=True)
    show.run(6.0)
    assert [airing.entry.reason for airing in show.station.ear.airings()] == [Reason.BED, Reason.LIBRARY]


def test_a_clock_that_jumps_leaves_him_on_air_without_an_end(show: Show) -> None:
    show.dj()
    show.run(3.0)
    show.station.programme.jump(show.station.programme.position + SAMPLE_RATE)
    show.station.programme.tick()
    assert endless(show.airing)
