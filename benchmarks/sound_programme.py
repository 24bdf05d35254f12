"""Items 6 and 14 of the fifteen: what the chain makes of ten minutes of records as different as a station's library.

The records come from -30 to -8 LUFS, dull and bright, narrow and wide. Each is brought to the programme's loudness by one gain, as a
deck does it, and laid end to end. FFmpeg's ebur128 measures; our own meter has no say here.
"""

import asyncio
from functools import cache
from typing import Final

import numpy as np
from scipy.signal import lfilter

from benchmarks import tracks
from benchmarks.ebur128 import Heard, hear
from benchmarks.instruments import THIRDS_HZ, Channel, correlation, crest_db, mono_loss_db, thirds_db
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_settings import in_blocks
from benchmarks.unmeasured import progress
from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.gain import db_to_gain
from dsp.mastering import Mastering
from dsp.presets import PRESETS
from dsp.settings import MasteringSettings

RECORDS: Final = 10
RECORD_SECONDS: Final = 62.0
SETTLED_SECONDS: Final = 30.0
VERSE_DB, VERSE_SECONDS = -9.0, 10.0
TILTS_DB: Final = (-6.0, -3.0, 0.0, 3.0, 6.0)
"""What a record has too much or too little above 2 kHz."""
SIDES: Final = (1.0, 3.0, 0.3, 6.0)
"""How much wider than it was made a record is."""
KNEE_HZ, FLAT_HZ = 4000.0, 100.0

LOUDNESS: Final = Bar("fifteen 06 ten minutes of mixed records, every preset: loudness off its target", "LU", least=-0.5, most=0.5)
SHORT_TERM: Final = Bar("fifteen 06 the same: time within 3 LU of the target, short-term", "%", least=90.0)
RANGE: Final = Bar("fifteen 06 `transparent`: loudness range kept of records with verses and choruses", "%", least=50.0)
BALANCE: Final = Bar("fifteen 14 `radio`, `loud`: mean distance to the target curve, after less before", "dB", most=0.0)
WORST_BALANCE: Final = Bar("fifteen 14 the same: the record that moves away furthest", "dB", most=0.5)
CREST: Final = Bar("fifteen 14 `radio` at -16 LUFS: crest factor", "dB", least=11.0)
LOUD_CREST: Final = Bar("fifteen 14 `loud` at -14 LUFS: crest factor", "dB", least=9.0)
MONO: Final = Bar("fifteen 14 mono: what is lost of the worst record, every preset", "dB", most=3.0)
CORRELATION: Final = Bar("fifteen 14 mono: correlation of left and right, the worst record", "", least=0.0)


@cache
def record(number: int) -> Samples:
    """One of the library: raw or dense, dull or bright, narrow or wide, at -30 to -8 LUFS."""
    left, right = tracks.piece(number, RECORD_SECONDS).T
    middle, side = 0.5 * (left + right), 0.5 * (left - right) * SIDES[number % len(SIDES)]
    sound = _tilted(np.stack((middle + side, middle - side)), TILTS_DB[number % len(TILTS_DB)])
    return _at(np.ascontiguousarray(sound, np.float32), -30.0 + 22.0 * (number * 7 % RECORDS) / (RECORDS - 1))


def levelled(sound: Samples, lufs: float) -> Samples:
    """By one gain, as a deck plays it."""
    return _at(sound, lufs)


@cache
def programme(lufs: float, verses: bool) -> Samples:
    """All records, end to end; with verses, every second stretch of ten seconds is 9 dB lower."""
    sound = np.concatenate([levelled(record(number), lufs) for number in range(RECORDS)], axis=1)
    if not verses:
        return sound
    period = frames_of(2.0 * VERSE_SECONDS)
    place = np.arange(sound.shape[1]) % period / SAMPLE_RATE
    edge = np.clip(np.minimum(place - VERSE_SECONDS, 2.0 * VERSE_SECONDS - place) / 0.05, 0.0, 1.0)
    return np.asarray(sound * (10.0 ** (VERSE_DB * edge / 20.0)), np.float32)


def target_db() -> Channel:
    """The curve of records that sold: even up to 100 Hz, then 2 dB an octave down in thirds, 4 dB an octave above 4 kHz. Mean 0."""
    octaves = np.log2(np.maximum(THIRDS_HZ, FLAT_HZ) / FLAT_HZ)
    curve = -2.0 * octaves - 2.0 * np.log2(np.maximum(THIRDS_HZ, KNEE_HZ) / KNEE_HZ)
    return np.asarray(curve - curve.mean())


