"""The fifteen items the sound is held to, in one table: `sonicforge bench sound --only fifteen`; one of them: `--only "fifteen 08"`."""

from typing import Final

from benchmarks import sound_codecs, sound_cost, sound_ebu, sound_limiter, sound_programme, sound_purity, sound_seams, sound_steadiness

MEASUREMENTS: Final = (
    sound_limiter.PEAKS,
    sound_limiter.UNTOUCHED,
    sound_purity.WIRE,
    sound_purity.CROSSOVER,
    sound_purity.DISTORTION,
    sound_programme.LEVELS,
    sound_ebu.SUMMARY,
    sound_steadiness.CLICKS,
    sound_seams.MEASUREMENT,
    sound_steadiness.INVARIANCE,
    sound_steadiness.QUIET,
    sound_steadiness.GUARDED,
    sound_cost.MEASUREMENT,
    sound_programme.TASTE,
    *sound_codecs.MEASUREMENTS,
)
