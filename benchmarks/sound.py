"""`bench sound`: every figure that this release promises of the sound, of the ears and of transitions."""

from typing import Final

from benchmarks import (
    sound_chain,
    sound_ears,
    sound_ears_speed,
    sound_ebu,
    sound_fifteen,
    sound_fingerprint,
    sound_liquidsoap,
    sound_segues,
)

MEASUREMENTS: Final = (
    *sound_fifteen.MEASUREMENTS,
    *sound_ebu.MEASUREMENTS,
    sound_chain.MEASUREMENT,
    sound_liquidsoap.MEASUREMENT,
    sound_ears.MEASUREMENT,
    sound_ears_speed.MEASUREMENT,
    sound_fingerprint.MEASUREMENT,
    sound_segues.MEASUREMENT,
)
