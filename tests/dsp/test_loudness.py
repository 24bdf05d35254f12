"""EBU Tech 3341 and 3342: their test signals by formula, within their tolerances."""

import subprocess

import numpy as np
import pytest

from dsp.block import Samples, silence
from dsp.loudness import LoudnessMeter, hop_energies, lufs, measure_loudness
from tests.dsp.sounds import in_blocks, music, steps
from tests.programs import program

INTEGRATED = {
    "3341 case 1": (steps((20, -23)), -23.0),
    "3341 case 2": (steps((20, -33)), -33.0),
    "3341 case 3": (steps((10, -36), (60, -23), (10, -36)), -23.0),
    "3341 case 4": (steps((10, -72), (10, -36), (60, -23), (10, -36), (10, -72)), -23.0),
    "3341 case 5": (steps((20, -26), (20.1, -20), (20, -26)), -23.0),
}
RANGE = {
    "3342 case 1": (steps((20, -20), (20, -30)), 10.0),
    "3342 case 2": (steps((20, -20), (20, -15)), 5.0),
    "3342 case 3": (steps((20, -40), (20, -20)), 20.0),
    "3342 case 4": (steps((20, -50), (20, -35), (20, -20), (20, -35), (20, -50)), 15.0),
}


def readings(sound: Samples, frames: int = 960) -> list[tuple[float, float, float]]:
    """What a meter reads after each block."""
    meter = LoudnessMeter()
    heard = []
    for start in range(0, sound.shape[1], frames):
        meter.feed(sound[:, start : start + frames])
        heard.append((meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs))
    return heard


@pytest.mark.parametrize("case", INTEGRATED)
def test_integrated_loudness(case: str) -> None:
    sound, expected = INTEGRATED[case]
    assert measure_loudness(sound).integrated_lufs == pytest.approx(expected, abs=0.1)


def test_momentary_and_short_term_of_steady_sound() -> None:
    momentary, short_term, _ = readings(INTEGRATED["3341 case 1"][0])[-1]
    assert momentary == pytest.approx(-23.0, abs=0.1)
    assert short_term == pytest.approx(-23.0, abs=0.1)


def test_short_term_is_steady_where_three_seconds_are_alike() -> None:
    """3341 case 9."""
    heard = np.array(readings(steps(*[(1.34, -20.0), (1.66, -30.0)] * 5)))
    assert np.abs(heard[150:, 1] + 23.0).max() <= 0.1


def test_momentary_is_steady_where_400_ms_are_alike() -> None:
    """3341 case 12."""
    heard = np.array(readings(steps(*[(0.18, -20.0), (0.22, -30.0)] * 25)))
    assert np.abs(heard[50:, 0] + 23.0).max() <= 0.1


@pytest.mark.parametrize("case", RANGE)
def test_range(case: str) -> None:
    sound, expected = RANGE[case]
    assert measure_loudness(sound).range_lu == pytest.approx(expected, abs=1.0)


def test_silence_reads_minus_seventy() -> None:
    measured = measure_loudness(silence(48_000 * 4))
    assert (measured.integrated_lufs, measured.range_lu) == (-70.0, 0.0)
    assert readings(silence(9600))[-1] == (-70.0, -70.0, -70.0)


@pytest.mark.parametrize("frames", [64, 480, 1000])
def test_readings_do_not_depend_on_the_length_of_a_block(frames: int) -> None:
    sound = music(4.0)[:, : 96_000 * 2]
    assert readings(sound, frames)[-1] == readings(sound)[-1]


def test_reset_forgets() -> None:
    meter = LoudnessMeter()
    meter.feed(steps((4, -10)))
    meter.reset()
    meter.feed(steps((4, -30)))
    assert meter.integrated_lufs == pytest.approx(-30.0, abs=0.1)
    assert meter.range_lu < 1.0


def test_one_sample_that_is_no_number_spoils_10_ms_and_no_more() -> None:
    sound = steps((4, -23)).copy()
    sound[0, 4800] = np.nan
    sound[1, 4900] = np.inf
    assert measure_loudness(sound).integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_hop_energies_say_when_it_sounds() -> None:
    sound = steps((0.5, -200), (0.5, -20), (0.505, -200))
    levels = lufs(hop_energies(sound))
    assert levels.size == 150
    assert np.flatnonzero(levels > -40.0)[[0, -1]].tolist() == pytest.approx([50, 100], abs=1)


@pytest.mark.real
def test_ffmpeg_reads_the_same() -> None:
    sound = np.concatenate((music(20.0) * 0.2, music(20.0, 3), music(10.0, 4) * 0.05), axis=1)
    command = [program("ffmpeg"), "-nostats", "-f", "f32le", "-ar", "48000", "-ac", "2", "-i", "-", "-af", "ebur128", "-f", "null", "-"]
    done = subprocess.run(command, input=np.ascontiguousarray(sound.T).tobytes(), capture_output=True, check=True)
    summary = done.stderr.decode().rpartition("Summary:")[2].split()
    measured = measure_loudness(sound)
    assert measured.integrated_lufs == pytest.approx(float(summary[summary.index("I:") + 1]), abs=0.1)
    assert measured.range_lu == pytest.approx(float(summary[summary.index("LRA:") + 1]), abs=0.3)


def test_a_meter_passes_sound_it_was_handed_read_only() -> None:
    sound = music(1.0).copy()
    sound.flags.writeable = False
    meter = LoudnessMeter()
    in_blocks(lambda block: (meter.feed(block), block)[1], sound, 960)
    assert meter.momentary_lufs > -40.0
