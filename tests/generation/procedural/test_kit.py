from dataclasses import replace

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from generation.procedural.cymbals import CLOSED, OPEN, RIDES, SHAKERS, cymbal
from generation.procedural.kicks import KICKS, kick
from generation.procedural.kit import Drum, Kit, strokes
from generation.procedural.percussion import PERCUSSION, skin
from generation.procedural.snares import CLAPS, RIMS, SNARES, snare

KIT = Kit("punch", "crack", "clap", "rim", "tick", "open", "ride", "shaker", "conga", 50.0)


def sounds_clean(sound: Samples) -> bool:
    ends = max(float(np.abs(sound[:, 0]).max()), float(np.abs(sound[:, -1]).max()))
    return bool(np.isfinite(sound).all()) and abs(float(np.abs(sound).max()) - 1.0) < 0.02 and ends < 0.08


def centre_hz(sound: Samples) -> float:
    power = np.abs(np.fft.rfft(sound[0])) ** 2
    return float(np.sum(power * np.fft.rfftfreq(sound.shape[1], 1.0 / SAMPLE_RATE)) / power.sum())


@pytest.mark.parametrize("name", KICKS)
def test_a_bass_drum_is_mono_and_comes_to_rest_where_it_is_tuned(name: str) -> None:
    sound = kick(KICKS[name], 50.0, np.random.default_rng(0))
    assert sounds_clean(sound)
    assert np.array_equal(sound[0], sound[1])
    tail = sound[0, SAMPLE_RATE // 10 :]
    power = np.abs(np.fft.rfft(tail, SAMPLE_RATE)) ** 2
    assert 44 <= np.argmax(power) <= 62


@pytest.mark.parametrize("name", [*SNARES, *CLAPS, *RIMS])
def test_snares_claps_and_rims_lie_above_the_bass_drum(name: str) -> None:
    sound = snare({**SNARES, **CLAPS, **RIMS}[name], np.random.default_rng(0))
    assert sounds_clean(sound)
    assert 200.0 < centre_hz(sound) < 9000.0
    assert sound.shape[1] < SAMPLE_RATE


@pytest.mark.parametrize("name", [*CLOSED, *OPEN, *RIDES, *SHAKERS])
def test_metal_lies_above_them_all(name: str) -> None:
    sound = cymbal({**CLOSED, **OPEN, **RIDES, **SHAKERS}[name], np.random.default_rng(0))
    assert sounds_clean(sound)
    assert centre_hz(sound) > 4000.0


def test_percussion_has_two_strokes_the_second_higher() -> None:
    for low, high in PERCUSSION.values():
        first, second = skin(low, np.random.default_rng(0)), skin(high, np.random.default_rng(0))
        assert sounds_clean(first)
        assert sounds_clean(second)
        assert high.hz > low.hz


def test_a_kit_has_every_drum_and_two_takes_of_what_repeats() -> None:
    made = strokes(KIT, np.random.default_rng(0))
    assert set(made) == set(Drum)
    assert len(made[Drum.CLOSED]) > 1
    assert not np.array_equal(made[Drum.CLOSED][0], made[Drum.CLOSED][1])
    again = strokes(KIT, np.random.default_rng(0))
    assert all(np.array_equal(a, b) for drum in Drum for a, b in zip(made[drum], again[drum], strict=True))
    other = strokes(replace(KIT, kick="soft"), np.random.default_rng(0))
    assert other[Drum.KICK][0].shape != made[Drum.KICK][0].shape


def test_a_gate_shuts_the_room_before_it_has_died_away() -> None:
    shape = SNARES["gated"]
    gated, plain = (snare(one, np.random.default_rng(0)) for one in (shape, replace(shape, gate_seconds=0.0)))
    places = [round((shape.gate_seconds + late) * SAMPLE_RATE) for late in (-0.03, 0.03)]
    falls = []
    for sound in (gated, plain):
        before, after = (float(np.sqrt(np.mean(sound[:, at : at + 960] ** 2))) for at in places)
        falls.append(before / after)
    assert falls[0] > 4.0
    assert falls[0] > 1.8 * falls[1]
