import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from dsp.loudness import measure_loudness
from generation.brief import Brief
from generation.procedural.mixing import loudness_where_playing, mix_down
from generation.procedural.score import write_score
from generation.procedural.spec import specify


def tone(seconds: float, level: float) -> Samples:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.tile(level * np.sin(2.0 * np.pi * 997.0 * time), (2, 1)).astype(np.float32)


def test_how_loud_a_part_is_does_not_depend_on_how_rarely_it_plays() -> None:
    always = tone(20.0, 0.2)
    rarely = np.zeros_like(always)
    rarely[:, 8 * SAMPLE_RATE : 10 * SAMPLE_RATE] = tone(2.0, 0.2)
    assert loudness_where_playing(always) == pytest.approx(measure_loudness(always).integrated_lufs, abs=0.1)
    assert loudness_where_playing(rarely) == pytest.approx(loudness_where_playing(always), abs=0.3)
    assert loudness_where_playing(np.zeros_like(always)) == -70.0


def test_a_mix_is_as_long_as_its_spec_says_each_part_and_then_the_hall() -> None:
    told: list[str] = []
    spec = specify(Brief("ambient", 2, 30.0))
    sound = mix_down(spec, write_score(spec), lambda _done, doing: told.append(doing))
    assert sound.shape == (2, spec.frames)
    assert np.isfinite(sound).all()
    assert told[-1] == "hall"
    assert {"texture", "pad"} <= set(told)
    assert not {"kick", "hats"} & set(told), "nobody plays them"
