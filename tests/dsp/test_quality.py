"""Quality: each gate fails at its defect, and at nothing else."""

import numpy as np
import pytest

from dsp.block import Samples
from dsp.cues import find_cues
from dsp.hearing import Loudness, Quality
from dsp.loudness import measure_loudness
from dsp.quality import GATES, find_quality, judge
from dsp.spectrogram import make_spectrogram
from dsp.true_peak import true_peak_dbtp
from tests.dsp.sounds import music, sine, stereo


def quality(samples: Samples) -> Quality:
    measured = measure_loudness(samples)
    loudness = Loudness(measured.integrated_lufs, measured.range_lu, true_peak_dbtp(samples))
    return find_quality(samples, make_spectrogram(samples), loudness, find_cues(samples, measured.integrated_lufs))


def low_passed(samples: Samples, hz: float) -> Samples:
    spectrum = np.fft.rfft(samples, axis=1)
    spectrum[:, np.fft.rfftfreq(samples.shape[1], 1 / 48_000) > hz] = 0
    return np.fft.irfft(spectrum, samples.shape[1], axis=1).astype(np.float32)


def holed(samples: Samples) -> Samples:
    copy = samples.copy()
    copy[:, 96_000:336_000] = 0.0
    return copy


DEFECTS = {
    "clipped": lambda: np.clip(music() * np.float32(8.0), -1.0, 1.0),
    "crushed": lambda: stereo(np.sign(np.random.default_rng(0).standard_normal(480_000)) * 0.5),
    "offset": lambda: music() + np.float32(0.05),
    "narrow": lambda: low_passed(music(), 3_000.0),
    "cancels": lambda: music()[:1] * np.array([[1.0], [-1.0]], np.float32),
    "one-sided": lambda: music() * np.array([[1.0], [0.01]], np.float32),
    "hole": lambda: holed(music()),
    "over": lambda: music() * np.float32(6.0),
}


def test_sound_music_has_no_faults() -> None:
    heard = quality(music())
    assert heard.faults == ()
    assert heard.score > 0.9
    assert heard.measures["true_peak_dbtp"] == pytest.approx(true_peak_dbtp(music()), abs=1e-3)


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_fails_its_own_gate(name: str) -> None:
    heard = quality(DEFECTS[name]())
    assert name in heard.faults, heard
    assert heard.score < quality(music()).score - 0.1
    others = set(heard.faults) - {name}
    assert others <= {"clipped": {"over", "crushed"}, "crushed": {"clipped"}, "hole": {"empty"}}.get(name, set()), heard


def test_the_round_top_of_a_low_note_is_no_clipping() -> None:
    """30 Hz at full scale in 16 bits: up to five samples in a row are equal."""
    note = (np.rint(sine(30.0, 5.0, 0.0) * 32_767) / 32_768).astype(np.float32)
    assert quality(note).measures["clipped_share"] == 0.0


def test_a_score_lies_between_nothing_and_one() -> None:
    worst = {gate.measure: 2 * gate.fails - gate.fine for gate in GATES}
    assert judge(worst).score == 0.0
    assert judge({gate.measure: gate.fine for gate in GATES}).score == 1.0
    assert set(judge(worst).faults) == {gate.name for gate in GATES}
