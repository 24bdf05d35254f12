"""The conductor keeps time: bursts after a short hold-up, leaves out whole parts after a long one, and nothing ends it."""

import threading
from dataclasses import dataclass, field

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, frames_of, seconds_of
from server.clock import PART_FRAMES, SystemClock, VirtualClock
from server.programme.conductor import Conductor
from server.programme.faults import Faults


@dataclass
class Score:
    """A programme that only counts."""

    position: int = 0
    ticks: list[int] = field(default_factory=list)
    lates: int = 0
    jumps: list[tuple[int, int]] = field(default_factory=list)
    fails_at: frozenset[int] = frozenset()

    def tick(self) -> int:
        self.ticks.append(self.position)
        if len(self.ticks) in self.fails_at:
            raise RuntimeError("tick broke")
        self.position += BLOCK_FRAMES
        return self.position

    def late(self) -> None:
        self.lates += 1

    def jump(self, position: int) -> None:
        self.jumps.append((self.position, position))
        self.position = position


class Sink:
    """Keeps what it takes; holds the clock up or fails on demand."""

    def __init__(self, clock: VirtualClock | None = None, holds_up: dict[int, float] | None = None, fails: bool = False) -> None:
        self.taken: list[object] = []
        self.times: list[float] = []
        self._clock = clock
        self._holds_up = holds_up or {}
        self._fails = fails

    def take(self, moment: object) -> None:
        self.taken.append(moment)
        if self._clock:
            self.times.append(self._clock.monotonic())
            self._clock.sleep_until(self._clock.monotonic() + self._holds_up.get(len(self.taken), 0.0))
        if self._fails:
            raise ValueError("a sink must not do that")


def conducted(holds_up: dict[int, float], steps: int, position: int = 0, behind_seconds: float = 0.0) -> tuple[Score, Sink, VirtualClock]:
    clock, score = VirtualClock(), Score(position)
    sink = Sink(clock, holds_up)
    conductor = Conductor(score, [sink], clock, Faults(), clock.wall() - behind_seconds)  # type: ignore[arg-type,list-item]
    for _ in range(steps):
        conductor.step()
    return score, sink, clock


def test_a_block_every_twenty_milliseconds() -> None:
    score, sink, clock = conducted({}, 500)
    assert clock.monotonic() == seconds_of(499 * BLOCK_FRAMES)
    assert score.ticks == [number * BLOCK_FRAMES for number in range(500)]
    assert score.lates == 0
    assert len(sink.taken) == 500


def test_no_drift_over_a_day() -> None:
    clock, score = VirtualClock(), Score()
    conductor = Conductor(score, [], clock, Faults())  # type: ignore[arg-type]
    score.position = 24 * 3600 * SAMPLE_RATE
    conductor.step()
    assert clock.monotonic() == 24 * 3600.0


def test_a_short_hold_up_is_made_up_for_at_once() -> None:
    score, sink, _ = conducted({100: 0.5}, 200)
    assert score.jumps == []
    assert score.ticks == [number * BLOCK_FRAMES for number in range(200)]
    assert 20 <= score.lates <= 25
    burst = sink.times[100:124]
    assert burst[-1] - burst[0] < 0.02
    assert sink.times[199] == seconds_of(199 * BLOCK_FRAMES)


def test_a_long_hold_up_leaves_out_whole_parts() -> None:
    for seconds in (1.1, 2.0, 7.7, 3600.0):
        score, sink, clock = conducted({100: seconds}, 200)
        (before, after), *more = score.jumps
        assert not more
        assert before == 100 * BLOCK_FRAMES
        assert after % PART_FRAMES == 0
        assert 0 <= after - (before + frames_of(seconds - 0.02)) <= PART_FRAMES
        assert sink.times[100] == seconds_of(after)
        assert clock.monotonic() == seconds_of(score.ticks[-1])


def test_what_was_behind_at_the_start_is_made_at_once_and_is_not_late() -> None:
    score, sink, clock = conducted({}, 300, position=PART_FRAMES, behind_seconds=3.84)
    assert score.jumps == []
    assert score.lates == 0
    assert sink.times[191] == 0.0
    assert clock.monotonic() > 2.0


def test_a_start_that_took_far_too_long_leaves_out_parts() -> None:
    score, sink, _ = conducted({}, 10, behind_seconds=8.0)
    assert len(score.jumps) == 1
    assert score.ticks[0] % PART_FRAMES == 0
    assert sink.times[0] == seconds_of(score.ticks[0]) - 8.0


def test_a_start_in_the_future_is_waited_for() -> None:
    _, sink, _ = conducted({}, 2, behind_seconds=-0.25)
    assert sink.times[0] == 0.25


def test_catching_up_at_the_start_ends_the_leave() -> None:
    score, _, _ = conducted({250: 5.0}, 400, behind_seconds=3.84)
    assert len(score.jumps) == 1


def test_a_sink_that_fails_hinders_nobody_and_is_counted() -> None:
    faults, clock, score = Faults(), VirtualClock(), Score()
    bad, good = Sink(fails=True), Sink()
    conductor = Conductor(score, [bad, good], clock, faults)  # type: ignore[arg-type,list-item]
    for _ in range(10):
        conductor.step()
    assert len(good.taken) == 10
    assert faults.counts == {"sink Sink": 10}


def test_the_thread_starts_ticks_and_is_joined() -> None:
    score, faults = Score(fails_at=frozenset({2, 3})), Faults()
    heard = threading.Event()

    class Listening(Sink):
        def take(self, moment: object) -> None:
            super().take(moment)
            if len(self.taken) == 5:
                heard.set()

    conductor = Conductor(score, [Listening()], SystemClock(), faults)  # type: ignore[arg-type,list-item]
    assert not conductor.on_air
    conductor.start()
    assert conductor.on_air
    assert heard.wait(10)
    conductor.stop()
    assert not conductor.on_air
    assert faults.counts == {"tick": 2}
    assert "conductor" not in [thread.name for thread in threading.enumerate()]


def test_stopping_what_never_started_is_no_error() -> None:
    Conductor(Score(), [], VirtualClock(), Faults()).stop()  # type: ignore[arg-type]
