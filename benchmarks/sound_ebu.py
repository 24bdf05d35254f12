"""The meters against EBU Tech 3341 and 3342, FFmpeg's `ebur128` beside them on the same sound: one row a case.

A case's value is its worst reading: the one that lies furthest out, or nearest to the border. The peer's is its own worst.
"""

import asyncio
from typing import Final

from benchmarks.ebur128 import Heard, hear
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from dsp.block import Samples, seconds_of
from dsp.loudness import HOP_FRAMES, LoudnessMeter
from dsp.true_peak import true_peak_dbtp
from tests.dsp.ebu import CASES, INTEGRATED, MOMENTARY, RANGE, SHORT_TERM, TRUE_PEAK, Case, chosen

UNITS: Final = {INTEGRATED: "LUFS", MOMENTARY: "LU off", SHORT_TERM: "LU off", RANGE: "LU", TRUE_PEAK: "dBTP"}
NAMES: Final = {
    INTEGRATED: "integrated loudness",
    MOMENTARY: "momentary, each reading",
    SHORT_TERM: "short-term, each reading",
    RANGE: "loudness range",
    TRUE_PEAK: "true peak",
}

ALL: Final = Bar("fifteen 07 loudness meters: cases of Tech 3341 and 3342 missed", "cases", most=0)


def ours(case: Case, sound: Samples) -> tuple[float, ...]:
    """What our meters read of the case; M and S every 10 ms."""
    if case.reading == TRUE_PEAK:
        return (true_peak_dbtp(sound),)
    meter = LoudnessMeter()
    if case.reading in (INTEGRATED, RANGE):
        meter.feed(sound)
        return (meter.integrated_lufs if case.reading == INTEGRATED else meter.range_lu,)
    readings = []
    for start in range(0, sound.shape[1], HOP_FRAMES):
        meter.feed(sound[:, start : start + HOP_FRAMES])
        readings.append((seconds_of(start + HOP_FRAMES), meter.momentary_lufs if case.reading == MOMENTARY else meter.short_term_lufs))
    return chosen(case, readings, len(case.expected))


def peers(case: Case, heard: Heard) -> tuple[float, ...]:
    """What FFmpeg reads of it; M and S every 100 ms."""
    ends = {INTEGRATED: heard.integrated_lufs, RANGE: heard.range_lu, TRUE_PEAK: heard.true_peak_dbtp}
    if case.reading in ends:
        return (ends[case.reading],)
    return chosen(case, heard.momentary if case.reading == MOMENTARY else heard.short_term, len(case.expected))


def bar(case: Case) -> Bar:
    """The EBU's tolerance."""
    name = f"EBU {case.name}: {NAMES[case.reading]}"
    if case.reading in (MOMENTARY, SHORT_TERM):
        return Bar(name, UNITS[case.reading], least=-case.under, most=case.over)
    return Bar(name, UNITS[case.reading], least=round(case.expected[0] - case.under, 2), most=round(case.expected[0] + case.over, 2))


def _worst(case: Case, readings: tuple[float, ...]) -> float:
    """The furthest of them: as it stands, or where there are many, how far it is off."""
    expected = case.expected if len(case.expected) == len(readings) else case.expected * len(readings)
    read, due = max(zip(readings, expected, strict=True), key=lambda pair: abs(pair[0] - pair[1]))
    return read - due if case.reading in (MOMENTARY, SHORT_TERM) else read


def row(case: Case) -> Row:
    """Ours and FFmpeg's."""
    sound = case.make()
    found, theirs = ours(case, sound), peers(case, hear(sound, case.reading == TRUE_PEAK))
    coarse = case.reading in (MOMENTARY, SHORT_TERM) and case.excess(theirs) > 0
    note = "FFmpeg reads every 100 ms only, and misses where the tone fills the window" if coarse else ""
    return bar(case).row(_worst(case, found), _worst(case, theirs), note)


def _measurement(case: Case) -> Measurement:
    async def rows() -> list[Row]:
        progress(f"EBU {case.name}")
        return [await asyncio.to_thread(row, case)]

    return Measurement((bar(case),), rows, 120.0)


def _summary() -> Row:
    missed, theirs = [], 0
    for case in CASES:
        sound = case.make()
        if case.excess(ours(case, sound)) > 0:
            missed.append(case.name)
        theirs += case.excess(peers(case, hear(sound, case.reading == TRUE_PEAK))) > 0
    return ALL.row(len(missed), theirs, ", ".join(missed) or f"{len(CASES)} cases; the peer is FFmpeg's ebur128 (`--only EBU` prints each)")


async def measure_all() -> list[Row]:
    """Every case, counted."""
    progress(f"{len(CASES)} cases of the EBU")
    return [await asyncio.to_thread(_summary)]


SUMMARY: Final = Measurement((ALL,), measure_all, 240.0)
MEASUREMENTS: Final = tuple(_measurement(case) for case in CASES)
