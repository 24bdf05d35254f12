import numpy as np

from dsp.tempo import candidate_tempi, correlate, evidence
from dsp.tempo_weights import MULTIPLES, OCTAVE_WEIGHTS, WEIGHTS


def test_there_is_a_weight_for_every_piece_of_evidence() -> None:
    pulse = np.random.default_rng(0).random((2000, 3))
    pulse[::50] += 10.0
    correlations = correlate(pulse)
    candidates = candidate_tempi(correlations)
    assert evidence(correlations, candidates).shape == (candidates.size, WEIGHTS.size + OCTAVE_WEIGHTS.size)
    assert list(MULTIPLES) == sorted(MULTIPLES)


def test_a_bass_that_comes_again_after_a_bar_speaks_for_a_beat_and_very_fast_or_slow_against_it() -> None:
    assert WEIGHTS[MULTIPLES.index(4.0), 0] == WEIGHTS.max()
    assert OCTAVE_WEIGHTS[1] < 0.0
