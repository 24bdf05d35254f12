import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from generation.procedural.cloud import add_cloud
from generation.procedural.finish import Cloud
from generation.procedural.hall import UNIT, empty_send

FRAMES = 8 * SAMPLE_RATE


def thrown(source: Samples, seed: int = 0) -> tuple[Samples, Samples]:
    """What is heard near, and what goes into the hall at half the rate."""
    near, far = np.zeros((2, source.shape[1]), np.float32), empty_send(source.shape[1])
    add_cloud(near, far, source, Cloud(10.0, 0.5, 0.5), np.random.default_rng(seed))
    return near, (far / UNIT).astype(np.float32)


def test_grains_of_a_tone_are_the_tone_and_its_octaves() -> None:
    time = np.arange(FRAMES) / SAMPLE_RATE
    near, far = thrown(np.tile(np.sin(2.0 * np.pi * 500.0 * time), (2, 1)).astype(np.float32))
    power = np.abs(np.fft.rfft(near[0])) ** 2
    hz = np.fft.rfftfreq(FRAMES, 1.0 / SAMPLE_RATE)
    of_it = sum(float(power[np.abs(hz - at) < 40.0].sum()) for at in (250.0, 500.0, 1000.0, 2000.0))
    assert of_it > 0.98 * float(power.sum())
    half_way = 0.5 * (near[:, 1:-1:2] + near[:, 2::2])
    assert np.abs(far[:, 1:] - 0.5 * half_way).max() < 0.002
    assert np.corrcoef(near)[0, 1] < 0.98


def test_nothing_comes_of_nothing_and_nothing_clicks() -> None:
    silence = np.zeros((2, FRAMES), np.float32)
    assert not thrown(silence)[0].any()
    near, _ = thrown(np.tile(np.hanning(FRAMES), (2, 1)).astype(np.float32))
    assert near.any()
    assert np.abs(np.diff(near)).max() < 0.01


def test_equal_generators_throw_alike() -> None:
    source = np.random.default_rng(1).standard_normal((2, FRAMES)).astype(np.float32)
    assert np.array_equal(thrown(source, 3)[0], thrown(source, 3)[0])
    assert not np.array_equal(thrown(source, 3)[0], thrown(source, 4)[0])
