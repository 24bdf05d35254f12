"""What the library answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from control.library.hearing_told import CuesTold, HearingTold, cues_told, hearing_told
from control.library.stored_track import StoredTrack
from control.library.wheel import camelot
from dsp.block import seconds_of


class TrackTold(BaseModel):
    """A track of the library. Where its file lies stays in the house."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    artist: str
    album: str
    genre: str
    station: str = Field(description="The only station that may air it; empty: any.")
    source: str = Field(description="library: a file. studio: made here.")
    licence: str = Field(description="Empty where it is not known.")
    provenance: dict[str, str] = Field(description="How it came to be.")
    seconds: float
    loudness_lufs: float
    true_peak_dbtp: float
    bpm: float | None
    key: str | None
    camelot: str | None = Field(description="The key on the Camelot wheel: 8A is A minor.")
    energy: float | None = Field(description="0 to 1: how driving it is. None until it has been heard.")
    cues: CuesTold = Field(description="By these it airs.")
    hearing: HearingTold | None = Field(description="None until it has been heard.")
    score: float
    approved: bool
    airable: bool = Field(description="It is in the catalogue now, so it may be queued.")
    uploaded: bool = Field(description="Somebody sent it.")
    version: int
    created_at: datetime


class UploadTold(BaseModel):
    """What became of an upload."""

    model_config = ConfigDict(frozen=True)

    track: TrackTold
    new: bool = Field(description="False: the library had this content already.")
    entry_id: str | None = Field(description="Its entry in the queue, if it was queued.")
    not_queued: str | None = Field(description="Why it was not queued, if that was asked for.")


class PlayedTold(BaseModel):
    """One ended airing."""

    model_config = ConfigDict(frozen=True)

    entry_id: str
    track_id: str
    title: str
    artist: str
    reason: str = Field(description="Why it aired: queue, library, studio.")
    started_at: datetime
    ended_at: datetime
    started_position: int = Field(description="Frames of the station's clock, 48,000 a second.")
    offset_seconds: float = Field(description="How far into the track it began, after a restart in its middle.")


def track_told(stored: StoredTrack) -> TrackTold:
    """A row as it is told."""
    track = stored.track
    return TrackTold(
        id=track.id,
        title=track.title,
        artist=track.artist,
        album=track.album,
        genre=track.genre,
        station=track.station,
        source=track.source.value,
        licence=stored.licence,
        provenance=track.provenance,
        seconds=round(seconds_of(track.cue_out_frames - track.cue_in_frames), 3),
        loudness_lufs=track.loudness_lufs,
        true_peak_dbtp=track.true_peak_dbtp,
        bpm=stored.bpm,
        key=stored.key,
        camelot=camelot(stored.wheel) if stored.wheel else None,
        energy=stored.energy,
        cues=cues_told(track.cue_in_frames, track.start_next_frames, track.cue_out_frames),
        hearing=hearing_told(track.hearing) if track.hearing else None,
        score=stored.score,
        approved=stored.approved,
        airable=stored.in_catalogue,
        uploaded=stored.uploaded_by is not None,
        version=stored.version,
        created_at=stored.created_at,
    )


def played_told(row: Mapping[str, Any]) -> PlayedTold:
    """A row of the history as it is told."""
    return PlayedTold(**row)
