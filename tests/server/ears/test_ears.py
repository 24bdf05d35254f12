"""The ears of a worker: the core, others behind it that may fail, and a fingerprint where there is a library."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dsp.block import Samples, silence
from dsp.cues import NothingToHear
from dsp.fingerprint import Fingerprint
from dsp.hearing import FEATURES_MODEL, Hearing
from server.ears.ears import Ears
from tests.dsp.sounds import music
from tests.hearings import a_hearing


class Printer:
    """Makes fingerprints if it is there."""

    def __init__(self, there: bool = True) -> None:
        self.there = there
        self.asked: list[int] = []

    def available(self) -> bool:
        return self.there

    def fingerprint(self, samples: Samples, cue_in_frames: int) -> Fingerprint | None:  # noqa: ARG002
        self.asked.append(cue_in_frames)
        return np.array([1, 2**32 - 1], np.uint32) if self.there else None


class Better:
    """Knows the energy better; or fails."""

    name = "better"

    def __init__(self, energy: float, model: str | None = None, fails: bool = False) -> None:
        self.features_model = model
        self._energy = energy
        self._fails = fails

    def refine(self, samples: Samples, hearing: Hearing) -> Hearing:  # noqa: ARG002
        if self._fails:
            raise RuntimeError("out of memory")
        return replace(hearing, energy=self._energy)


def core(_samples: Samples) -> Hearing:
    return a_hearing()


def test_others_refine_in_turn_and_one_that_fails_is_passed_over() -> None:
    ears = Ears([Better(0.1), Better(0.2, "big/1"), Better(0.3, fails=True)], Printer(), core)
    measured = ears.listen(music())
    assert measured.heard is not None
    assert measured.heard.hearing.energy == 0.2
    assert (measured.frames, measured.loudness_lufs, measured.cues) == (480_000, -14.0, a_hearing().cues)
    assert ears.features_model == "big/1"
    assert Ears([], Printer(), core).features_model == FEATURES_MODEL


@pytest.mark.parametrize("there", [True, False])
def test_the_fingerprint_is_kept_and_that_it_was_sought(there: bool) -> None:
    printer = Printer(there)
    heard = Ears([], printer, core).listen(music()).heard
    assert heard is not None
    assert heard.sought is there
    assert (heard.fingerprint is None) is not there
    if heard.fingerprint is not None:
        assert heard.fingerprint.tolist() == [1, 2**32 - 1]
    assert printer.asked == [a_hearing().cues.cue_in_frames]


def test_real_ears_hear_a_prepared_track(tmp_path: Path) -> None:
    np.save(tmp_path / "track.npy", music(20.0))
    measured = Ears(fingerprints=Printer(False)).listen_to(tmp_path / "track.npy")
    assert measured.heard is not None
    assert measured.heard.hearing.loudness.integrated_lufs == measured.loudness_lufs
    with pytest.raises(NothingToHear):
        Ears().listen(silence(96_000))
