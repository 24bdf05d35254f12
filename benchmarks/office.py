"""`bench office`: every figure that this release promises of data, identity and the API."""

from typing import Final

from benchmarks.measurement import Measurement

MEASUREMENTS: Final[tuple[Measurement, ...]] = ()
