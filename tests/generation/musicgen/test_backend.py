from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dsp.loudness import measure_loudness
from dsp.true_peak import true_peak_dbtp
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff, LicenceForbids
from generation.licence import check_licence
from generation.musicgen.backend import MusicGen
from generation.musicgen.instrument import Instrument
from generation.musicgen.options import MusicGenOptions
from generation.musicgen.performance import Prompt
from tests.models import models

models("torch", "transformers")

BRIEF = Brief("house", 5, 30.0, bpm=124.0, key="A minor", mood="warm")


@pytest.fixture(scope="module")
def backend(mono: Path) -> Iterator[MusicGen]:
    backend = MusicGen(str(mono))
    yield backend
    backend.close()


def test_makes_a_take_of_a_brief(backend: MusicGen) -> None:
    told: list[tuple[float, str]] = []
    take = backend.make(BRIEF, lambda done, doing: told.append((done, doing)))
    assert take.samples.dtype == np.float32
    assert take.samples.shape == (2, 30 * 48_000)
    assert -15.5 < measure_loudness(take.samples).integrated_lufs < -13.5
    assert true_peak_dbtp(take.samples) <= -0.8
    assert np.abs(take.samples[:, -480:]).max() < 0.01
    assert (take.bpm, take.key) == (124.0, "A minor")
    assert {"backend": "musicgen", "seed": "5"}.items() <= take.provenance.items()
    assert take.provenance["revision"].startswith("folder-")
    assert "124 bpm" in take.provenance["prompt"]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {f"{second} of 30 s of sound" for second in range(31)} <= {doing for _, doing in told}
    assert told[-1] == (1.0, "done")


def test_the_same_brief_is_the_same_take_and_another_seed_another(backend: MusicGen) -> None:
    one, again = (backend.make(BRIEF) for _ in range(2))
    assert np.array_equal(one.samples, again.samples)
    assert one.title == again.title
    other = backend.make(Brief("house", 6, 30.0, bpm=124.0, key="A minor", mood="warm"))
    assert not np.array_equal(one.samples, other.samples)


def test_may_not_be_used_by_a_station_that_earns_money(backend: MusicGen) -> None:
    assert backend.licence.name == "CC-BY-NC-4.0"
    with pytest.raises(LicenceForbids, match="musicgen"):
        check_licence(backend.name, backend.licence, monetised=True)


def test_a_take_that_is_called_off_ends_at_the_next_step(backend: MusicGen) -> None:
    calls = 0

    def enough(_done: float, doing: str) -> None:
        nonlocal calls
        calls += 1
        if doing.startswith("2 of"):
            raise CalledOff

    with pytest.raises(CalledOff):
        backend.make(BRIEF, enough)
    assert calls < 200
    assert backend.make(BRIEF).samples.shape[1] == 30 * 48_000


def test_sound_can_be_had_while_it_is_made(backend: MusicGen) -> None:
    pieces = backend.sing([Prompt("calm", 600, 1)])
    assert next(pieces).sound.shape[1] == 5 * backend.timbre().rate
    assert sum(piece.sound.shape[1] for piece in pieces) == 7 * backend.timbre().rate


class Cramped(Instrument):
    """Has memory for one take at once."""

    def engine(self, takes: int, frames: int):  # type: ignore[no-untyped-def]
        import torch

        if takes > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return super().engine(takes, frames)


def test_where_the_memory_does_not_do_it_is_away_and_tries_half_as_many_next(mono: Path) -> None:
    backend = MusicGen(str(mono), options=MusicGenOptions(most_at_once=2), load=Cramped)
    briefs = [BRIEF, Brief("trance", 1, 30.0)]
    with pytest.raises(BackendAway, match="not enough memory for 2 takes"):
        backend.make_all(briefs)
    assert backend.most_at_once == 1
    takes = backend.make_all(briefs)
    assert [take.brief.genre for take in takes] == ["house", "trance"]


def test_a_failing_library_is_away_and_what_was_loaded_is_let_go(mono: Path) -> None:
    class Broken(Instrument):
        def words(self, text: str) -> object:
            raise RuntimeError(f"device-side assert on {text[:4]}")

    backend = MusicGen(str(mono), load=Broken)
    with pytest.raises(BackendAway, match="musicgen failed: device-side assert"):
        backend.make(BRIEF)


def test_making_it_loads_nothing_and_no_wish_is_no_work() -> None:
    backend = MusicGen("nobody/nothing")
    assert backend.make_all([]) == []
    assert list(backend.sing([])) == []
    assert backend.licence.weights == "nobody/nothing@main"
    with pytest.raises(BackendAway, match="hf download"):
        backend.make(BRIEF)
