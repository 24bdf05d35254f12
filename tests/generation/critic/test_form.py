"""Form: what stands still is alike throughout; changes count where phrases end."""

import numpy as np

from dsp.spectrogram import BANDS, MOMENTS_A_SECOND
from generation.critic.form import phrasing, self_similarity

BPM = 120.0
BAR_MOMENTS = round(4 * 60.0 / BPM * MOMENTS_A_SECOND)


def bars_of(sections: list[int]) -> np.ndarray:
    """Heights of a take whose sections, each so many bars long, sound different."""
    rng = np.random.default_rng(3)
    return np.concatenate([np.tile(rng.random(BANDS), (bars * BAR_MOMENTS, 1)) for bars in sections]).astype(np.float32)


def test_what_stands_still_is_alike_throughout_and_what_changes_is_not() -> None:
    assert self_similarity(bars_of([40])) > 0.999
    assert self_similarity(bars_of([8, 8, 8, 8, 8])) < 0.6
    assert self_similarity(bars_of([1])) == 0.0


def test_changes_after_eights_of_bars_are_form_and_others_are_none() -> None:
    assert phrasing(bars_of([8, 16, 8, 8, 16]), BPM) > 0.9
    assert phrasing(bars_of([9, 13, 10, 11, 14]), BPM) < 0.6


def test_where_nothing_can_be_said_it_is_in_the_middle() -> None:
    assert phrasing(bars_of([8, 4]), BPM) == 0.5
    assert phrasing(bars_of([40]), BPM) == 0.5
    assert phrasing(bars_of([8, 16, 8]), 0.0) == 0.5
