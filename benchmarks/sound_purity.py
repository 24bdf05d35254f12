"""Items 3, 4 and 5 of the fifteen: the chain as a wire, the crossover as a sum, and what is in the sound that nobody put there."""

import asyncio
from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.instruments import Channel, Process, delay_frames, impulse_response, lines_dbfs, residue_db, response_db
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_settings import STAGES, bypassed, in_blocks
from benchmarks.unmeasured import progress
from dsp.block import SAMPLE_RATE, Samples
from dsp.crossover import Crossover
from dsp.gain import db_to_gain
from dsp.mastering import Mastering
from dsp.presets import PRESETS
from dsp.settings import CrossoverSettings, ExciterSettings, MasteringSettings

NEUTRAL: Final = MasteringSettings.from_table(
    {
        "rumble": {"bypass": True},
        "deesser": {"most_db": 0.0},
        "compressor": {band: {"ratio": 1.0, "gain_db": 0.0} for band in ("low", "low_mid", "high_mid", "high")},
        "width": {"low": 1.0, "low_mid": 1.0, "high_mid": 1.0, "high": 1.0},
        "exciter": {"amount": 0.0},
        "servo": {"range_db": 0.0},
    }
)
"""Every stage at work and none of them doing anything; but the rumble filter, whose work begins at 30 Hz."""
CUTS: Final = CrossoverSettings()
LIMITED_HZ: Final = (50.0, 100.0, 1000.0)
EXCITED_HZ: Final = (1e3, 3e3, 4100.0, 5300.0, 6500.0, 7300.0, 7900.0, 8300.0, 9100.0, 11e3, 13e3, 14.5e3, 17.5e3, 22e3)
LOW_HZ, HIGH_HZ = 60.0, 7000.0
"""SMPTE's two tones, 4 to 1."""

FLAT: Final = Bar("fifteen 03 chain bypassed, and neutral: furthest from flat, 30 Hz - 18 kHz", "dB", most=0.05)
LATENCY: Final = Bar("fifteen 03 latency: reported against true, whatever is bypassed", "frames", most=1.0)
SUM: Final = Bar("fifteen 04 crossover: its sum's furthest from flat, 20 Hz - 20 kHz", "dB", most=0.01)
SLOPE: Final = Bar("fifteen 04 crossover: least fall of a band beside it", "dB/oct", least=24.0)
LIMITED: Final = Bar("fifteen 05 THD+N at 6 dB of limiting, 50, 100 and 1000 Hz", "dB", most=-80.0)
ALIAS: Final = Bar("fifteen 05 exciter: highest product that is no overtone", "dBFS", most=-80.0)
INTERMODULATION: Final = Bar("fifteen 05 chain, every preset: SMPTE intermodulation", "dB", most=-50.0)


def furthest_from_flat(settings: MasteringSettings) -> float:
    """In dB, either way."""
    _, levels = response_db(impulse_response(_chain(settings)))
    return float(np.abs(levels).max())


def latency_error(settings: MasteringSettings) -> float:
    """How far the reported latency is from the group delay where no filter bends it, in frames."""
    mastering = Mastering(settings)
    return abs(delay_frames(impulse_response(lambda sound: in_blocks(mastering.process, sound))) - mastering.latency_frames)


def crossover_sum_db(settings: CrossoverSettings = CUTS) -> float:
    """How far the four bands' sum is from flat."""
    _, levels = response_db(_bands(settings).sum(axis=0), 20.0, 20_000.0)
    return float(np.abs(levels).max())


def crossover_slope_db(settings: CrossoverSettings = CUTS) -> float:
    """The least fall an octave of any band, one octave and two octaves beyond its cuts."""
    cuts = (settings.low_hz, settings.mid_hz, settings.high_hz)
    falls = []
    for band, impulse in enumerate(_bands(settings)):
        hz, levels = response_db(impulse, 10.0, 22_000.0)
        beyond = [cut / 2.0**octave for cut in cuts[band - 1 : band] for octave in (1, 2)]
        beyond += [cut * 2.0**octave for cut in cuts[band : band + 1] for octave in (1, 2)]
        for place, octave in zip(beyond, (1, 2, 1, 2), strict=False):
            falls.append(-float(np.interp(place, hz, levels)) / octave)
    return min(falls)


def limited_residue_db(hz: float, over_db: float = 6.0) -> float:
    """THD+N of a sine that is `over_db` above the ceiling."""
    settings = bypassed("limiter")
    made = in_blocks(Mastering(settings).process, _tone(hz, 3.0, settings.limiter.ceiling_dbtp + over_db))
    return residue_db(made[0, -SAMPLE_RATE:].astype(np.float64), (hz,))


