"""The JSON events of /ws/live/{station}: what a page is told of a station, and nothing that is not for everybody.

A track's path, its provenance but for a credit that is due, and its measurements but for the beat (beats.py), stay in the house. Every
event carries a position of the station's clock: a page shows it when that position is heard.
"""

from typing import Final

from msgspec import Struct

from server.track import Airing, Entry
from server.wire.wire import Hello, Meters, NowPlaying

FRAMES_PER_SECOND: Final = 48_000
"""What a position counts; said in every greeting, so that no client needs to know it."""


class Greeting(Struct, frozen=True, tag_field="event", tag="hello"):
    """First of all, and again when a station's clock was set anew."""

    station: str
    title: str
    description: str
    epoch: float
    """UNIX seconds of position 0."""
    sample_rate: int
    sitting: int
    position: int
    """On air at the engine now."""


class Song(Struct, frozen=True):
    """A track as the public knows it. Its cover is /api/station/{station}/art/{track_id}."""

    entry_id: str
    track_id: str
    title: str
    artist: str
    album: str
    genre: str
    source: str
    attribution: str
    """The credit that the licence of the model asks for which made it; empty where none does."""


class Turn(Struct, frozen=True):
    """A song's turn on air."""

    song: Song
    started_position: int
    ends_position: int
    offset_frames: int
    """How far into the song the turn began."""


class Programme(Struct, frozen=True, tag_field="event", tag="nowplaying"):
    """At every change of what airs or comes next."""

    position: int
    airing: Turn
    upcoming: list[Song]
    history: list[Turn]
    """Latest first."""


class Loudness(Struct, frozen=True, tag_field="event", tag="levels"):
    """Twice a second. LUFS and dBTP; -70 stands for silence."""

    position: int
    momentary_lufs: float
    short_term_lufs: float
    integrated_lufs: float
    true_peak_dbtp: float
    gain_reduction_db: float
    """Of the limiter."""
    range_lu: float
    band_reductions_db: list[float]
    """Of the four compressors, from the lowest band to the highest."""
    servo_gain_db: float
    preset: str


def greeting(hello: Hello, position: int) -> Greeting:
    """What opens a connection."""
    return Greeting(hello.station, hello.title, hello.description, hello.epoch, FRAMES_PER_SECOND, hello.sitting, position)


def programme(on_air: NowPlaying) -> Programme:
    """What airs, comes and was."""
    return Programme(
        on_air.position, _turn(on_air.airing), [_song(entry) for entry in on_air.upcoming], [_turn(one) for one in on_air.history]
    )


def loudness(meters: Meters) -> Loudness:
    """What the meters read."""
    levels = meters.levels
    return Loudness(
        position=meters.position,
        momentary_lufs=levels.momentary_lufs,
        short_term_lufs=levels.short_term_lufs,
        integrated_lufs=levels.integrated_lufs,
        true_peak_dbtp=levels.true_peak_dbtp,
        gain_reduction_db=levels.gain_reduction_db,
        range_lu=levels.range_lu,
        band_reductions_db=list(levels.band_reductions_db),
        servo_gain_db=levels.servo_gain_db,
        preset=levels.preset,
    )


def _turn(airing: Airing) -> Turn:
    return Turn(_song(airing.entry), airing.started_position, airing.ends_position, airing.offset_frames)


def _song(entry: Entry) -> Song:
    track = entry.track
    attribution = track.provenance.get("attribution", "")
    return Song(entry.id, track.id, track.title, track.artist, track.album, track.genre, str(track.source), attribution)
