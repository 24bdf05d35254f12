"""Tempo, key and beats of 120 tracks of which everything is known, librosa and aubio asked of the very same sound in the same run.

The tracks (benchmarks/sound_ears_tracks.py) are those of a seed that no weight was fitted to. Acc1: the tempo within 4 %; Acc2: or its
half, double, third or treble. A key counts if tonic and mode are right. A grid counts as a transition would use it: only if it is
trusted, and then by its worst beat over the whole track, at the tempo that it claims.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.sound_ears_peers import AUBIO, LIBROSA, Answer, missing, peers_at_work
from benchmarks.sound_ears_tracks import SECONDS, KnownTrack, known_tracks
from benchmarks.unmeasured import progress
from dsp.beats import find_grid
from dsp.block import SAMPLE_RATE, silence
from dsp.hearing import BeatGrid, Key, Tempo
from dsp.key import find_key
from dsp.spectrogram import make_spectrogram
from dsp.tempo import find_tempo

TRACKS: Final = 120
SEED: Final = 2026
"""None of those in benchmarks/sound_ears_fit.py."""
NEAR: Final = 0.04
OCTAVES: Final = (1.0, 2.0, 1 / 2, 3.0, 1 / 3)
TRUSTED: Final = 0.5
"""From this confidence on a transition is timed by a grid (dsp/hearing.py)."""
ON_THE_ONE: Final = 0.25
"""Beats: a bar that begins this near to a true one begins on it."""
LONGEST_SECONDS: Final = 1_500.0

OF_LIBROSA: Final = Bar("ears tempo: right (Acc1) more often than librosa", "share", least=0.0)
OF_AUBIO: Final = Bar("ears tempo: right (Acc1) more often than aubio", "share", least=0.0)
ACC2: Final = Bar("ears tempo: right but for an octave (Acc2)", "share", least=0.99)
KEYS: Final = Bar("ears key: tonic and mode right", "share", least=0.85)
BEATS: Final = Bar("ears grid: worst beat of all trusted grids", "ms", most=10.0)
ONES: Final = Bar("ears grid: trusted grids whose bars begin on the ones", "share", least=0.95)
GRIDS: Final = Bar("ears grid: tracks with a trusted grid", "share", least=0.6)
BARS: Final = (OF_LIBROSA, OF_AUBIO, ACC2, KEYS, BEATS, ONES, GRIDS)


@dataclass(frozen=True, slots=True)
class Told:
    """One track, what we said of it, and what the peers said."""

    track: KnownTrack
    """Without its sound."""
    tempo: Tempo
    grid: BeatGrid | None
    key: Key
    cpu_seconds: float
    peers: dict[str, Answer]

    @property
    def trusted(self) -> BeatGrid | None:
        """The grid, if a transition would go by it."""
        return self.grid if self.grid is not None and self.grid.confidence >= TRUSTED else None


def is_right(bpm: float, track: KnownTrack, octaves: Sequence[float] = (1.0,)) -> bool:
    """Whether that is its tempo, or one of these multiples of it."""
    return any(abs(bpm / (track.bpm * octave) - 1.0) < NEAR for octave in octaves)


def worst_beat_ms(grid: BeatGrid, track: KnownTrack, seconds: float) -> float:
    """How far the worst beat of the grid lies from the nearest true one, over so much of the track.

    A grid at twice the tempo is held against twice as many beats: a transition may go by it all the same.
    """
    beat = 60.0 * SAMPLE_RATE / track.bpm / max(1, round(grid.bpm / track.bpm))
    places = grid.first_beat_frames + np.arange(int(seconds * SAMPLE_RATE / grid.beat_frames)) * grid.beat_frames
    off = (places - track.downbeat_frames + beat / 2.0) % beat - beat / 2.0
    return float(1000.0 * np.abs(off).max() / SAMPLE_RATE)


def begins_on_the_one(grid: BeatGrid, track: KnownTrack) -> bool:
    """Whether the grid's bars are the track's."""
    bar = track.beats_a_bar * 60.0 * SAMPLE_RATE / track.bpm
    off = (grid.beat_at(grid.downbeat) - track.downbeat_frames + bar / 2.0) % bar - bar / 2.0
    return grid.beats_a_bar == track.beats_a_bar and abs(off) < ON_THE_ONE * bar / track.beats_a_bar


def hear(track: KnownTrack, peers: Callable[[], dict[str, Answer]] = dict) -> Told:
    """Ours; `peers` gives what the others said of it."""
    before = time.thread_time()
    spectrogram = make_spectrogram(track.samples)
    tempo = find_tempo(spectrogram)
    grid, key = find_grid(track.samples, spectrogram, tempo), find_key(spectrogram)
    cpu_seconds = time.thread_time() - before
    return Told(replace(track, samples=silence(0)), tempo, grid, key, cpu_seconds, peers())


def hear_all(count: int = TRACKS, seed: int = SEED) -> tuple[list[Told], dict[str, str]]:
    """Every track of the set, and the versions of the peers that heard it too."""
    told: list[Told] = []
    with peers_at_work() as peers:
        for track in known_tracks(count, seed):
            if peers is not None:
                peers.send(track.samples)
            told.append(hear(track, peers.answers if peers is not None else dict))
            if len(told) % 12 == 0:
                progress(f"ears: {len(told)} of {count} tracks")
        return told, peers.versions if peers is not None else {}


def rows(told: Sequence[Told], versions: dict[str, str]) -> list[Row]:
    """What came of it."""
    return [*_tempo_rows(told, versions), _key_row(told, versions), *_grid_rows(told)]


def _tempo_rows(told: Sequence[Told], versions: dict[str, str]) -> list[Row]:
    ours = _share(is_right(one.tempo.bpm, one.track) for one in told)
    wrong = Counter(one.track.name for one in told if not is_right(one.tempo.bpm, one.track))
    made: list[Row] = []
    for bar, name in ((OF_LIBROSA, LIBROSA), (OF_AUBIO, AUBIO)):
        if name not in versions:
            made.append(bar.unmeasured(f"ours {ours:.3f}; {missing(name)}"))
            continue
        theirs = _share(is_right(one.peers[name].bpm, one.track) for one in told)
        wide = _share(is_right(one.peers[name].bpm, one.track, OCTAVES) for one in told)
        cpu = np.mean([one.peers[name].cpu_seconds for one in told])
        note = f"ours {ours:.3f}, {name} {versions[name]} {theirs:.3f} (Acc2 {wide:.3f}; {cpu:.2f} s CPU a track)"
        made.append(bar.row(ours - theirs, peer=theirs, note=note))
    wide = _share(is_right(one.tempo.bpm, one.track, OCTAVES) for one in told)
    cpu = np.mean([one.cpu_seconds for one in told])
    missed = ", ".join(f"{count} {name}" for name, count in wrong.most_common()) or "none"
    made.append(ACC2.row(wide, note=f"{len(told)} tracks of a minute; Acc1 missed: {missed}; {cpu:.2f} s CPU a track with grid and key"))
    return made


def _key_row(told: Sequence[Told], versions: dict[str, str]) -> Row:
    ours = _share((one.key.tonic, one.key.minor) == (one.track.tonic, one.track.minor) for one in told)
    off = np.median([abs(one.key.tuning_cents - one.track.cents) for one in told])
    theirs = None
    if LIBROSA in versions:
        theirs = _share((one.peers[LIBROSA].tonic, one.peers[LIBROSA].minor) == (one.track.tonic, one.track.minor) for one in told)
    peer = missing(LIBROSA) if theirs is None else "the peer is librosa's chroma with Krumhansl's profiles"
    return KEYS.row(ours, peer=theirs, note=f"tuning off by {off:.1f} cents (median); {peer}")


def _grid_rows(told: Sequence[Told]) -> list[Row]:
    trusted = [(one.track, grid) for one in told if (grid := one.trusted) is not None]
    worst = sorted(((worst_beat_ms(grid, track, SECONDS), track.name) for track, grid in trusted), reverse=True)
    if not worst:
        return [bar.unmeasured("no grid is trusted") for bar in (BEATS, ONES, GRIDS)]
    ones = _share(begins_on_the_one(grid, track) for track, grid in trusted)
    off = [one for one in worst if one[0] > 10.0]
    late = ", ".join(f"{name} {milliseconds:.0f} ms" for milliseconds, name in off) or "none"
    middle = np.median([milliseconds for milliseconds, _ in worst])
    without = Counter(one.track.name for one in told if one.trusted is None)
    untrusted = ", ".join(f"{count} {name}" for name, count in without.most_common()) or "none"
    return [
        BEATS.row(worst[0][0], note=f"median {middle:.1f} ms; above 10 ms: {late}"),
        ONES.row(ones, note=f"of {len(trusted)}"),
        GRIDS.row(len(trusted) / len(told), note=f"untrusted or none: {untrusted}"),
    ]


def _share(held: Iterable[bool]) -> float:
    return float(np.mean(list(held)))


async def measure() -> list[Row]:
    """In a thread: it keeps one core busy for minutes, and the peers another."""
    return await asyncio.to_thread(lambda: rows(*hear_all()))


MEASUREMENT: Final = Measurement(BARS, measure, LONGEST_SECONDS)
