"""Fingerprints told apart: copies of a recording through codecs, louder or quieter, cut at their beginning; and different recordings.

The recordings are those of the ears' set and of the chain's: a minute each, many of them with the same drums and the same voices, which is
harder than records are. Thresholds are those by which the office calls a pair certain, or worth listening to (dsp/fingerprint.py). A
copy must also be proposed by the index before anything else is, for only what it proposes is compared.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks import tracks
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_codecs import decoded
from benchmarks.sound_ears_tracks import known_tracks
from benchmarks.unmeasured import Unmeasured, progress
from dsp.block import Samples, frames_of
from dsp.cues import find_cues
from dsp.fingerprint import RELATED, SAME, Fingerprint, indexed, likeness, sought
from dsp.gain import db_to_gain
from server.ears import chromaprint
from server.encoding.ladder import LADDER, Recipe

PLAYED: Final = 30
PIECES: Final = 10
SECONDS: Final = 60.0
SEED: Final = 77
TRIMMED_SECONDS: Final = 7.0
QUIETER_DB: Final = -9.0


def _at_64k(name: str) -> Recipe:
    return replace(next(recipe for recipe in LADDER if recipe.name == name), bitrate=64_000)


COPIES: Final[Mapping[str, Callable[[Samples], Samples]]] = {
    "mp3 64k": lambda sound: decoded(_at_64k("mp3_192"), sound),
    "opus 64k": lambda sound: decoded(_at_64k("opus_128"), sound),
    "9 dB quieter": lambda sound: sound * np.float32(db_to_gain(QUIETER_DB)),
    "7 s cut off": lambda sound: sound[:, frames_of(TRIMMED_SECONDS) :],
}
FOUND: Final = {name: Bar(f"fingerprint: least likeness of a copy, {name}", "", least=SAME) for name in COPIES}
MISSED: Final = Bar("fingerprint: copies missed, by likeness or by the index", "copies", most=0)
APART: Final = Bar("fingerprint: most likeness of two recordings that differ", "", most=RELATED)
BARS: Final = (*FOUND.values(), MISSED, APART)


def print_of(sound: Samples) -> Fingerprint:
    """As a worker makes it, from the cue on."""
    made = chromaprint.fingerprint(sound, find_cues(sound).cue_in_frames)
    assert made is not None, "a minute of music has one"
    return made


def recordings() -> Iterator[Samples]:
    """One after another: all of them together are a gigabyte."""
    for track in known_tracks(PLAYED, SEED):
        yield track.samples
    for number in range(PIECES):
        yield np.ascontiguousarray(tracks.piece(number, SECONDS).T, np.float32)


def _measure() -> list[Row]:
    if not chromaprint.available():
        raise Unmeasured(f"libchromaprint is missing; {chromaprint.ADVICE}")
    originals: list[Fingerprint] = []
    copies: dict[str, list[Fingerprint]] = {name: [] for name in COPIES}
    for sound in recordings():
        originals.append(print_of(sound))
        for name, copy in COPIES.items():
            copies[name].append(print_of(copy(sound)))
        if len(originals) % 10 == 0:
            progress(f"fingerprints: {len(originals)} of {PLAYED + PIECES} recordings and their copies")
    return [*copy_rows(originals, copies), different_row(originals)]


def copy_rows(originals: list[Fingerprint], copies: dict[str, list[Fingerprint]]) -> list[Row]:
    """How alike each copy is to its original, and whether it is found among all of them."""
    held = [indexed(one) for one in originals]
    made, missed, fewest, strangest = [], 0, 120, 0
    for name, each in copies.items():
        alike = [likeness(one, copy) for one, copy in zip(originals, each, strict=True)]
        made.append(FOUND[name].row(min(alike), note=f"{len(each)} copies, median {np.median(alike):.3f}"))
        for number, copy in enumerate(each):
            hits = [np.intersect1d(one, sought(copy)).size for one in held]
            stranger = max(hits[:number] + hits[number + 1 :])
            missed += alike[number] < SAME or hits[number] <= stranger
            fewest, strangest = min(fewest, hits[number]), max(strangest, stranger)
    count = sum(map(len, copies.values()))
    note = f"of {count}; of 120 values the index finds {fewest} of a copy at least, {strangest} of a stranger at most"
    return [*made, MISSED.row(missed, note=note)]


def different_row(originals: list[Fingerprint]) -> Row:
    """How alike two originals are at most."""
    alike = np.array([likeness(one, other) for number, one in enumerate(originals) for other in originals[:number]])
    note = f"{alike.size} pairs, median {np.median(alike):.3f}; {int((alike >= SAME).sum())} would be called the same, from {SAME} on"
    return APART.row(float(alike.max()), note=note)


async def measure() -> list[Row]:
    """In a thread: it keeps one core busy."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement(BARS, measure, 1_200.0)
