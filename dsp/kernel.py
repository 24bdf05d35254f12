"""What a kernel is: a loop over samples, compiled, kept on disk, run without the GIL.

A kernel calls only kernels of its own file: the copy on disk is renewed when that file changes, and no other file is looked at. Its
state is float64 (or whole numbers) in arrays that its owner hands in, so a kernel has none of its own and any thread may run it.
Nothing is compiled at import: the first call compiles, or loads what an earlier process compiled (see dsp/warm_up.py).
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from dsp.block import Samples

Loop = TypeVar("Loop", bound=Callable[..., Any])


def kernel(loop: Loop) -> Loop:
    """Compiles `loop` as it stands: every operation rounds as it is written, so no result depends on the length of a block."""
    return cast("Loop", njit(cache=True, nogil=True, error_model="numpy")(loop))


def summing_kernel(loop: Loop) -> Loop:
    """Compiles `loop` with sums taken in any order, which makes an FIR several times faster. For detectors, never for the sound."""
    return cast("Loop", njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})(loop))


def plain(sound: Samples) -> Samples:
    """`sound` as kernels take it: float32, contiguous, writable. A copy where it is not, itself where it is.

    A read-only array or a slice of a longer one is another type to the compiler: it would compile again, for seconds, on air.
    """
    return sound if sound.flags.carray and sound.dtype == np.float32 else np.array(sound, np.float32, order="C")
