import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, frames_of
from generation.procedural.envelopes import SHORTEST_ATTACK_SECONDS, adsr, falling


def test_an_envelope_rises_settles_and_ends_at_nothing() -> None:
    gain = adsr(SAMPLE_RATE, frames_of(0.7), 0.1, 0.05, 0.5, 0.3)
    assert gain.dtype == np.float32
    assert gain[frames_of(0.05)] == pytest.approx(0.5, abs=0.01)
    assert gain.max() == pytest.approx(1.0, abs=0.01)
    assert gain[frames_of(0.69)] == pytest.approx(0.5, abs=0.01)
    assert gain[frames_of(0.85)] < 0.05
    assert gain[-1] == 0.0


def test_nothing_begins_or_ends_with_a_click() -> None:
    for attack in (0.0, 0.001):
        gain = adsr(4_800, 4_000, attack, 0.1, 0.8, 0.02)
        assert gain[0] < 0.02
        assert np.abs(np.diff(gain)).max() <= 1.02 / (SHORTEST_ATTACK_SECONDS * SAMPLE_RATE)


def test_a_note_let_go_before_its_height_falls_from_there() -> None:
    gain = adsr(SAMPLE_RATE, frames_of(0.1), 1.0, 1.0, 1.0, 0.4)
    assert gain.max() == pytest.approx(0.1, abs=0.005)
    assert int(np.argmax(gain)) == pytest.approx(frames_of(0.1), abs=2)


def test_what_falls_has_fallen_to_an_eth_after_its_time() -> None:
    gain = falling(SAMPLE_RATE, 0.2)
    assert gain[0] == 1.0
    assert gain[frames_of(0.2)] == pytest.approx(np.exp(-1.0), rel=1e-3)
