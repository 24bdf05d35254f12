"""`bench air`: every figure that this release promises of the air."""

from typing import Final

from benchmarks import crowd, first_sound, hostile, idle, kills, latency, simulation, speed, stall, wrap

MEASUREMENTS: Final = (
    *simulation.MEASUREMENTS,
    *speed.MEASUREMENTS,
    first_sound.MEASUREMENT,
    idle.MEASUREMENT,
    latency.LISTENING,
    latency.CLICKING,
    kills.FRONT,
    kills.ENGINE,
    stall.MEASUREMENT,
    crowd.MEASUREMENT,
    wrap.MEASUREMENT,
    hostile.MEASUREMENT,
)
