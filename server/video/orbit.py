"""Orbit: the cover is a planet, the spectrum its corona, the waveform the ring between them; a moon shows how far the track is."""

from math import pi
from typing import Final

import numpy as np

from dsp.block import seconds_of
from server.video.backdrop import ROWS, backdrop, between, distance, glow
from server.video.bill import Artwork, Bill, Turn, squared
from server.video.canvas import WIDTH, Canvas
from server.video.colour import Rgb, ink, mixed
from server.video.drift import drift_at
from server.video.look import BLACK, SHOWN_BANDS, WHITE, Reals, heights
from server.video.paint import Inks, copy, inks_of, lay, sprite_of, strokes
from server.video.shapes import disc
from server.video.timer import tell
from server.video.typesetting import BOLD, MEDIUM, REGULAR, legible, set_in, spaced, write
from server.video.waveform import WAVE_POINTS, Heard

CENTRE_X: Final = 404.0
CENTRE_Y: Final = 360.0
COVER_SIDE: Final = 252
WAVE_RADIUS: Final = 149.0
WAVE_HEIGHT: Final = 26.0
WAVE_PIECES: Final = 256
INNER: Final = 172.0
TALLEST: Final = 112.0
HALF_WIDTH: Final = 2.5
MOON_RADIUS: Final = 306.0
ORBIT_PIECES: Final = 240
ROTATION_SECONDS: Final = 600.0
"""The corona's turn: so slow that it is noticed only by who comes back."""

TEXT_LEFT: Final = 782.0
TEXT_WIDTH: Final = WIDTH - 64.0 - TEXT_LEFT


class Orbit:
    """One bill's."""

    def __init__(self, bill: Bill, artwork: Artwork) -> None:
        colours = artwork.palette
        self._backdrop = _space(colours.deep, colours.lit, colours.inks)
        self._cover = sprite_of(squared(artwork.cover, COVER_SIDE), disc(COVER_SIDE))
        self._station = spaced(bill.station.upper() if bill.title else "", MEDIUM, 18, 4.2, TEXT_WIDTH)
        self._title = set_in(legible(bill.title, bill.station), BOLD, TEXT_WIDTH, (56, 50, 44), (44, 38, 34))
        self._artist = set_in(bill.artist, REGULAR, TEXT_WIDTH, (28, 25), (24,))
        self._white = ink(WHITE)
        self._quiet = ink(mixed(colours.inks[2], WHITE, 0.55))
        self._ray_inks = _ray_inks(colours.lit, colours.inks)
        self._wave_inks = inks_of([(ink(mixed(colours.inks[2], WHITE, 0.5)),) * 2] * WAVE_PIECES)
        self._orbit_inks = inks_of([(self._quiet, self._quiet)] * ORBIT_PIECES)
        self._moon_inks = inks_of([(ink(colours.inks[0]),) * 2] * 3 + [(self._white,) * 2])

    def draw(self, canvas: Canvas, heard: Heard, turn: Turn) -> None:
        copy(canvas, self._backdrop)
        across, down = drift_at(heard.position)
        x, y = CENTRE_X + across, CENTRE_Y + down
        rotation = 2.0 * pi * (seconds_of(heard.position) / ROTATION_SECONDS % 1.0)
        strokes(canvas, _rays(heard, x, y, rotation), self._ray_inks)
        strokes(canvas, _ring(heard, x, y, rotation), self._wave_inks, joined=True)
        lay(canvas, self._cover, x - COVER_SIDE / 2, y - COVER_SIDE / 2)
        if turn.share is not None:
            strokes(canvas, _orbit(turn.share, x, y), self._orbit_inks, joined=True)
            strokes(canvas, _moon(turn.share, x, y), self._moon_inks)
        self._announce(canvas, turn, TEXT_LEFT + across, down)

    def _announce(self, canvas: Canvas, turn: Turn, left: float, down: float) -> None:
        title, artist = self._title, self._artist
        above = 44.0 if self._station.width else 0.0
        below = artist.size * 1.62 + artist.depth if artist.width else 0.0
        top = CENTRE_Y + down - (above + 0.78 * title.size + title.depth + below + 52.0) / 2
        write(canvas, self._station, left, top + 13.0, self._quiet, 0.8)
        baseline = top + above + 0.78 * title.size
        write(canvas, title, left, baseline, self._white)
        write(canvas, artist, left, baseline + title.depth + artist.size * 1.62, self._quiet, 0.88)
        tell(canvas, turn, left, baseline + title.depth + below + 52.0, 20, self._quiet, 0.7, ends=False)


ANGLES: Final[Reals] = np.concatenate(
    [side * (np.arange(SHOWN_BANDS, dtype=np.float32) + np.float32(0.5)) * np.float32(pi / SHOWN_BANDS) for side in (1, -1)]
)
"""Of the rays, from below: the lowest band there, the highest above; the other half is its mirror."""
WAVE_TAPER: Final[Reals] = np.asarray(np.sin(np.pi * np.arange(WAVE_PIECES + 1) / WAVE_PIECES) ** 0.6 * WAVE_HEIGHT, np.float32)
"""The wave is still where its ends meet."""


