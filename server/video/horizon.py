"""Horizon: a sun in calm water. The spectrum stands on the horizon and is mirrored below it, the horizon itself is the waveform."""

from typing import Final

import numpy as np

from server.video.backdrop import COLUMNS, ROWS, backdrop, between, distance, glow
from server.video.bill import Artwork, Bill, Turn, squared
from server.video.canvas import WIDTH, Canvas
from server.video.colour import Rgb, ink, mixed
from server.video.drift import drift_at
from server.video.look import BLACK, SHOWN_BANDS, WHITE, Reals, heights
from server.video.paint import Inks, copy, inks_of, lay, sprite_of, strokes, thread
from server.video.shapes import rounded_square
from server.video.timer import tell
from server.video.typesetting import BOLD, MEDIUM, REGULAR, legible, set_in, spaced, write
from server.video.waveform import WAVE_POINTS, Heard

MIDDLE: Final = WIDTH / 2
WATERLINE: Final = 438.0
SUN_RADIUS: Final = 150.0
MARGIN: Final = 72.0

PITCH: Final = 9.6
"""From one bar to the next; 60 to either side of the middle, the lowest band in the middle."""
HALF_WIDTH: Final = 2.6
TALLEST: Final = 250.0
MIRRORED: Final = 0.42

WAVE_HEIGHT: Final = 34.0
COVER_SIDE: Final = 132
COVER_TOP: Final = 528.0
TEXT_LEFT: Final = MARGIN + COVER_SIDE + 32.0
TEXT_WIDTH: Final = WIDTH - MARGIN - 170.0 - TEXT_LEFT


class Horizon:
    """One bill's."""

    def __init__(self, bill: Bill, artwork: Artwork) -> None:
        colours = artwork.palette
        self._backdrop = _sky_and_water(colours.deep, colours.lit, colours.inks)
        self._cover = sprite_of(squared(artwork.cover, COVER_SIDE), rounded_square(COVER_SIDE, 10))
        self._station = spaced(bill.station.upper() if bill.title else "", MEDIUM, 19, 4.5, 800.0)
        self._title = set_in(legible(bill.title, bill.station), BOLD, TEXT_WIDTH, (58, 52, 46, 42), (38, 34))
        self._artist = set_in(bill.artist, REGULAR, TEXT_WIDTH, (30, 27))
        self._wave_ink = ink(mixed(colours.inks[2], WHITE, 0.5))
        self._white = ink(WHITE)
        self._quiet = ink(mixed(colours.inks[2], WHITE, 0.55))
        self._bar_inks = _bar_inks(colours.lit, colours.inks)
        self._line_inks = inks_of([(ink(WHITE), ink(WHITE)), (ink(colours.inks[2]), ink(WHITE))])

    def draw(self, canvas: Canvas, heard: Heard, turn: Turn) -> None:
        copy(canvas, self._backdrop)
        across, down = drift_at(heard.position)
        strokes(canvas, _bars(heard, across, down), self._bar_inks)
        thread(
            canvas, WATERLINE + down - WAVE_SHAPE * heard.wave, WAVE_SHARES, MIDDLE + across - WAVE_POINTS / 2, 1.1, 11.0, self._wave_ink
        )
        self._announce(canvas, turn, across, down)

    def _announce(self, canvas: Canvas, turn: Turn, across: float, down: float) -> None:
        lay(canvas, self._cover, MARGIN + across, COVER_TOP + down)
        block = self._title.size + self._title.depth + (self._artist.size * 1.5 if self._artist.width else 0.0)
        baseline = COVER_TOP + down + (COVER_SIDE - block) / 2 + 0.86 * self._title.size
        write(canvas, self._title, TEXT_LEFT + across, baseline, self._white)
        write(canvas, self._artist, TEXT_LEFT + across, baseline + self._title.depth + self._artist.size * 1.55, self._quiet, 0.85)
        write(canvas, self._station, MARGIN + across, 78.0 + down, self._quiet, 0.8)
        tell(canvas, turn, WIDTH - MARGIN + across, COVER_TOP + COVER_SIDE - 6.0 + down, 20, self._quiet, 0.7)
        if turn.share is not None:
            left, right, y = MARGIN + across, WIDTH - MARGIN + across, 692.0 + down
            here = left + turn.share * (right - left)
            strokes(
                canvas, np.array([[left, y, right, y, 0.9, 0.16, 0.16], [left, y, here, y, 0.9, 0.5, 0.9]], np.float32), self._line_inks
            )


