import pytest

from generation.musicgen.shape import SIZES, Shape


def test_codebooks_follow_one_another_and_those_of_a_stereo_pair_together() -> None:
    assert Shape(1, 8, 1, 8).delays == (0, 1, 2, 3)
    assert Shape(1, 8, 1, 8, codebooks=8, channels=2).delays == (0, 0, 1, 1, 2, 2, 3, 3)
    assert Shape(1, 8, 1, 8).columns(1500) == 1504


@pytest.mark.parametrize(("size", "gigabytes"), [("small", 0.72), ("medium", 3.20), ("large", 5.67)])
def test_a_step_reads_all_weights_of_the_published_models(size: str, gigabytes: float) -> None:
    assert SIZES[size].weights_read() * 2 / 1e9 == pytest.approx(gigabytes, rel=0.02)


def test_each_take_adds_two_rows_of_keys_and_values() -> None:
    shape = SIZES["medium"]
    one, nine = shape.step_bytes(1, 750), shape.step_bytes(9, 750)
    assert (nine - one) / 8 == (2 * 750 + 64) * 2 * 1536 * 48 * 2
    assert shape.step_bytes(1, 750, weight_bytes=1.0) < 0.6 * one
