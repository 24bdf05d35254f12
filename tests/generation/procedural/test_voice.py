import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of
from generation.procedural.basses import BASSES
from generation.procedural.envelopes import adsr, falling
from generation.procedural.leads import LEADS
from generation.procedural.pads import PADS
from generation.procedural.patch import Patch
from generation.procedural.pitch import hertz, nearest_octave
from generation.procedural.plucks import PLUCKS
from generation.procedural.stabs import STABS
from generation.procedural.voice import sound_of

EVERY = {**BASSES, **PADS, **STABS, **PLUCKS, **LEADS}
HELD = frames_of(0.3)


def note(patch: Patch, pitch: int = 60, velocity: float = 1.0, seed: int = 0, glide_from: int | None = None) -> Samples:
    return sound_of(patch, pitch, HELD, velocity, np.random.default_rng(seed), glide_from)


@pytest.mark.parametrize("name", EVERY)
def test_every_patch_sounds_begins_and_ends_without_a_click(name: str) -> None:
    pitch = 36 if name in BASSES else 64
    sound = note(EVERY[name], pitch)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.02 < np.sqrt(np.mean(sound[:, :HELD] ** 2)) < 1.2
    assert np.abs(sound[:, 0]).max() < 0.05
    assert np.abs(sound[:, -1]).max() == 0.0
    assert np.corrcoef(sound)[0, 1] > -0.2


@pytest.mark.parametrize("name", EVERY)
def test_every_patch_is_in_tune(name: str) -> None:
    """The pitch's harmonics hold most of the energy: none is a semitone off."""
    patch = EVERY[name]
    pitch = 48
    sound = sound_of(patch, pitch, SAMPLE_RATE, 1.0, np.random.default_rng(0)).mean(axis=0)[:SAMPLE_RATE]
    power = np.abs(np.fft.rfft(sound * np.hanning(SAMPLE_RATE))) ** 2
    hz = np.arange(len(power), dtype=np.float64)
    ratio = np.maximum(hz, 1.0) / hertz(pitch) * (2.0 if patch.sub else 1.0)
    ratio *= 1.0 if not patch.fm_ratio % 1.0 else 100.0
    off = np.abs(ratio - np.round(ratio)) / np.maximum(ratio, 1.0)
    heard = (hz > 30.0) & (hz < 1200.0)
    assert power[heard & (off < 0.02)].sum() > 0.8 * power[heard].sum()


def test_softer_is_quieter_and_darker() -> None:
    loud, soft = (note(STABS["saw stab"], velocity=velocity) for velocity in (1.0, 0.4))
    centre = [np.sum(np.abs(np.fft.rfft(s[0])) * np.arange(s.shape[1] // 2 + 1)) / np.sum(np.abs(np.fft.rfft(s[0]))) for s in (loud, soft)]
    assert np.std(soft) < 0.6 * np.std(loud)
    assert centre[1] < 0.9 * centre[0]


def test_a_note_can_slide_in() -> None:
    plain, slid = (note(BASSES["acid"], 45, glide_from=glide)[0, : frames_of(0.02)] for glide in (None, 57))
    assert np.sum(np.diff(np.signbit(slid))) > np.sum(np.diff(np.signbit(plain)))


def test_the_same_chance_makes_the_same_note() -> None:
    pad = PADS["supersaw pad"]
    assert np.array_equal(note(pad), note(pad))
    assert not np.array_equal(note(pad), note(pad, seed=1))


def test_a_sibling_is_another_hand_on_the_same_instrument() -> None:
    first, second = (LEADS["square lead"].coloured(np.random.default_rng(seed)) for seed in (0, 1))
    assert first.name == second.name == "square lead"
    assert first.cutoff != second.cutoff
    assert 0.8 < first.cutoff / LEADS["square lead"].cutoff < 1.25


def test_an_envelope_rises_falls_and_ends_at_nothing() -> None:
    gain = adsr(SAMPLE_RATE, SAMPLE_RATE // 2, 0.01, 0.05, 0.5, 0.3)
    assert gain[frames_of(0.01) - 1] == pytest.approx(1.0, abs=0.01)
    assert gain[SAMPLE_RATE // 2 - 1] == pytest.approx(0.5, abs=0.01)
    assert gain[frames_of(0.8)] < 0.001
    assert gain[-1] == 0.0
    assert np.abs(np.diff(gain)).max() < 0.01
    assert falling(SAMPLE_RATE, 0.1)[4800] == pytest.approx(np.exp(-1.0), rel=1e-3)


def test_pitches() -> None:
    assert hertz(69) == 440.0
    assert hertz(57.0) == 220.0
    assert [nearest_octave(9, centre) for centre in (35, 60, 77)] == [33, 57, 81]
