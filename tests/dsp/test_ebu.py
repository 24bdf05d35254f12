"""The meters against the EBU's own cases, and FFmpeg's meter against the same sounds."""

import numpy as np
import pytest

from benchmarks.ebur128 import hear
from benchmarks.sound_ebu import ours, peers
from tests.dsp.ebu import CASES, INTEGRATED, MOMENTARY, RANGE, SHORT_TERM, TRUE_PEAK, Case
from tests.dsp.sounds import music


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_reading_lies_within_its_tolerance(case: Case) -> None:
    assert case.excess(ours(case, case.make())) <= 0.0


@pytest.mark.parametrize("case", [case for case in CASES if case.reading in (INTEGRATED, RANGE)], ids=lambda case: case.name)
def test_ffmpeg_finds_the_cases_to_be_what_they_say(case: Case) -> None:
    assert case.excess(peers(case, hear(case.make(), with_peaks=False))) <= 0.0


@pytest.mark.parametrize("case", [case for case in CASES if case.reading == TRUE_PEAK], ids=lambda case: case.name)
def test_ffmpeg_finds_the_same_peaks(case: Case) -> None:
    sound = case.make()
    assert ours(case, sound)[0] == pytest.approx(peers(case, hear(sound))[0], abs=0.3)


@pytest.mark.real
def test_ffmpeg_reads_the_same_of_music() -> None:
    sound = np.concatenate((music(20.0) * 0.2, music(20.0, 3), music(10.0, 4) * 0.05), axis=1)
    heard = hear(sound)
    whole = [Case("music", reading, (0.0,), music) for reading in (INTEGRATED, RANGE, TRUE_PEAK)]
    lufs, range_lu, peak = (ours(case, sound)[0] for case in whole)
    assert lufs == pytest.approx(heard.integrated_lufs, abs=0.05)
    assert range_lu == pytest.approx(heard.range_lu, abs=0.2)
    assert peak == pytest.approx(heard.true_peak_dbtp, abs=0.2)


def test_a_case_tells_what_lies_outside_of_it() -> None:
    case = Case("made up", MOMENTARY, (-23.0, -22.0), music)
    assert case.excess((-23.05, -22.0)) <= 0.0
    assert case.excess((-23.0, -22.3)) == pytest.approx(0.2)
    assert Case("steady", SHORT_TERM, (-23.0,), music, settled_seconds=3.0).excess((-23.0, -22.7, -23.0)) == pytest.approx(0.2)
