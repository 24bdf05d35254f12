"""Items 8, 10, 11 and 12 of the fifteen: changes that nobody hears, blocks of any length, silence that stays so, poison at the door."""

import asyncio
import time
from collections.abc import Iterator
from typing import Final

import numpy as np

from benchmarks.instruments import decibels, highest_above_dbfs, true_peak_dbtp
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_settings import STAGES, in_blocks
from benchmarks.unmeasured import progress
from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples, silence
from dsp.mastering import Mastering
from dsp.presets import PRESETS, RADIO
from dsp.settings import BadSettings, MasteringSettings, ranges
from tests.dsp.seeds import seeded_settings
from tests.dsp.sounds import hostile, music, padded, sine

SETTLED_BLOCKS: Final = 75
CHANGED_BLOCKS: Final = 40
CHANGE_FRAMES: Final = SAMPLE_RATE
LENGTHS: Final = (64, 480, 1000, 7)
POISONS: Final = (np.nan, np.inf, -np.inf, 3e38, 1e-42)

CLICK: Final = Bar("fifteen 08 a change of any setting: highest above 5 kHz, 100 Hz at -6 dBFS", "dBFS", most=-85.0)
BLOCKS: Final = Bar("fifteen 10 sound at other block lengths, and a second time: furthest apart", "", most=0.0)
SILENCE: Final = Bar("fifteen 11 silence: highest sample 2 s after music", "", most=0.0)
SLOW: Final = Bar("fifteen 11 silence: its CPU beside that of music", "x", most=1.5)
POISON: Final = Bar("fifteen 12 NaN, infinity, +24 dB, DC: samples that are no sound or above the ceiling", "samples", most=0.0)
DIRECT: Final = Bar("fifteen 12 DC of full scale: what is left of it after 2 s", "dBFS", most=-80.0)
HEALED: Final = Bar("fifteen 12 after NaN: level of the programme 1 s later, beside a chain that never met it", "dB", least=-0.5, most=0.5)


def changes(base: MasteringSettings = RADIO) -> Iterator[tuple[str, MasteringSettings, MasteringSettings]]:
    """Every jump that one setting can make: each number from bound to bound, each bypass; and each preset to each other."""
    for path, bounds in ranges().items():
        try:
            low, high = (_with(base, path, bound) for bound in bounds)
        except BadSettings:
            low, high = base, _with(base, path, 1.5 * _value(base, path))
        yield path, low, high
    for stage in STAGES:
        if stage != "limiter":  # without it nothing holds the ceiling: that is no change for the air
            yield f"{stage}.bypass", base, _with(base, f"{stage}.bypass", True)
    names = list(PRESETS)
    for first, second in zip(names, names[1:] + names[:1], strict=True):
        yield f"{first} -> {second}", PRESETS[first].settings, PRESETS[second].settings


def click_dbfs(first: MasteringSettings, second: MasteringSettings) -> float:
    """What is heard above 5 kHz while a 100 Hz tone is mastered, there and back."""
    mastering = Mastering(first)
    blocks = SETTLED_BLOCKS + 2 * CHANGED_BLOCKS
    sound = sine(100.0, blocks * BLOCK_FRAMES / SAMPLE_RATE, -6.0)
    made = []
    for number in range(blocks):
        if number == SETTLED_BLOCKS:
            mastering.change(second)
        elif number == SETTLED_BLOCKS + CHANGED_BLOCKS:
            mastering.change(first)
        made.append(mastering.process(sound[:, number * BLOCK_FRAMES : (number + 1) * BLOCK_FRAMES]))
    return highest_above_dbfs(np.concatenate(made[SETTLED_BLOCKS - 5 :], axis=1))


def furthest_apart(frames: int, sound: Samples, changing: bool) -> float:
    """Between the sound in blocks of `frames` and of 960, with settings that change every second or stand still."""
    return float(np.abs(_changed(frames, sound, changing) - _changed(BLOCK_FRAMES, sound, changing)).max())


def silence_after(sound: Samples) -> tuple[float, float]:
    """(highest sample from 2 s after it on, CPU of 10 s of silence beside 10 s of music)."""
    mastering = Mastering(RADIO)
    assert not in_blocks(mastering.process, silence(SAMPLE_RATE)).any()
    in_blocks(mastering.process, sound)
    after = in_blocks(mastering.process, silence(4 * SAMPLE_RATE))[:, 2 * SAMPLE_RATE :]
    costs = {}
    for name, piece in (("music", music(10.0)), ("silence", silence(10 * SAMPLE_RATE))):
        tries = []
        for _ in range(3):
            before = time.thread_time()
            in_blocks(mastering.process, piece)
            tries.append(time.thread_time() - before)
        costs[name] = min(tries)
    return float(np.abs(after).max()), costs["silence"] / costs["music"]


