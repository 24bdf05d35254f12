"""Backends measured: how fast, how much memory, under which licence; those that fail hide no others."""

from itertools import count

import pytest

from control.pipeline.trial import measure_backends, resident_bytes
from generation.backend import Progress
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff
from generation.licence import OURS, Licence
from generation.take import Take
from tests.control.pipeline.house import MIT, take_of


class Cardboard:
    """Makes a take of half a second; or does not."""

    def __init__(self, name: str, licence: Licence, fault: Exception | None = None) -> None:
        self.name = name
        self.licence = licence
        self._fault = fault

    def make(self, brief: Brief, progress: Progress) -> Take:
        progress(0.5, "half")
        if self._fault is not None:
            raise self._fault
        return take_of(brief)

    def close(self) -> None: ...


def test_each_is_measured_and_a_broken_one_says_why() -> None:
    ticks = count(0.0, 0.25)
    heard: list[tuple[float, str]] = []
    away = Cardboard("acestep", MIT, BackendAway("no weights"))
    no_memory = Cardboard("remote", MIT, MemoryError())
    found = measure_backends([Cardboard("procedural", OURS), away, no_memory], 30.0, lambda *told: heard.append(told), lambda: next(ticks))
    assert [record["backend"] for record in found] == ["procedural", "acestep", "remote"]
    made = found[0]
    assert (made["audio_seconds"], made["took_seconds"], made["audio_seconds_per_second"]) == (0.5, 0.25, 2.0)
    assert (made["licence"], made["commercial_ok"], made["weights"], made["revision"]) == ("CC0-1.0", True, "", "1")
    assert 1_000_000 < made["resident_bytes"] <= 2 * resident_bytes()
    assert (found[1]["error"], found[1]["licence"], found[1]["weights"]) == ("no weights", "MIT", "tiny 1")
    assert found[2]["error"] == "MemoryError"
    assert heard[1][1] == "procedural: half"
    assert heard[1][0] == pytest.approx(0.5 / 3)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_who_calls_it_off_is_heard() -> None:
    def off(_done: float, _doing: str) -> None:
        raise CalledOff("cancelled")

    with pytest.raises(CalledOff):
        measure_backends([Cardboard("procedural", OURS)], 30.0, off)
