"""`bench outs`: every figure that this release promises of the ways out and of live."""

from typing import Final

from benchmarks import outs_icy

MEASUREMENTS: Final = (outs_icy.MEASUREMENT,)