def poisoned(settings: MasteringSettings = RADIO) -> int:
    """How many samples come out that are no number, or higher than the ceiling between the samples."""
    ceiling = 10.0 ** (settings.limiter.ceiling_dbtp / 20.0)
    count = 0
    for sound in _poisons():
        made = in_blocks(Mastering(settings).process, sound)
        count += int(np.count_nonzero(~(np.abs(made) <= ceiling)))
        count += true_peak_dbtp(np.nan_to_num(made)) > settings.limiter.ceiling_dbtp
    return count


def direct_left_dbfs() -> float:
    """The mean of what comes of music that stands on DC."""
    sound = music(6.0) + np.float32(1.0)
    return decibels(abs(float(in_blocks(Mastering(RADIO).process, sound)[:, 2 * SAMPLE_RATE :].mean(dtype=np.float64))))


def healed_db() -> float:
    """The level a second after a block of NaN, against that of a chain which got silence instead."""
    levels = []
    for poison in (np.float32(np.nan), np.float32(0.0)):
        sound = music(4.0).copy()
        sound[:, SAMPLE_RATE : SAMPLE_RATE + BLOCK_FRAMES] = poison
        made = in_blocks(Mastering(RADIO).process, sound)[:, 2 * SAMPLE_RATE :]
        levels.append(decibels(float(np.sqrt(np.mean(np.square(made, dtype=np.float64))))))
    return levels[0] - levels[1]


def _poisons() -> Iterator[Samples]:
    for poison in POISONS:
        for frames in (1, 3, BLOCK_FRAMES, 5 * BLOCK_FRAMES):
            sound = music(2.0).copy()
            sound[0, 30_000 : 30_000 + frames] = poison
            sound[1, 50_000 : 50_000 + frames] = poison
            yield padded(sound)
    yield padded(16.0 * music(2.0))
    yield padded(music(2.0) + np.float32(1.0))
    yield padded(np.full((2, SAMPLE_RATE), 15.9, np.float32))


def _with(base: MasteringSettings, path: str, value: object) -> MasteringSettings:
    table = value
    for name in reversed(path.split(".")):
        table = {name: table}
    assert isinstance(table, dict)
    return MasteringSettings.from_table(table, base)


def _value(settings: MasteringSettings, path: str) -> float:
    table: object = settings.to_table()
    for name in path.split("."):
        assert isinstance(table, dict)
        table = table[name]
    assert isinstance(table, float)
    return table


def _changed(frames: int, sound: Samples, changing: bool) -> Samples:
    mastering = Mastering(RADIO)
    made = []
    for second in range(0, sound.shape[1], CHANGE_FRAMES):
        if changing:
            mastering.change(seeded_settings(second // CHANGE_FRAMES))
        made.append(in_blocks(mastering.process, sound[:, second : second + CHANGE_FRAMES], frames))
    return np.concatenate(made, axis=1)


def _clicks() -> list[Row]:
    progress("every setting changes")
    found = {name: click_dbfs(first, second) for name, first, second in changes()}
    worst = sorted(found, key=found.__getitem__, reverse=True)[:3]
    note = f"{len(found)} changes there and back; highest: " + ", ".join(f"{name} {found[name]:.0f}" for name in worst)
    return [CLICK.row(found[worst[0]], note=note)]


def _blocks() -> list[Row]:
    progress("blocks of other lengths")
    sound = np.concatenate((3.0 * music(6.0), hostile()["bursts on quiet"], 0.1 * music(2.0)), axis=1)
    apart = max(furthest_apart(frames, sound, changing) for frames in (*LENGTHS, BLOCK_FRAMES) for changing in (False, True))
    return [BLOCKS.row(apart, note=f"blocks of {', '.join(map(str, LENGTHS))} and again 960 frames, also while settings change")]


def _silence() -> list[Row]:
    left, ratio = silence_after(music(5.0))
    return [SILENCE.row(left), SLOW.row(ratio)]


def _poison() -> list[Row]:
    progress("poison")
    return [
        POISON.row(sum(poisoned(preset.settings) for preset in PRESETS.values()), note="through every preset"),
        DIRECT.row(direct_left_dbfs()),
        HEALED.row(healed_db()),
    ]


async def measure_clicks() -> list[Row]:
    """In a thread, as all of these."""
    return await asyncio.to_thread(_clicks)


async def measure_blocks() -> list[Row]:
    """Exactly, or not at all."""
    return await asyncio.to_thread(_blocks)


async def measure_silence() -> list[Row]:
    """CPU as the best of three, so a busy machine changes it little."""
    return await asyncio.to_thread(_silence)


async def measure_poison() -> list[Row]:
    """Through every preset."""
    return await asyncio.to_thread(_poison)


CLICKS: Final = Measurement((CLICK,), measure_clicks, 240.0)
INVARIANCE: Final = Measurement((BLOCKS,), measure_blocks, 180.0)
QUIET: Final = Measurement((SILENCE, SLOW), measure_silence, 120.0)
GUARDED: Final = Measurement((POISON, DIRECT, HEALED), measure_poison, 240.0)
