"""The bill: what is announced while a track airs, and how far it is. Values; who draws them decides how they look."""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image
from PIL.Image import Resampling

from dsp.block import seconds_of
from server.icy.titles import plain
from server.track import Airing, Source, Track
from server.video.colour import Palette, Pixels, palette_of
from server.video.cover_art import own_cover, own_palette

COVER_SIDE: Final = 384
"""Covers are kept that large; looks make them smaller."""
ENDLESS: Final = {Source.LIVE, Source.BED, Source.LOOP}
"""Nobody knows when these end."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What is announced."""

    station: str
    title: str
    """Empty: nothing is known, or nothing airs."""
    artist: str
    track_id: str
    """Of the track; of a station that airs nothing yet, its name."""


@dataclass(frozen=True, slots=True, eq=False)
class Artwork:
    """A bill's cover and its colours."""

    cover: Pixels
    """uint8 [384, 384, 3]."""
    palette: Palette


@dataclass(frozen=True, slots=True)
class Turn:
    """How far it is at some position."""

    elapsed_seconds: float
    length_seconds: float | None
    """None: nobody knows."""

    @property
    def share(self) -> float | None:
        """0 to 1; None: nobody knows."""
        return min(1.0, self.elapsed_seconds / self.length_seconds) if self.length_seconds else None


def bill_of(station: str, track: Track | None) -> Bill:
    """`station`: its title."""
    if track is None:
        return Bill(plain(station), "", "", hashlib.sha256(station.encode()).hexdigest()[:16])
    return Bill(plain(station), plain(track.title), plain(track.artist), track.id)


def turn_of(airing: Airing | None, position: int) -> Turn:
    """How far the airing is at `position`."""
    if airing is None:
        return Turn(0.0, None)
    began = airing.started_position - airing.offset_frames
    elapsed = seconds_of(max(0, position - began))
    endless = airing.entry.track.source in ENDLESS
    return Turn(elapsed, None if endless else max(1.0, seconds_of(airing.ends_position - began)))


def artwork_of(track_id: str, cover: Pixels | None) -> Artwork:
    """Of a track's own cover (RGB, any size), or else the house's."""
    if cover is None or cover.ndim != 3 or cover.shape[2] != 3 or min(cover.shape[:2]) < 8:
        return Artwork(own_cover(track_id, COVER_SIDE), own_palette(track_id))
    square = squared(cover, COVER_SIDE)
    return Artwork(square, palette_of(square))


def squared(pixels: Pixels, side: int) -> Pixels:
    """The middle of an image, scaled to a square."""
    rows, columns = pixels.shape[:2]
    edge = min(rows, columns)
    top, left = (rows - edge) // 2, (columns - edge) // 2
    cut = np.ascontiguousarray(pixels[top : top + edge, left : left + edge])
    return np.asarray(Image.fromarray(cut).resize((side, side), Resampling.LANCZOS, reducing_gap=2.0))
