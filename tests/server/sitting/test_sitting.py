"""Where the clock goes on after a start: never back, on its grid, on the same track."""

from dataclasses import replace as changed

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dsp.block import SAMPLE_RATE, frames_of, seconds_of
from server.clock import PART_FRAMES, SEGMENT_FRAMES
from server.sitting.sitting import RESUME_SECONDS, Kind, SittingPlan, StationState, entry_ids, plan_start
from server.track import Airing, Entry, Reason
from tests.server.virtual_station import track

EPOCH = 1_700_000_000.0
POSITION = 960 * 123_456
ENTRY = Entry("e", track("t", 300.0), Reason.LIBRARY)
AIRING = Airing(ENTRY, POSITION - frames_of(100.0), POSITION + frames_of(200.0))
WALL = EPOCH + POSITION / SAMPLE_RATE
STATE = StationState(
    version=1,
    epoch=EPOCH,
    sitting=3,
    position=POSITION,
    stored_at=WALL,
    started_position=POSITION - frames_of(1000.0),
    airing=AIRING,
    queue=[Entry("q", track("queued"), Reason.QUEUE)],
    vetoes=["v"],
    stopped=False,
    round_position=77,
)


def wall_of(plan: SittingPlan) -> float:
    """The wall time at which the plan's first block is due, by its own words."""
    return plan.epoch.wall_of(plan.position)


def test_sign_on_sets_the_epoch_and_begins_a_segment_ago() -> None:
    plan = plan_start(None, WALL)
    assert (plan.kind, plan.sitting, plan.position, plan.resume) == (Kind.SIGN_ON, 1, 0, None)
    assert wall_of(plan) == plan.due_at == WALL - seconds_of(SEGMENT_FRAMES)


@pytest.mark.parametrize("passed", [0.0, 0.4, 2.0, 10.0])
def test_a_takeover_goes_on_as_if_it_had_never_stopped(passed: float) -> None:
    plan = plan_start(STATE, WALL + passed)
    assert (plan.kind, plan.sitting) == (Kind.TAKEOVER, 3)
    assert plan.position % PART_FRAMES == 0
    assert 0 <= wall_of(plan) - (WALL + passed) < seconds_of(PART_FRAMES) + 0.001
    assert plan.due_at == pytest.approx(wall_of(plan), abs=0.001)
    assert plan.resume is not None
    assert plan.resume.entry == ENTRY
    assert plan.resume.offset_frames == plan.position - AIRING.started_position


def test_what_was_queued_vetoed_and_stopped_comes_along() -> None:
    for passed in (1.0, 100.0):
        plan = plan_start(replace(STATE, stopped=True), WALL + passed)
        assert [entry.id for entry in plan.queue] == ["q"]
        assert (plan.vetoes, plan.stopped, plan.round_position) == (frozenset({"v"}), True, 77)
        assert plan.resume is None


@pytest.mark.parametrize("passed", [10.1, 60.0, 86_400.0])
def test_a_cold_start_is_on_time_and_counts_a_sitting(passed: float) -> None:
    plan = plan_start(STATE, WALL + passed)
    assert (plan.kind, plan.sitting) == (Kind.COLD, 4)
    assert plan.position % SEGMENT_FRAMES == 0
    assert plan.due_at == pytest.approx(wall_of(plan), abs=0.001)
    assert abs(WALL + passed - plan.due_at) <= seconds_of(SEGMENT_FRAMES)


def test_a_cold_start_resumes_the_track_where_it_stopped_unless_that_is_long_ago() -> None:
    plan = plan_start(STATE, WALL + 60.0)
    assert plan.resume is not None
    assert plan.resume.offset_frames == frames_of(100.0)
    assert plan_start(STATE, WALL + RESUME_SECONDS + 1).resume is None


@pytest.mark.parametrize("step", [-1.0, -3600.0, -1e9])
def test_a_wall_clock_that_was_set_back_never_takes_the_position_back(step: float) -> None:
    plan = plan_start(STATE, WALL + step)
    assert plan.kind is Kind.COLD
    assert plan.position >= POSITION + frames_of(10.0)
    assert plan.due_at - (WALL + step) <= seconds_of(SEGMENT_FRAMES), "nobody waits for a clock that was set back"


def test_a_clock_that_steps_while_the_engine_lives_does_not_break_a_takeover() -> None:
    """The engine ran on by the monotonic clock while the wall clock went back an hour."""
    stepped = replace(STATE, stored_at=WALL - 3600.0)
    plan = plan_start(stepped, WALL - 3600.0 + 2.0)
    assert plan.kind is Kind.TAKEOVER
    assert 0 <= plan.position - (POSITION + frames_of(2.0)) < PART_FRAMES


@pytest.mark.parametrize(
    "airing",
    [
        None,
        changed(AIRING, entry=changed(ENTRY, reason=Reason.BED)),
        changed(AIRING, started_position=POSITION - frames_of(299.5)),
        changed(AIRING, started_position=POSITION - frames_of(1000.0)),
    ],
)
def test_there_is_nothing_to_resume(airing: Airing | None) -> None:
    assert plan_start(replace(STATE, airing=airing), WALL + 1.0).resume is None


def test_a_resumed_airing_is_resumed_again_from_where_it_was_then() -> None:
    again = changed(AIRING, offset_frames=frames_of(50.0))
    plan = plan_start(replace(STATE, airing=again), WALL)
    assert plan.resume is not None
    assert plan.resume.offset_frames == frames_of(50.0) + plan.position - AIRING.started_position


def test_a_track_under_which_the_engine_dies_at_once_is_suspected() -> None:
    young = replace(STATE, started_position=POSITION - frames_of(1.0))
    first = plan_start(young, WALL + 0.5)
    assert first.resume is not None
    assert first.short_lives == 1
    second = plan_start(replace(young, short_lives=first.short_lives), WALL + 0.5)
    assert second.resume is None
    assert second.suspect == ENTRY
    assert second.short_lives == 0


def test_a_long_life_or_a_clean_end_clears_the_suspicion() -> None:
    assert plan_start(replace(STATE, short_lives=1), WALL + 0.5).short_lives == 0
    young = replace(STATE, started_position=POSITION, short_lives=1, clean=True)
    plan = plan_start(young, WALL + 0.5)
    assert (plan.short_lives, plan.suspect) == (0, None)


@given(
    passed=st.floats(-1e5, 1e6, allow_nan=False),
    position=st.integers(0, 2**34).map(lambda n: n * 960),
    drift=st.floats(-5000, 5000),
)
def test_positions_never_go_back_and_keep_their_grid(passed: float, position: int, drift: float) -> None:
    """Whatever the wall clock did: while the engine ran (`drift`), or while it was down (`passed`)."""
    stored_at = EPOCH + position / SAMPLE_RATE + drift
    state = replace(STATE, position=position, stored_at=stored_at, started_position=0, airing=None)
    plan = plan_start(state, stored_at + passed)
    assert plan.position >= position
    assert plan.position % PART_FRAMES == 0
    if plan.kind is Kind.COLD:
        assert plan.sitting == 4
        assert plan.position % SEGMENT_FRAMES == 0
    else:
        assert plan.position >= position + frames_of(passed)


def test_entry_ids_are_unique_over_engines() -> None:
    one, other = entry_ids(POSITION), entry_ids(POSITION + PART_FRAMES)
    made = [next(ids) for ids in (one, other) for _ in range(100)]
    assert len(set(made)) == 200
