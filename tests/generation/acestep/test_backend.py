"""The backend over an instrument that plays tones and runs out of memory on a pattern."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from dsp.block import Samples, frames_of
from dsp.loudness import measure_loudness
from generation.acestep.backend import AceStep
from generation.acestep.instrument import NoRoom
from generation.acestep.options import AceStepOptions
from generation.acestep.wording import Wording
from generation.backend import Progress
from generation.brief import Brief
from generation.errors import BackendAway, CalledOff, InvalidBrief

BRIEF = Brief("trance", 5, 30.0, 138.0, "A minor")


class Tones:
    """Room for so many takes at once. Each take is a tone whose pitch is its seed, about as loud as the house has it."""

    sample_rate = 48_000

    def __init__(self, room: int) -> None:
        self.room = room
        self.played: list[list[int]] = []
        self.loaded = self.closed = 0

    def load(self, _model: str, _revision: str, _options: AceStepOptions) -> "Tones":
        self.loaded += 1
        return self

    def play(self, wordings: Sequence[Wording], seeds: Sequence[int], told: Progress) -> list[Samples]:
        assert len({(one.bpm, one.keyscale, one.seconds) for one in wordings}) == 1
        if len(seeds) > self.room:
            raise NoRoom
        self.played.append(list(seeds))
        told(0.5, "step 4 of 8")
        time = np.arange(frames_of(wordings[0].seconds) + 1_920) / 48_000
        return [np.stack([0.22 * np.sin(2 * np.pi * (200.0 + seed) * time)] * 2).astype(np.float32) for seed in seeds]

    def close(self) -> None:
        self.closed += 1


def backend(room: int = 8, **options: int) -> tuple[AceStep, Tones]:
    tones = Tones(room)
    return AceStep("a/model", "abc", AceStepOptions(**options), tones.load), tones  # type: ignore[arg-type]


def pitch(samples: Samples) -> int:
    """Of a take, as its seed."""
    piece = samples[0, :48_000]
    return int(np.argmax(np.abs(np.fft.rfft(piece)))) - 200


def test_a_take_and_all_that_is_known_of_it() -> None:
    ace, tones = backend()
    assert tones.loaded == 0
    take = ace.make(BRIEF)
    assert take.samples.shape == (2, frames_of(30.0))
    assert measure_loudness(take.samples).integrated_lufs == pytest.approx(-14.0, abs=0.6)
    assert (take.bpm, take.key, pitch(take.samples)) == (138.0, "A minor", 5)
    assert take.provenance == {"backend": "acestep", "revision": "abc", "seed": "5", "model": "a/model", "steps": "8"}
    assert take.licence == ace.licence
    assert (ace.licence.name, ace.licence.commercial_ok, ace.licence.weights) == ("MIT", True, "a/model@abc")
    assert take.title
    assert take.artist


def test_best_of_four_is_one_call() -> None:
    ace, tones = backend()
    takes = ace.make_all([replace(BRIEF, seed=seed) for seed in (3, 1, 4, 1_5)])
    assert tones.played == [[3, 1, 4, 15]]
    assert [pitch(take.samples) for take in takes] == [3, 1, 4, 15]


def test_briefs_that_differ_are_grouped_and_come_back_in_order() -> None:
    ace, tones = backend()
    slow = replace(BRIEF, bpm=132.0)
    takes = ace.make_all([BRIEF, replace(slow, seed=6), replace(BRIEF, seed=7), replace(slow, seed=8)])
    assert tones.played == [[5, 7], [6, 8]]
    assert [take.brief.seed for take in takes] == [5, 6, 7, 8]
    assert [take.bpm for take in takes] == [138.0, 132.0, 138.0, 132.0]


def test_more_than_fit_at_once() -> None:
    ace, tones = backend(most_at_once=3)
    assert ace.most_at_once == 3
    ace.make_all([replace(BRIEF, seed=seed) for seed in range(7)])
    assert tones.played == [[0, 1, 2], [3, 4, 5], [6]]


def test_where_the_memory_does_not_do_the_batch_is_halved_and_stays_so() -> None:
    ace, tones = backend(room=2)
    briefs = [replace(BRIEF, seed=seed) for seed in range(8)]
    assert len(ace.make_all(briefs)) == 8
    assert tones.played == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert ace.most_at_once == 2


def test_no_room_for_one_is_away_and_nothing_is_held() -> None:
    ace, tones = backend(room=0)
    with pytest.raises(BackendAway, match="memory") as raised:
        ace.make_all([BRIEF] * 2)
    assert isinstance(raised.value.__cause__, MemoryError)
    assert tones.closed == 1
    tones.room = 1
    assert ace.make(BRIEF).seconds == 30.0
    assert tones.loaded == 2


def test_progress_goes_forward_to_the_end() -> None:
    heard: list[float] = []
    backend()[0].make_all([BRIEF, replace(BRIEF, bpm=140.0)], lambda done, _: heard.append(done))
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)


def test_called_off_it_keeps_the_model() -> None:
    ace, tones = backend()

    def progress(done: float, _doing: str) -> None:
        if done > 0.1:
            raise CalledOff

    with pytest.raises(CalledOff):
        ace.make(BRIEF, progress)
    ace.make(BRIEF)
    assert tones.loaded == 1


def test_it_lets_go_and_loads_again() -> None:
    ace, tones = backend()
    ace.close()
    ace.make(BRIEF)
    ace.close()
    ace.close()
    ace.make(BRIEF)
    assert (tones.loaded, tones.closed) == (2, 1)
    assert ace.make_all([]) == []


@pytest.mark.parametrize("options", [{"most_at_once": 0}, {"most_at_once": 9}, {"steps": 0}, {"shift": 0}])
def test_options_that_cannot_be(options: dict[str, int]) -> None:
    with pytest.raises(InvalidBrief):
        backend(**options)
