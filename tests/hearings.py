"""What ears might have said: values for tests that do not listen."""

from dataclasses import replace

import numpy as np

from dsp.hearing import FEATURES, FEATURES_MODEL, BeatGrid, Cues, Hearing, Key, Loudness, Quality, Tempo


def a_hearing(seed: int = 0, **changes: object) -> Hearing:
    """Of a track that goes at 124 in A minor; `seed` gives it features of its own."""
    random = np.random.default_rng(seed)
    hearing = Hearing(
        loudness=Loudness(-14.0, 5.2, -1.0),
        cues=Cues(0, 470_000, 480_000),
        tempo=Tempo(124.0, 0.8, ((62.0, 0.7), (186.0, 0.3))),
        grid=BeatGrid(124.0, 480.0, 0, 4, 0.9),
        key=Key(9, True, 0.7, -3.0),
        energy=0.62,
        features=tuple(float(number) for number in random.standard_normal(FEATURES).round(5)),
        features_model=FEATURES_MODEL,
        quality=Quality(0.93, (), {"crest_db": 11.0}),
    )
    return replace(hearing, **changes)  # type: ignore[arg-type]
