"""The peer of the chain: Liquidsoap's normalize, compress and limit on the very same hostile programme, as fast as it goes.

The programme: records from -25 to -9 LUFS, cut hard into one another and into the hostile set. Liquidsoap gets it as a float WAV and writes
one, so nothing but its own stages touches it. Two chains are tried, what its users call `nrj` and one that aims at LUFS; the better figure
of the two counts each time. Its CPU is that of the process less that of the same process without the chain.
"""

import asyncio
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from time import thread_time
from typing import Final, NamedTuple

import numpy as np
from scipy.io import wavfile

from benchmarks import liquidsoap
from benchmarks.ebur128 import hear
from benchmarks.instruments import true_peak_dbtp
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_programme import record
from benchmarks.sound_settings import in_blocks
from benchmarks.unmeasured import Unmeasured, program, progress
from dsp.block import SAMPLE_RATE, Samples, frames_of, seconds_of, silence
from dsp.gain import db_to_gain
from dsp.mastering import Mastering
from dsp.presets import RADIO
from tests.dsp.sounds import hostile

TARGET_LUFS: Final = -16.0
RECORD_SECONDS: Final = 30.0
LEVELS_LUFS: Final = (-16.0, -23.0, -11.0, -25.0, -9.0, -18.0, -13.0, -21.0, -15.0, -19.0)
SETTLED_SECONDS: Final = 10.0
"""Of a record, before its loudness counts: time for either to level it."""
LONGEST_SECONDS: Final = 240.0
NOTHING, NRJ, LUFS = "nothing", "nrj and limit", "to -16 LUFS"

CHAINS: Final = {
    NOTHING: "",
    NRJ: "s = normalize(target=-14., s)\ns = compress(threshold=-15., ratio=3., gain=3., s)\ns = limit(threshold=-1., s)\n",
    LUFS: "s = normalize(lufs=true, target=-16., s)\ns = compress(threshold=-15., ratio=3., s)\ns = limit(threshold=-1., s)\n",
}
SCRIPT: Final = """\
settings.log.stdout.set(true)
settings.log.file.set(false)
settings.init.allow_root.set(true)
settings.frame.audio.samplerate.set(48000)
s = once(single("{source}"))
{chain}clock.assign_new(sync="none", [s])
output.file(fallible=true, on_stop=shutdown, %ffmpeg(format="wav", %audio(codec="pcm_f32le", channels=2, samplerate=48000)), "{made}", s)
"""

PEAK: Final = Bar("beside Liquidsoap: worst true peak of the same hostile programme", "dBTP", most=-1.0)
LOUDNESS: Final = Bar("beside Liquidsoap: its loudness off -16 LUFS", "LU", least=0.0, most=1.0)
CPU: Final = Bar("beside Liquidsoap: CPU for a second of sound", "core", most=0.02)


class Made(NamedTuple):
    """What one chain made of the programme."""

    peak_dbtp: float
    off_lu: float
    """The whole programme's integrated loudness from the target, either way."""
    records_off_lu: float
    """The mean of that of each record, after SETTLED_SECONDS."""
    cpu: float
    """Core."""


def programme() -> tuple[Samples, list[tuple[int, int]]]:
    """The sound, and where its records lie."""
    parts: list[Samples] = []
    places, at = [], 0
    for number, (level, hostility) in enumerate(zip(LEVELS_LUFS, hostile().values(), strict=True)):
        piece = record(number)[:, SAMPLE_RATE : SAMPLE_RATE + frames_of(RECORD_SECONDS)]
        piece = piece * np.float32(db_to_gain(level - hear(piece, with_peaks=False).integrated_lufs))
        places.append((at, at + piece.shape[1]))
        parts += [piece, hostility, silence(frames_of(0.2))]
        at += sum(part.shape[1] for part in parts[-3:])
    return np.concatenate(parts, axis=1), places


def judged(sound: Samples, places: list[tuple[int, int]], cpu: float) -> Made:
    """By the long interpolation and by FFmpeg's ebur128. What either chain is late by does not matter here."""
    settled = frames_of(SETTLED_SECONDS)
    off = [abs(hear(sound[:, start + settled : end], with_peaks=False).integrated_lufs - TARGET_LUFS) for start, end in places]
    whole = hear(sound, with_peaks=False).integrated_lufs
    return Made(true_peak_dbtp(sound), abs(whole - TARGET_LUFS), float(np.mean(off)), cpu)


def _ours(sound: Samples, places: list[tuple[int, int]]) -> Made:
    in_blocks(Mastering(RADIO).process, sound[:, :SAMPLE_RATE])
    mastering = Mastering(RADIO)
    before = thread_time()
    made = in_blocks(mastering.process, sound)
    return judged(made, places, (thread_time() - before) / seconds_of(sound.shape[1]))


def _theirs(folder: Path, source: Path, chain: str) -> tuple[Samples, float]:
    """(what it made, CPU seconds of the whole process). Raises Unmeasured."""
    made, script, log = folder / "made.wav", folder / "chain.liq", folder / "log"
    made.unlink(missing_ok=True)
    script.write_text(SCRIPT.format(source=source, chain=CHAINS[chain], made=made))
    with log.open("wb") as said:
        child = subprocess.Popen([program("liquidsoap"), script], stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    limit = Timer(LONGEST_SECONDS, child.kill)
    limit.start()
    _, status, used = os.wait4(child.pid, 0)
    limit.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or not made.exists():
        raise Unmeasured(f"Liquidsoap ended with {child.returncode}; it said: {log.read_text(errors='replace')[-300:]}")
    _, frames = wavfile.read(made)
    return np.ascontiguousarray(frames.T, np.float32), used.ru_utime + used.ru_stime


def _measure() -> list[Row]:
    version = liquidsoap.version()
    progress("the hostile programme")
    sound, places = programme()
    seconds = seconds_of(sound.shape[1])
    ours = _ours(sound, places)
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "programme.wav"
        wavfile.write(source, SAMPLE_RATE, np.ascontiguousarray(sound.T))
        theirs = {}
        _, without = _theirs(folder, source, NOTHING)
        for chain in (NRJ, LUFS):
            progress(f"{version}: {chain}")
            made, used = _theirs(folder, source, chain)
            theirs[chain] = judged(made, places, (used - without) / seconds)
    peak, off, cpu = (min(getattr(one, name) for one in theirs.values()) for name in ("peak_dbtp", "off_lu", "cpu"))
    each = "; ".join(f"{chain} {one.off_lu:.2f}, by the record {one.records_off_lu:.2f}" for chain, one in theirs.items())
    return [
        PEAK.row(ours.peak_dbtp, peak, f"{version}, the better of: {', '.join(theirs)}; {seconds:.0f} s", valid=ours.peak_dbtp < peak),
        LOUDNESS.row(
            ours.off_lu,
            off,
            f"{each}; ours by the record {ours.records_off_lu:.2f}, on purpose: on air the deck has levelled each before",
            valid=ours.off_lu < off,
        ),
        CPU.row(ours.cpu, cpu, f"{ours.cpu / cpu:.2f} times theirs, with four bands, de-esser, true peaks and meters"),
    ]


async def measure() -> list[Row]:
    """In a thread, since it is busy all the time."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement((PEAK, LOUDNESS, CPU), measure, 900.0)
