"""The room: the emptiest buffer first, commissions in between, and whatever happens there is a next turn."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from generation.backend import Backend, unheard
from generation.brief import Brief
from generation.critic.critic import Critic
from generation.critic.limits import Limits
from generation.critic.verdict import Verdict
from generation.errors import CalledOff, GenerationFailed, TakesRefused
from generation.failure import Failure
from generation.lineup import Lineup
from generation.rota import Rota
from generation.studio import Studio
from generation.take import Take
from server.catalogue.catalogue import Catalogue
from sonicforge.studio_desk import desk_of
from sonicforge.studio_room import StudioRoom
from sonicforge.studio_telling import agents_of, report_of
from sonicforge.takes import Takes
from tests.generation.takes import Hours, PatternBackend, music

BRIEF = Brief("house", 5, 30.0)


class Band(PatternBackend):
    """What is good is music."""

    def make(self, brief: Brief, progress: object) -> Take:
        progress(0.9, "the last drop")  # type: ignore[operator]
        take = super().make(brief, unheard)
        return Take(music(30.0), brief, "Title", "Artist", 120.0, "A minor", (), take.provenance) if take.samples.any() else take


class Easy(Critic):
    """Refuses silence."""

    def __init__(self) -> None:
        super().__init__(Limits())

    def hear(self, take: Take, last: Sequence[NDArray[np.float32]] = ()) -> Verdict:  # noqa: ARG002
        self.heard += 1
        faults = {} if take.samples.any() else {"silent_share": "it is silence"}
        self.accepted += not faults
        return Verdict(faults, {}, {}, 75.0, np.ones(2, np.float32))


def room(folder: Path, backends: Sequence[Backend], stations: Sequence[str] = ("main",), clock: Hours | None = None) -> StudioRoom:
    clock = clock or Hours()
    (folder / "studio").mkdir()
    critic = Easy()
    desks = {}
    for name in stations:
        catalogue, files = Catalogue(folder / "catalogue"), (folder / f"{name}.counter", folder / f"{name}.vectors")
        takes = Takes(name, folder / "studio", catalogue, *files, 40, lambda: set(), lambda: 1_000.0 + clock())
        desks[name] = desk_of(takes, Rota(("house",), seed=len(name), seconds=(30.0, 30.0)).brief_at)
    return StudioRoom(Studio(Lineup(backends, clock), critic), critic, desks, 50.0, clock, lambda: 1_000.0 + clock(), "Test.")


def test_the_buffers_of_all_stations_are_filled_and_then_it_rests(tmp_path: Path) -> None:
    one = room(tmp_path, [Band("good " * 9)], ("main", "second"))
    rests = [one.step() for _ in range(6)]
    report = report_of(one, 1_000.0)
    assert {name: station.made for name, station in report.stations.items()} == {"main": 2, "second": 2}
    assert all(station.buffered_seconds >= 50.0 for station in report.stations.values())
    assert rests[-1] == 5.0
    assert one.desks["main"].takes.counter == 2, "the count outlives a restart"


def test_what_goes_wrong_is_told_and_the_next_turn_comes_after_a_rest(tmp_path: Path) -> None:
    clock = Hours()
    one = room(tmp_path, [Band("memory good")], clock=clock)
    assert one.step() == 5.0
    report = report_of(one, 0.0)
    assert report.stations["main"].failures == {Failure.MEMORY: 1}
    assert report.stations["main"].failures_in_a_row == 1
    assert report.backends[0].failures == {Failure.MEMORY: 1}
    clock.now = 12.0
    one.step()
    report = report_of(one, 0.0)
    assert (report.stations["main"].made, report.stations["main"].failures_in_a_row) == (0, 1), "the backend rests"
    assert one.desks["main"].turn.counter == 1, "nobody composed meanwhile"
    clock.now = 20.0
    one.step()
    assert report_of(one, 0.0).stations["main"].made == 1


def test_at_the_end_a_take_under_way_is_called_off(tmp_path: Path) -> None:
    one = room(tmp_path, [Band("good")])
    one.ending.set()
    with pytest.raises(CalledOff):
        one.step()
    assert report_of(one, 0.0).backends[0].failures == {}, "nobody is blamed"


def test_a_commission_is_made_kept_under_its_own_id_and_made_twice_is_one_track(tmp_path: Path) -> None:
    one = room(tmp_path, [Band("bad good bad good")])
    for _ in range(2):
        take = one.make("main", BRIEF, unheard)
        assert take.id == BRIEF.id
        one.keep("main", take)
    assert len(list((tmp_path / "studio").glob("*.flac"))) == 1
    assert report_of(one, 0.0).backends[0].refused == {"silent_share": 2}


@pytest.mark.parametrize(("pattern", "error"), [("bad bad bad", TakesRefused), ("broken", GenerationFailed)])
def test_a_commission_that_fails_says_why(tmp_path: Path, pattern: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        room(tmp_path, [Band(pattern)]).make("main", BRIEF, unheard)


def test_a_commission_finds_the_disk_or_the_memory_full_as_a_failure_of_the_studio(tmp_path: Path) -> None:
    class Deaf(Easy):
        def hear(self, take: Take, last: Sequence[NDArray[np.float32]] = ()) -> Verdict:
            raise MemoryError(f"{take.title} {len(last)}")

    one = room(tmp_path, [Band("good")])
    poor = StudioRoom(Studio(one.studio.lineup, Deaf()), one.critic, one.desks, 50.0, one.monotonic, one.wall, "Test.")
    with pytest.raises(GenerationFailed, match="memory"):
        poor.make("main", BRIEF, unheard)


def test_the_backends_may_be_had_alone(tmp_path: Path) -> None:
    one = room(tmp_path, [Band("good")])
    with one.alone() as backends:
        assert [backend.name for backend in backends] == ["pattern"]
    assert one.step() == 0.0, "and are given back"


def test_producer_and_critic_say_what_they_do_and_decided(tmp_path: Path) -> None:
    one = room(tmp_path, [Band("good bad bad bad")])
    one.step()
    producer, critic = agents_of(one)
    assert (producer.agent, producer.station, producer.state) == ("producer", "main", "idle")
    assert producer.last_decision == "made: Title"
    assert critic.last_decision == "approved: Title, 75 of 100"
    assert critic.figures == {"heard_total": 1, "approved_total": 1}
    one.step()
    producer, critic = agents_of(one)
    assert producer.state == "resting"
    assert "it is silence" in producer.last_error
    assert critic.last_decision.startswith("refused: ")