def distance_db(sound: Samples) -> float:
    """RMS over the 27 bands of what lies between the sound's balance and the curve, whatever its level."""
    levels = thirds_db(sound)
    apart = levels - target_db()
    return float(np.std(apart))


def mastered(settings: MasteringSettings, sound: Samples) -> Samples:
    """The whole sound through the chain, as late as that makes it."""
    return in_blocks(Mastering(settings).process, sound)


def _at(sound: Samples, lufs: float) -> Samples:
    return sound * np.float32(db_to_gain(lufs - hear(sound, with_peaks=False).integrated_lufs))


def _tilted(sound: Channel, db: float) -> Channel:
    """With a shelf of so many dB above 2 kHz (first order)."""
    k = float(np.tan(np.pi * 2000.0 / SAMPLE_RATE))
    gain = db_to_gain(db)
    return np.asarray(lfilter([gain + k, k - gain], [1.0 + k, k - 1.0], sound, axis=1))


def within(heard: Heard, target_lufs: float, lu: float = 3.0) -> float:
    """Per cent of the short-term readings after the servo has settled."""
    readings = np.array([value for at, value in heard.short_term if at > SETTLED_SECONDS])
    return 100.0 * float(np.mean(np.abs(readings - target_lufs) <= lu))


def _loudness() -> list[Row]:
    errors, shares = {}, {}
    for name, preset in PRESETS.items():
        progress(f"ten minutes through {name}")
        target = preset.settings.servo.target_lufs
        heard = hear(mastered(preset.settings, programme(preset.settings.programme_lufs, verses=False)), with_peaks=False)
        errors[name], shares[name] = heard.integrated_lufs - target, within(heard, target)
    calm = PRESETS["transparent"].settings
    source = programme(calm.programme_lufs, verses=True)
    before, after = (hear(sound, with_peaks=False).range_lu for sound in (source, mastered(calm, source)))
    seconds = RECORDS * RECORD_SECONDS
    return [
        LOUDNESS.row(
            max(errors.values(), key=abs),
            note=f"{RECORDS} records from -30 to -8 LUFS, {seconds:.0f} s; "
            + ", ".join(f"{name} {PRESETS[name].settings.servo.target_lufs + error:.2f}" for name, error in errors.items()),
        ),
        SHORT_TERM.row(min(shares.values()), note=", ".join(f"{name} {share:.1f}" for name, share in shares.items())),
        RANGE.row(100.0 * after / before, note=f"{before:.1f} LU before, {after:.1f} LU behind the chain"),
    ]


def _balance() -> list[Row]:
    progress("balance, crest and mono")
    moved: dict[str, list[float]] = {name: [] for name in ("radio", "loud")}
    losses, alike = [], []
    for number in range(RECORDS):
        for name, preset in PRESETS.items():
            source = levelled(record(number), preset.settings.programme_lufs)
            made = mastered(preset.settings, source)[:, frames_of(SETTLED_SECONDS) :]
            losses.append(mono_loss_db(made))
            alike.append(correlation(made))
            if name in moved:
                moved[name].append(distance_db(made) - distance_db(source[:, frames_of(SETTLED_SECONDS) :]))
    crests = {}
    for name in moved:
        settings = PRESETS[name].settings
        crests[name] = crest_db(mastered(settings, programme(settings.programme_lufs, verses=False))[:, frames_of(SETTLED_SECONDS) :])
    means = {name: float(np.mean(values)) for name, values in moved.items()}
    return [
        BALANCE.row(max(means.values()), note=", ".join(f"{name} {mean:+.2f}" for name, mean in means.items()) + "; 39 Hz - 16 kHz"),
        WORST_BALANCE.row(max(max(values) for values in moved.values())),
        CREST.row(crests["radio"]),
        LOUD_CREST.row(crests["loud"]),
        MONO.row(max(losses), note="3 dB is what two channels lose that have nothing in common"),
        CORRELATION.row(min(alike)),
    ]


async def measure_loudness() -> list[Row]:
    """In a thread, since it is busy all the time."""
    return await asyncio.to_thread(_loudness)


async def measure_balance() -> list[Row]:
    """Record by record."""
    return await asyncio.to_thread(_balance)


LEVELS: Final = Measurement((LOUDNESS, SHORT_TERM, RANGE), measure_loudness, 400.0)
TASTE: Final = Measurement((BALANCE, WORST_BALANCE, CREST, LOUD_CREST, MONO, CORRELATION), measure_balance, 400.0)
