"""Items 1 and 2 of the fifteen: what comes out stays below the ceiling whatever goes in, and below it nothing is touched.

The judge takes sixteen points a sample by a long filter that is not the limiter's own. The set is hostile by design, the seeds by chance.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np

from benchmarks.instruments import FLOOR_DB, decibels, ideal_peak_dbtp, sample_peak_dbfs, true_peak_dbtp
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_settings import bypassed, in_blocks
from benchmarks.unmeasured import progress
from dsp.block import BLOCK_FRAMES, Samples, silence
from dsp.mastering import Mastering
from dsp.presets import PRESETS
from dsp.settings import MasteringSettings
from tests.dsp.seeds import seeded, seeded_settings
from tests.dsp.sounds import hostile, music, padded

SEEDS: Final = 200
CHANGED_TRACKS: Final = 60
LONGEST_STAY: Final = 40
"""Blocks between two changes of settings, at most: 0.8 s."""

ALONE: Final = Bar("fifteen 01 limiter alone: worst true peak, hostile set and 200 seeds", "dBTP", most=-1.0)
CHAIN: Final = Bar("fifteen 01 chain, every preset: worst true peak, hostile set and 200 seeds", "dBTP", most=-1.0)
CHANGES: Final = Bar("fifteen 01 chain: worst true peak through changes of settings and tracks", "dBTP", most=-1.0)
SAMPLES: Final = Bar("fifteen 01 chain: highest sample of all of these", "dBFS", most=-1.0)
NULL: Final = Bar("fifteen 02 limiter below its ceiling: what it changes", "dB", most=-120.0)


def all_hostile(seeds: Iterable[int]) -> Iterator[tuple[str, Samples]]:
    """The set and the seeds, each between silence and silence."""
    for name, sound in hostile().items():
        yield name, padded(sound, 0.2)
    for seed in seeds:
        yield f"seed {seed}", padded(seeded(seed), 0.1)


def worst(settings: Callable[[int], MasteringSettings], seeds: Iterable[int]) -> tuple[float, float, float, str]:
    """(true peak, sample peak, an ideal converter's peak, the sound that made the first) of the worst; `settings` is asked for each."""
    highest = (FLOOR_DB, "silence")
    sample = ideal = FLOOR_DB
    for number, (name, sound) in enumerate(all_hostile(seeds)):
        made = in_blocks(Mastering(settings(number)).process, sound)
        highest = max(highest, (true_peak_dbtp(made), name))
        sample, ideal = max(sample, sample_peak_dbfs(made)), max(ideal, ideal_peak_dbtp(made))
    return highest[0], sample, ideal, highest[1]


def through_changes(seed: int, tracks: int) -> tuple[float, float, int]:
    """(true peak, sample peak, changes) of hostile tracks cut hard into one another while every setting jumps about."""
    random = np.random.default_rng(seed)
    chosen = [sound for _, sound in all_hostile(random.integers(1000, 1_000_000, tracks - len(hostile())))]
    order = random.permutation(len(chosen))
    programme = np.concatenate([chosen[place][:, 4800:-4800] for place in order], axis=1)
    mastering = Mastering(seeded_settings(seed))
    made, changes, stays = [], 0, 0
    for start in range(0, programme.shape[1], BLOCK_FRAMES):
        if stays == 0:
            changes += 1
            mastering.change(seeded_settings(seed + changes))
            stays = int(random.integers(1, LONGEST_STAY))
        stays -= 1
        made.append(mastering.process(programme[:, start : start + BLOCK_FRAMES]))
    whole = np.concatenate(made, axis=1)
    return true_peak_dbtp(whole), sample_peak_dbfs(whole), changes


def null_db() -> float:
    """Highest sample of what lies between the sound and what the limiter makes of it, to the sound's own highest."""
    sound = music(10.0)
    mastering = Mastering(bypassed("limiter"))
    late = mastering.latency_frames
    made = in_blocks(mastering.process, np.concatenate((sound, silence(late)), axis=1))
    # the low-pass is bypassed and delays as if it were not: all of the delay is whole frames
    return decibels(float(np.abs(made[:, late:] - sound).max())) - sample_peak_dbfs(sound)


def _peaks() -> list[Row]:
    presets = [preset.settings for preset in PRESETS.values()]
    progress(f"{len(hostile())} hostile sounds and {SEEDS} seeds through the limiter")
    alone, sample, alone_ideal, which = worst(lambda _: bypassed("limiter"), range(SEEDS))
    progress("the same through the chain")
    chain, chain_sample, ideal, chain_which = worst(lambda number: presets[number % len(presets)], range(SEEDS))
    progress(f"{CHANGED_TRACKS} hostile tracks while the settings change")
    changed, changed_sample, changes = through_changes(1, CHANGED_TRACKS)
    return [
        ALONE.row(alone, note=f"{which}; an ideal converter would reach {alone_ideal:.2f}, whose sinc never ends"),
        CHAIN.row(chain, note=f"{chain_which}; an ideal converter would reach {ideal:.2f}"),
        CHANGES.row(changed, note=f"{CHANGED_TRACKS} tracks, {changes} changes of every setting; the ceiling between -6 and -1"),
        SAMPLES.row(max(sample, chain_sample, changed_sample)),
    ]


async def measure_peaks() -> list[Row]:
    """In a thread, since it is busy all the time."""
    return await asyncio.to_thread(_peaks)


async def measure_null() -> list[Row]:
    """Music whose peaks lie below the ceiling."""
    return [NULL.row(await asyncio.to_thread(null_db))]


PEAKS: Final = Measurement((ALONE, CHAIN, CHANGES, SAMPLES), measure_peaks, 900.0)
UNTOUCHED: Final = Measurement((NULL,), measure_null, 60.0)
