"""Tracks, airings and station files for the tests of the library."""

import hashlib
from dataclasses import replace
from pathlib import Path

import msgspec

from server.sitting.sitting import VERSION, StationState
from server.sitting.state_file import StateFile
from server.track import Airing, Entry, Reason, Source, Track

RATE = 48_000
EPOCH = 1_790_000_000.25


def track_of(name: str, folder: Path = Path("/nowhere"), **changes: object) -> Track:
    """A track whose id comes of its name."""
    frames = 180 * RATE
    track = Track(
        id=hashlib.sha256(name.encode()).hexdigest()[:16],
        title=name,
        artist="Vera Holm",
        source=Source.LIBRARY,
        path=str(folder / f"{name}.flac"),
        frames=frames,
        loudness_lufs=-14.5,
        true_peak_dbtp=-0.9,
        cue_in_frames=0,
        start_next_frames=frames - RATE,
        cue_out_frames=frames,
        genre="House",
        made_at=1_780_000_000.0,
    )
    return replace(track, **changes)  # type: ignore[arg-type]


def airing_of(number: int, track: Track | None = None) -> Airing:
    """The `number`th airing: four minutes each."""
    entry = Entry(f"0-{number}", track or track_of(f"Song {number % 7}"), Reason.LIBRARY)
    return Airing(entry, number * 240 * RATE, (number + 1) * 240 * RATE)


def lines_of(*airings: Airing) -> bytes:
    """As the engine writes them."""
    return b"".join(msgspec.json.encode(airing) + b"\n" for airing in airings)


def sign_on(state: Path, epoch: float = EPOCH) -> None:
    """A station that has been on air."""
    state.parent.mkdir(parents=True, exist_ok=True)
    StateFile(state).save(StationState(VERSION, epoch, 1, RATE, epoch + 1, 0, None, [], [], False, 0))
