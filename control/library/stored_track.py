"""A track as the table keeps it: its sidecar, and what only the office knows of it.

Owns the translation between the two. The sidecar is the truth for what is measured and for what a track is called while it may air;
approval, score and sender are the table's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Record

from control.library.wheel import wheel_named, wheel_of
from dsp.block import seconds_of
from dsp.fingerprint import Fingerprint, indexed
from server.track import Track


@dataclass(frozen=True, slots=True)
class StoredTrack:
    """One row."""

    track: Track
    genre: str
    """In small letters, as it is searched."""
    licence: str
    bpm: float | None
    key: str | None
    wheel: int | None
    """Its key's place on the Camelot wheel (control/library/wheel.py)."""
    energy: float | None
    score: float
    approved: bool
    in_catalogue: bool
    uploaded_by: UUID | None
    version: int
    created_at: datetime

    @property
    def id(self) -> str:
        return self.track.id


def columns_of(track: Track, fingerprint: Fingerprint | None = None) -> dict[str, Any]:
    """What the table takes from a sidecar, and from what is kept beside it. Who composed a track knows its tempo and key best."""
    told, hearing = track.provenance, track.hearing
    key = told.get("key") or (hearing.key.name if hearing and hearing.key.confidence > 0 else None)
    bpm = _number(told.get("bpm")) or (_number(str(hearing.tempo.bpm)) if hearing else None)
    wheel = wheel_named(key) if key else None
    return {
        "id": track.id,
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "genre": track.genre.strip().casefold(),
        "station": track.station,
        "source": track.source.value,
        "licence": told.get("licence", ""),
        "provenance": told,
        "seconds": seconds_of(track.cue_out_frames - track.cue_in_frames),
        "loudness_lufs": track.loudness_lufs,
        "bpm": bpm,
        "musical_key": key,
        "wheel": wheel_of(hearing.key) if wheel is None and key and hearing else wheel,
        "energy": hearing.energy if hearing else None,
        "quality": hearing.quality.score if hearing else None,
        "features": hearing.features if hearing else None,
        "features_model": hearing.features_model if hearing else None,
        "fingerprint": None if fingerprint is None else fingerprint.astype("int32").tolist(),
        "fingerprint_index": None if fingerprint is None else indexed(fingerprint).tolist(),
        "document": track,
        "created_at": datetime.fromtimestamp(track.made_at, UTC).isoformat() if track.made_at > 0 else None,
    }


def stored_track(row: Record) -> StoredTrack:
    """A row as it is read, its document as text."""
    return StoredTrack(
        track=msgspec.json.decode(row["document"], type=Track),
        genre=row["genre"],
        licence=row["licence"],
        bpm=row["bpm"],
        key=row["musical_key"],
        wheel=row["wheel"],
        energy=row["energy"],
        score=row["score"],
        approved=row["approved"],
        in_catalogue=row["in_catalogue"],
        uploaded_by=row["uploaded_by"],
        version=row["version"],
        created_at=row["created_at"],
    )


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < 1_000 else None