def _rays(heard: Heard, x: float, y: float, rotation: float) -> Reals:
    """Float32 [240, 7]: the rays, and the held peaks before them."""
    tall = np.tile(heights(heard.bands), 2) * np.float32(TALLEST)
    held = np.tile(heights(heard.peaks), 2) * np.float32(TALLEST)
    across, down = np.sin(ANGLES + np.float32(rotation)), np.cos(ANGLES + np.float32(rotation))
    rays = np.empty((2 * tall.size, 7), np.float32)
    standing, peaks = rays[: tall.size], rays[tall.size :]
    standing[:, 0], standing[:, 1] = x + INNER * across, y + INNER * down
    standing[:, 2], standing[:, 3] = x + (INNER + tall) * across, y + (INNER + tall) * down
    standing[:, 4], standing[:, 5], standing[:, 6] = HALF_WIDTH, 0.45, 1.0
    peaks[:, 0] = peaks[:, 2] = x + (INNER + 9.0 + held) * across
    peaks[:, 1] = peaks[:, 3] = y + (INNER + 9.0 + held) * down
    peaks[:, 4] = 1.4
    peaks[:, 5] = peaks[:, 6] = np.where(held > 2.0, 0.5, 0.0)
    return rays


def _ring(heard: Heard, x: float, y: float, rotation: float) -> Reals:
    """The waveform, bent to a circle that begins and ends where the highest bands meet: float32 [256, 7]."""
    step = WAVE_POINTS // WAVE_PIECES
    wave = np.append(heard.wave[::step], heard.wave[-1])
    radius = WAVE_RADIUS + WAVE_TAPER * wave
    angle = np.linspace(pi, 3.0 * pi, WAVE_PIECES + 1) + rotation
    across, down = x + radius * np.sin(angle), y + radius * np.cos(angle)
    ring = np.empty((WAVE_PIECES, 7), np.float32)
    ring[:, 0], ring[:, 1], ring[:, 2], ring[:, 3] = across[:-1], down[:-1], across[1:], down[1:]
    ring[:, 4], ring[:, 5], ring[:, 6] = 1.1, 0.85, 0.85
    return ring


def _orbit(share: float, x: float, y: float) -> Reals:
    """The way of the moon from above on, brighter where it has been: float32 [240, 7]."""
    angle = np.linspace(0.0, 2.0 * pi, ORBIT_PIECES + 1)
    across, down = x + MOON_RADIUS * np.sin(angle), y - MOON_RADIUS * np.cos(angle)
    pieces = np.empty((ORBIT_PIECES, 7), np.float32)
    pieces[:, 0], pieces[:, 1], pieces[:, 2], pieces[:, 3] = across[:-1], down[:-1], across[1:], down[1:]
    pieces[:, 4] = 0.8
    pieces[:, 5] = pieces[:, 6] = 0.15 + 0.45 * np.clip(share * ORBIT_PIECES - np.arange(ORBIT_PIECES), 0.0, 1.0)
    return pieces


def _moon(share: float, x: float, y: float) -> Reals:
    """The moon, and its light in three steps round it: float32 [4, 7]."""
    moon = np.empty((4, 7), np.float32)
    moon[:, 0] = moon[:, 2] = x + MOON_RADIUS * np.sin(2.0 * pi * share)
    moon[:, 1] = moon[:, 3] = y - MOON_RADIUS * np.cos(2.0 * pi * share)
    moon[:, 4] = (13.0, 9.5, 7.0, 4.5)
    moon[:, 5] = moon[:, 6] = (0.08, 0.14, 0.3, 1.0)
    return moon


def _ray_inks(lit: Rgb, inks: tuple[Rgb, Rgb, Rgb]) -> Inks:
    """One ink below, another above; tips are the brightest."""
    ends = []
    for number in range(SHOWN_BANDS):
        colour = mixed(inks[0], inks[1], number / (SHOWN_BANDS - 1))
        ends.append((ink(mixed(colour, lit, 0.45)), ink(mixed(colour, WHITE, 0.15))))
    return inks_of([*ends, *ends, *[(ink(mixed(inks[2], WHITE, 0.3)),) * 2] * (2 * SHOWN_BANDS)])


def _space(deep: Rgb, lit: Rgb, inks: tuple[Rgb, Rgb, Rgb]) -> Canvas:
    """Night with the planet's light in it, a far light of another colour, and the orbits of others."""
    away = distance(CENTRE_X, CENTRE_Y)
    rings = sum(np.clip(1.2 - np.abs(away - radius), 0.0, 1.0) for radius in (392.0, 498.0, 628.0, 790.0))
    return backdrop(
        mixed(deep, BLACK, 0.45),
        (
            (between(ROWS, 900.0, -100.0) * 0.35, lit),
            (glow(1180.0, 690.0, 330.0, 0.30), mixed(lit, inks[1], 0.5)),
            (glow(CENTRE_X, CENTRE_Y, 240.0, 0.55), mixed(lit, inks[0], 0.5)),
            (np.asarray(rings * 0.07, np.float32), inks[2]),
            (between(distance(CENTRE_X + 160.0, CENTRE_Y, 1.4), 420.0, 1050.0) * 0.6, BLACK),
        ),
    )