WAVE_SHARES: Final[Reals] = np.asarray(np.sin(np.pi * (np.arange(WAVE_POINTS) + 0.5) / WAVE_POINTS) ** 0.7, np.float32)
WAVE_SHAPE: Final[Reals] = np.asarray(WAVE_HEIGHT * np.sin(np.pi * (np.arange(WAVE_POINTS) + 0.5) / WAVE_POINTS), np.float32)
"""The wave is still at both ends, and fades into the distance."""

PLACES: Final[Reals] = np.arange(SHOWN_BANDS, dtype=np.float32)
OFFSETS: Final[Reals] = np.concatenate((-(PLACES + np.float32(0.5)), PLACES + np.float32(0.5))) * np.float32(PITCH)
"""Where the bars stand from the middle: the left half, then the right one."""
FADE: Final[Reals] = np.tile(1.0 - 0.55 * (PLACES / SHOWN_BANDS) ** 2, 2).astype(np.float32)


def _bars(heard: Heard, across: float, down: float) -> Reals:
    """What stands on the water, its mirror, and the held peaks: float32 [360, 7]."""
    tall = np.tile(heights(heard.bands), 2) * np.float32(TALLEST)
    held = np.tile(heights(heard.peaks), 2) * np.float32(TALLEST)
    count = tall.size
    bars = np.empty((3 * count, 7), np.float32)
    bars[:, 0] = bars[:, 2] = np.tile(MIDDLE + across + OFFSETS, 3)
    bars[:, 4] = HALF_WIDTH
    standing, mirrored, peaks = bars[:count], bars[count : 2 * count], bars[2 * count :]
    base = np.float32(WATERLINE + down)
    standing[:, 1], standing[:, 3] = base - 6.0, base - 6.0 - tall
    standing[:, 5], standing[:, 6] = 0.20 * FADE, 0.95 * FADE
    mirrored[:, 1], mirrored[:, 3] = base + 7.0, base + 7.0 + MIRRORED * tall
    mirrored[:, 5], mirrored[:, 6] = 0.28 * FADE, 0.0
    peaks[:, 1] = peaks[:, 3] = base - 14.0 - held
    peaks[:, 4] = 1.5
    peaks[:, 5] = peaks[:, 6] = np.where(held > 2.0, 0.55 * FADE, 0.0)
    return bars


def _bar_inks(lit: Rgb, inks: tuple[Rgb, Rgb, Rgb]) -> Inks:
    """From one ink in the middle to another at the sides; tips are the brightest."""
    ends = []
    for number in range(SHOWN_BANDS):
        colour = mixed(inks[0], inks[1], number / (SHOWN_BANDS - 1))
        ends.append((ink(mixed(colour, lit, 0.35)), ink(mixed(colour, WHITE, 0.18))))
    peak = [(ink(mixed(inks[2], WHITE, 0.3)),) * 2] * (2 * SHOWN_BANDS)
    return inks_of([*ends, *ends, *ends, *ends, *peak])


def _sky_and_water(deep: Rgb, lit: Rgb, inks: tuple[Rgb, Rgb, Rgb]) -> Canvas:
    """Night above, the last light at the horizon, a sun half set, and its shine on the water."""
    night = mixed(deep, BLACK, 0.45)
    sky = ROWS < WATERLINE
    sun = np.clip(SUN_RADIUS + 0.5 - distance(MIDDLE, WATERLINE), 0.0, 1.0) * sky
    shine = between(np.abs(COLUMNS - MIDDLE), 330.0, 0.0) * between(ROWS, 720.0, WATERLINE) * ~sky
    ripple = 0.5 + 0.5 * np.sin(5200.0 / (ROWS - WATERLINE + 46.0))
    return backdrop(
        night,
        (
            (between(ROWS, 0.0, WATERLINE) * sky * 0.9, lit),
            (glow(MIDDLE, WATERLINE, 300.0, 0.55, 1.25) * sky, mixed(lit, inks[0], 0.65)),
            (between(ROWS, WATERLINE + 260.0, WATERLINE - 60.0) * ~sky * 0.75, lit),
            (np.asarray(shine * ripple * 0.30, np.float32), inks[0]),
            (glow(MIDDLE, WATERLINE, 170.0, 0.35, 1.1) * sky, mixed(inks[0], inks[2], 0.35)),
            (np.asarray(sun * (0.12 + 0.60 * between(ROWS, WATERLINE, WATERLINE - SUN_RADIUS)), np.float32), mixed(inks[0], inks[2], 0.5)),
            (between(distance(MIDDLE, 360.0, 1.5), 420.0, 980.0) * 0.55, BLACK),
        ),
    )
