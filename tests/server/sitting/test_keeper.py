"""The keeper: an engine that is killed at any moment goes on where it was."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog.testing

from dsp.block import frames_of
from server.clock import PART_FRAMES
from server.commands import Cue, Stop, Veto
from server.programme.conductor import Conductor
from server.programme.queue import Queue
from server.rundown.cueing import resumed_deck
from server.sitting.keeper import Keeper
from server.sitting.sitting import Kind, SittingPlan, plan_start
from server.sitting.state_file import StateFile
from server.track import Airing, Reason
from tests.server.virtual_station import Tracks, VirtualStation, catalogue


class Engine:
    """A virtual station with a memory: what an engine process is."""

    def __init__(self, folder: Path, tracks: Tracks, wall: float) -> None:
        self.file = StateFile(folder / "state.json")
        self.plan: SittingPlan = plan_start(self.file.load(), wall)
        plan = self.plan
        scratch = VirtualStation(folder, tracks)
        first = asyncio.run(resumed_deck(scratch.store, plan.resume, -16.0)) if plan.resume else None
        self.station = VirtualStation(
            folder,
            tracks,
            position=plan.position,
            first=first,
            queue=Queue(plan.queue),
            vetoes=plan.vetoes,
            wall=wall,
        )
        station = self.station
        station.clock._wall_at_start = wall
        station.playout.stopped = plan.stopped
        station.programme.sitting = plan.sitting
        station.conductor = Conductor(station.programme, [station.ear], station.clock, station.faults, plan.due_at)
        self.refreshed = 0
        self.on_refresh: Callable[[], object] = lambda: None
        self.keeper = Keeper(
            plan=plan,
            programme=station.programme,
            rundown=station.rundown,
            history=station.history,
            state_file=self.file,
            faults=station.faults,
            clock=station.clock,
            refresh=self.refresh,
        )

    def refresh(self) -> None:
        self.refreshed += 1
        self.on_refresh()

    def live(self, seconds: float) -> None:
        """Airs, and keeps once a second."""
        for _ in range(round(seconds)):
            self.station.run(1.0)
            self.keeper.keep()

    @property
    def wall(self) -> float:
        return self.station.clock.wall()

    @property
    def airing(self) -> Airing:
        return self.station.airing


def test_a_killed_engine_is_taken_over_on_the_same_track_at_the_same_place(tmp_path: Path) -> None:
    tracks = catalogue(20, seconds=60.0)
    first = Engine(tmp_path, tracks, 1_800_000_000.0)
    first.live(40)
    first.station.run(0.7)  # not kept any more
    died_at, aired_until, airing = first.wall, first.station.programme.position, first.airing
    second = Engine(tmp_path, tracks, died_at + 1.3)
    assert (second.plan.kind, second.plan.sitting) == (Kind.TAKEOVER, 1)
    assert second.plan.position >= aired_until
    assert second.plan.position % PART_FRAMES == 0
    second.live(1)
    assert second.airing.entry == airing.entry
    first_would_end = airing.ends_position
    assert abs(second.airing.ends_position - first_would_end) <= frames_of(0.05)
    second.live(60)
    ids = [one.entry.id for one in second.station.history.recent(50)]
    assert len(ids) == len(set(ids))


def test_a_cold_start_resumes_the_track_counts_a_sitting_and_keeps_what_people_wanted(tmp_path: Path) -> None:
    tracks = catalogue(20, seconds=60.0)
    first = Engine(tmp_path, tracks, 1_800_000_000.0)
    first.live(20)
    first.station.ask(Cue("1", "0007"))
    first.station.ask(Veto("2", "0009"))
    first.live(1)
    airing, position = first.airing, first.station.programme.position
    second = Engine(tmp_path, tracks, first.wall + 120.0)
    assert (second.plan.kind, second.plan.sitting) == (Kind.COLD, 2)
    second.live(1)
    assert second.airing.entry == airing.entry
    assert abs(second.airing.offset_frames - (position - airing.started_position)) <= frames_of(1.0)
    assert [entry.track.id for entry in second.station.programme.situation.queue.entries] == ["0007"]
    assert second.station.programme.situation.vetoes == {"0009"}
    assert second.station.programme.position % 960 == 0


def test_stop_survives(tmp_path: Path) -> None:
    first = Engine(tmp_path, catalogue(5), 1_800_000_000.0)
    first.live(3)
    first.station.ask(Stop("1"))
    first.live(2)
    second = Engine(tmp_path, catalogue(5), first.wall + 1.0)
    second.live(20)
    assert second.airing.entry.reason is Reason.BED


def test_a_kill_right_after_a_hold_up_does_not_air_a_position_twice(tmp_path: Path) -> None:
    tracks = catalogue(5, seconds=60.0)
    first = Engine(tmp_path, tracks, 1_800_000_000.0)
    first.live(20)
    first.station.clock.sleep_until(first.station.clock.monotonic() + 0.9)  # the tick is held up
    first.keeper.keep()
    for _ in range(50):
        first.station.conductor.step()  # and has made up for it
    second = Engine(tmp_path, tracks, first.wall + 0.1)
    assert second.plan.kind is Kind.TAKEOVER
    assert second.plan.position >= first.station.programme.position


def test_twenty_kills_never_take_the_position_back_nor_repeat_an_entry(tmp_path: Path) -> None:
    tracks, wall, position = catalogue(20, seconds=30.0), 1_800_000_000.0, -1
    down = [0.1, 0.9, 3.0, 11.0, 200.0, -5.0, -3600.0]
    for life in range(20):
        engine = Engine(tmp_path, tracks, wall)
        assert engine.plan.position > position
        engine.live(4 + life % 5)
        engine.station.run(0.9)
        position = engine.station.programme.position - 1
        wall = engine.wall + down[life % len(down)]
    sittings = engine.plan.sitting
    assert 8 <= sittings <= 20


def test_a_track_that_kills_its_engine_is_suspected_after_two_deaths(tmp_path: Path) -> None:
    tracks = catalogue(3, seconds=60.0)
    first = Engine(tmp_path, tracks, 1_800_000_000.0)
    first.live(10)
    killer, wall = first.airing.entry, first.wall
    for _ in range(2):
        engine = Engine(tmp_path, tracks, wall + 0.5)
        assert engine.plan.resume is not None
        engine.live(1)
        wall = engine.wall
    engine = Engine(tmp_path, tracks, wall + 0.5)
    assert engine.plan.suspect == killer
    assert engine.plan.resume is None


def test_a_clean_end_says_so(tmp_path: Path) -> None:
    engine = Engine(tmp_path, catalogue(3), 1_800_000_000.0)
    engine.live(1)
    engine.keeper.keep(clean=True)
    state = engine.file.load()
    assert state is not None
    assert state.clean
    assert engine.refreshed == 2


def test_faults_are_logged_here_once(tmp_path: Path) -> None:
    engine = Engine(tmp_path, catalogue(3), 1_800_000_000.0)
    for _ in range(5):
        engine.station.faults.note("mastering", ValueError("broke"))
    with structlog.testing.capture_logs() as logs:
        engine.keeper.keep()
        engine.keeper.keep()
    assert [log["part"] for log in logs if log["log_level"] == "error"] == ["mastering"]


def test_a_disk_that_refuses_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    engine = Engine(tmp_path, catalogue(3), 1_800_000_000.0)
    (tmp_path / "state.json").mkdir()
    (tmp_path / "state.json" / "x").touch()
    (tmp_path / "state.json.previous").mkdir()
    (tmp_path / "state.json.previous" / "x").touch()
    with structlog.testing.capture_logs() as logs:
        engine.live(3)
    assert engine.keeper.write_errors_total == 3
    assert engine.refreshed == 3
    assert len([log for log in logs if log["log_level"] == "error"]) == 1


async def test_running_keeps_at_once(tmp_path: Path) -> None:
    engine = await asyncio.to_thread(Engine, tmp_path, catalogue(3), 1_800_000_000.0)
    kept, loop = asyncio.Event(), asyncio.get_running_loop()
    engine.on_refresh = lambda: loop.call_soon_threadsafe(kept.set)
    running = asyncio.ensure_future(engine.keeper.run())
    await asyncio.wait_for(kept.wait(), 10)
    running.cancel()
    await asyncio.wait([running])
    assert engine.file.load() is not None