def alias_dbfs(hz: float, settings: ExciterSettings) -> float:
    """The highest line of an excited sine at full scale that is neither the sine nor one of its overtones nor standing still."""
    chain = replace(bypassed("exciter"), exciter=settings)
    made = in_blocks(Mastering(chain).process, _tone(hz, 3.0, 0.0))
    at, levels = lines_dbfs(made[0, -SAMPLE_RATE:].astype(np.float64))
    overtone = np.abs(at - np.round(at / hz) * hz) < 8.0
    return float(levels[~overtone].max())


def intermodulation_db(settings: MasteringSettings) -> float:
    """Side tones of 7 kHz at 60, 120 and 180 Hz beside it, together, relative to it; as loud as a programme comes in."""
    seconds = 30.0
    sound = _tone(LOW_HZ, seconds, -14.0) + _tone(HIGH_HZ, seconds, -26.0)
    made = in_blocks(Mastering(settings).process, sound)[0, -5 * SAMPLE_RATE :].astype(np.float64)
    at, levels = lines_dbfs(made)
    sides = [levels[np.argmin(np.abs(at - (HIGH_HZ + side * number * LOW_HZ)))] for number in (1, 2, 3) for side in (-1, 1)]
    together = 10.0 * np.log10(sum(10.0 ** (side / 10.0) for side in sides))
    return float(together - levels[np.argmin(np.abs(at - HIGH_HZ))])


def _chain(settings: MasteringSettings) -> Process:
    mastering = Mastering(settings)
    return lambda sound: in_blocks(mastering.process, sound)


def _bands(settings: CrossoverSettings) -> Channel:
    """The impulse responses of the four bands, float64 [4, frames]."""
    impulse = np.zeros((2, 4 * SAMPLE_RATE))
    impulse[:, 0] = 1.0
    return np.asarray(Crossover(settings).split(impulse)[:, 0])


def _tone(hz: float, seconds: float, db: float) -> Samples:
    turns = 2.0 * np.pi * hz * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.tile(db_to_gain(db) * np.sin(turns), (2, 1)).astype(np.float32)


def _wire() -> list[Row]:
    progress("the chain as a wire")
    flat = {"bypassed": furthest_from_flat(bypassed()), "neutral": furthest_from_flat(NEUTRAL)}
    errors = {"all bypassed": latency_error(bypassed())}
    errors |= {f"{stage} alone": latency_error(bypassed(stage)) for stage in STAGES if stage != "crossover"}
    furthest = max(errors, key=errors.__getitem__)
    turned = latency_error(bypassed("crossover"))
    return [
        FLAT.row(max(flat.values()), note=", ".join(f"{name} {value:.4f}" for name, value in flat.items())),
        LATENCY.row(
            errors[furthest],
            note=f"group delay from 1 to 8 kHz; {furthest}. The crossover's turned phase adds {turned:.1f} frames there, as every LR4 does",
        ),
    ]


def _crossover() -> list[Row]:
    return [SUM.row(crossover_sum_db()), SLOPE.row(crossover_slope_db(), note="least of all bands, one and two octaves beyond a cut")]


def _distortion() -> list[Row]:
    progress("distortion")
    limited = {hz: limited_residue_db(hz) for hz in LIMITED_HZ}
    loudest = max((preset.settings.exciter for preset in PRESETS.values()), key=lambda one: 0.0 if one.bypass else one.amount)
    usual = max(alias_dbfs(hz, loudest) for hz in EXCITED_HZ)
    alias = {hz: alias_dbfs(hz, ExciterSettings(amount=1.0, drive_db=24.0)) for hz in EXCITED_HZ}
    between = {name: intermodulation_db(preset.settings) for name, preset in PRESETS.items()}
    return [
        LIMITED.row(max(limited.values()), note=", ".join(f"{hz:g} Hz {value:.0f}" for hz, value in limited.items())),
        ALIAS.row(
            max(alias.values()),
            note=f"sines at 0 dBFS, drive and amount at their most: {max(alias, key=alias.__getitem__):g} Hz; as in `loud` {usual:.0f}",
        ),
        INTERMODULATION.row(max(between.values()), note=", ".join(f"{name} {value:.0f}" for name, value in between.items())),
    ]


async def measure_wire() -> list[Row]:
    """In a thread, as all of these."""
    return await asyncio.to_thread(_wire)


async def measure_crossover() -> list[Row]:
    """The bands by themselves."""
    return await asyncio.to_thread(_crossover)


async def measure_distortion() -> list[Row]:
    """Limiter, exciter, and the whole chain."""
    return await asyncio.to_thread(_distortion)


WIRE: Final = Measurement((FLAT, LATENCY), measure_wire, 120.0)
CROSSOVER: Final = Measurement((SUM, SLOPE), measure_crossover, 60.0)
DISTORTION: Final = Measurement((LIMITED, ALIAS, INTERMODULATION), measure_distortion, 240.0)
