"""The referee of the studio: that its figures tell good from bad, and that none of its rows is missing."""

import numpy as np
import pytest

from benchmarks import studio_procedural
from benchmarks.planted_faults import FAULTS
from benchmarks.studio import MEASUREMENTS
from benchmarks.studio_acestep import REAL, Size, cost_of
from generation.brief import GENRES, Brief
from generation.critic.critic import judge
from generation.procedural.spec import specify
from generation.procedural.styles import STYLES
from generation.take import Take
from tests.generation.procedural.rendered import rendered
from tests.models import models

TINY = Size(
    {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 16,
    },
    {**REAL.decoder, "encoder_hidden_size": 6, "channel_multiples": [1, 1, 1, 1, 1], "decoder_channels": 4},
)


@pytest.fixture(scope="module")
def take() -> Take:
    return rendered("house")


def test_no_two_bars_have_one_name_and_each_part_of_the_studio_has_its_rows() -> None:
    names = [bar.name for measurement in MEASUREMENTS for bar in measurement.bars]
    assert len(names) == len(set(names))
    assert {name.split()[0].strip(":,") for name in names} >= {"procedural", "critic", "bandit", "acestep"}
    assert sum(name.startswith("procedural ") for name in names) == len(GENRES)


def test_every_style_is_measured_and_its_seed_chooses_it() -> None:
    found = studio_procedural.briefs()
    assert set(found) == {(genre, style.name) for genre, styles in STYLES.items() for style in styles}
    for (genre, name), seed in found.items():
        assert specify(Brief(genre, seed, studio_procedural.SECONDS)).style.name == name


def test_a_good_take_is_let_pass(take: Take) -> None:
    assert judge(take).accepted


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_one_and_leaves_the_take_alone(name: str, take: Take) -> None:
    before = take.samples.copy()
    spoilt = FAULTS[name](take)
    assert np.array_equal(take.samples, before)
    assert spoilt.samples.dtype == np.float32
    assert spoilt.samples.shape[0] == 2
    assert spoilt.samples.shape != take.samples.shape or not np.array_equal(spoilt.samples, take.samples)
    assert not judge(spoilt).accepted


@pytest.mark.real  # of a model's libraries, which take long to load
@pytest.mark.timeout(600)
def test_the_cost_of_a_model_is_its_steps_and_its_decoding() -> None:
    models("torch", "diffusers")
    import torch

    cost = cost_of(torch, TINY, "cpu", 2, 2)
    assert cost.step_seconds > 0.0
    assert cost.decode_seconds > 0.0
    assert cost.times_real_time == pytest.approx(4.0 / (8.0 * cost.step_seconds + 2.0 * cost.decode_seconds))
