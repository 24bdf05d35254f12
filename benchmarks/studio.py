"""`bench studio`: every figure that this release promises of the studio: who makes music, who judges it, what its listeners teach."""

from typing import Final

from benchmarks import studio_acestep, studio_bandit, studio_critic, studio_musicgen, studio_procedural, studio_trouble

MEASUREMENTS: Final = (
    studio_procedural.MEASUREMENT,
    studio_critic.MEASUREMENT,
    studio_bandit.MEASUREMENT,
    *studio_musicgen.MEASUREMENTS,
    studio_acestep.MEASUREMENT,
    *studio_trouble.MEASUREMENTS,
)
