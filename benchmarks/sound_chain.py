"""The chain beside the same chain as an FFmpeg graph, in the same run: what each costs, how each clicks, what each lets through.

The graph has the same stages in the same order, in FFmpeg's own filters, with its limiter at 192 kHz, which is how it gets nearest to
true peak. Both get the same blocks of 20 ms, and each change of a setting is of the same size on both sides.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from benchmarks import tracks
from benchmarks.ffmpeg_chain import FFmpegChain
from benchmarks.instruments import highest_above_dbfs, true_peak_dbtp
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from dsp.block import BLOCK_FRAMES, Samples, seconds_of
from dsp.gain import db_to_gain
from dsp.mastering import Mastering
from dsp.presets import RADIO
from dsp.settings import MasteringSettings
from tests.dsp.sounds import hostile, padded, sine

PIECES: Final = (4, 0, 1)
PIECE_SECONDS: Final = 20.0
TURNS: Final = 3
SETTLED_BLOCKS: Final = 60
CHANGED_BLOCKS: Final = 40

CPU: Final = Bar("chain beside FFmpeg's: share of its CPU", "x", most=1.0)
CLICKS: Final = Bar("chain beside FFmpeg's: fewer clicks at changes", "dB", least=30.0)
PEAK: Final = Bar("chain beside FFmpeg's: worst true peak of the hostile set", "dBTP", most=-1.0)

Process = Callable[[Samples], Samples]


@dataclass(frozen=True, slots=True)
class Change:
    """One change as both sides understand it."""

    name: str
    table: dict[str, Any]
    """What differs from the radio preset."""
    command: tuple[str, str]
    """FFmpeg's filter, and what is changed in it,"""
    old: float
    new: float


CHANGES: Final = (
    Change("pre-gain", {"pre_gain": {"gain_db": -6.0}}, ("pre_gain", "volume"), 1.0, db_to_gain(-6.0)),
    Change("rumble cutoff", {"rumble": {"cutoff_hz": 60.0}}, ("rumble", "frequency"), 28.0, 60.0),
    Change(
        "threshold", {"compressor": {"low": {"threshold_db": -30.0}}}, ("compressor 0", "threshold"), db_to_gain(-17.0), db_to_gain(-30.0)
    ),
    Change("given back", {"compressor": {"low": {"gain_db": 6.0}}}, ("compressor 0", "makeup"), db_to_gain(2.2), db_to_gain(6.0)),
    Change("servo target", {"servo": {"target_lufs": -23.0}}, ("servo", "volume"), 1.0, db_to_gain(-7.0)),
    Change("ceiling", {"limiter": {"ceiling_dbtp": -9.0}}, ("limiter", "limit"), db_to_gain(-1.0), db_to_gain(-9.0)),
)


def _cost(make: Callable[[], Process], blocks: list[Samples]) -> float:
    """CPU for a second of sound, by all threads of this process; the best of several turns."""
    costs = []
    for _ in range(TURNS):
        process = make()
        process(blocks[0])
        before = time.process_time()
        for block in blocks:
            process(block)
        costs.append((time.process_time() - before) / seconds_of(len(blocks) * BLOCK_FRAMES))
    return min(costs)


def _click_dbfs(process: Process, there: Callable[[], None], back: Callable[[], None]) -> float:
    """What is heard above 5 kHz while a tone of 100 Hz at -6 dBFS plays through a change and back."""
    count = SETTLED_BLOCKS + 2 * CHANGED_BLOCKS
    tone, made = sine(100.0, seconds_of(count * BLOCK_FRAMES), -6.0), []
    for number in range(count):
        if number == SETTLED_BLOCKS:
            there()
        elif number == SETTLED_BLOCKS + CHANGED_BLOCKS:
            back()
        made.append(process(tone[:, number * BLOCK_FRAMES : (number + 1) * BLOCK_FRAMES]))
    return highest_above_dbfs(np.concatenate(made[SETTLED_BLOCKS // 2 :], axis=1))


def _clicks(change: Change) -> tuple[float, float]:
    """(ours, FFmpeg's)."""
    ours, theirs = Mastering(RADIO), FFmpegChain()
    other = MasteringSettings.from_table(change.table, RADIO)
    return (
        _click_dbfs(ours.process, lambda: ours.change(other), lambda: ours.change(RADIO)),
        _click_dbfs(
            theirs.process, lambda: theirs.command(*change.command, change.new), lambda: theirs.command(*change.command, change.old)
        ),
    )


def _worst_peak_dbtp(make: Callable[[], Process]) -> float:
    return max(
        true_peak_dbtp(np.concatenate([process(sound[:, at : at + BLOCK_FRAMES]) for at in range(0, sound.shape[1], BLOCK_FRAMES)], axis=1))
        for sound, process in ((padded(sound, 0.3), make()) for sound in hostile().values())
    )


def _measure() -> list[Row]:
    sound = np.concatenate([tracks.piece(number, PIECE_SECONDS) for number in PIECES]).T.astype(np.float32)
    blocks = [np.ascontiguousarray(sound[:, at : at + BLOCK_FRAMES]) for at in range(0, sound.shape[1] - BLOCK_FRAMES + 1, BLOCK_FRAMES)]
    progress("cost")
    ours, theirs = _cost(lambda: Mastering(RADIO).process, blocks), _cost(lambda: FFmpegChain().process, blocks)
    rows = [CPU.row(ours / theirs, note=f"for a second of sound ours {ours:.4f} s, FFmpeg's {theirs:.4f} s")]
    clicks = {}
    for change in CHANGES:
        progress(f"click: {change.name}")
        clicks[change.name] = _clicks(change)
    worst = [max(pair[side] for pair in clicks.values()) for side in range(2)]
    each = ", ".join(f"{name} {pair[0]:.0f} / {pair[1]:.0f}" for name, pair in clicks.items())
    rows.append(CLICKS.row(worst[1] - worst[0], note=f"worst of each, above 5 kHz, ours / FFmpeg's in dBFS: {each}"))
    progress("hostile set")
    rows.append(PEAK.row(_worst_peak_dbtp(lambda: Mastering(RADIO).process), _worst_peak_dbtp(lambda: FFmpegChain().process)))
    return rows


async def measure() -> list[Row]:
    """In a thread: it keeps one busy."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement((CPU, CLICKS, PEAK), measure, 400.0)
