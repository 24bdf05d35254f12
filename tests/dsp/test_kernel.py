import numpy as np
import pytest

from dsp.kernel import plain


def test_a_plain_array_is_not_copied() -> None:
    sound = np.zeros((2, 960), np.float32)
    assert plain(sound) is sound


@pytest.mark.parametrize(
    "sound",
    [
        np.ones((2, 2000), np.float32)[:, 100:1060],
        np.ones((960, 2), np.float32).T,
        np.ones((2, 960)),
        np.broadcast_to(np.float32(1.0), (2, 960)),
    ],
    ids=["slice", "interleaved", "float64", "read-only"],
)
def test_what_a_compiler_would_take_for_another_type_is_copied(sound: np.ndarray) -> None:
    taken = plain(sound)
    assert taken.flags.carray
    assert taken.dtype == np.float32
    assert np.array_equal(taken, sound)
