"""Strata: what was heard lies in layers behind what is heard, ridge behind ridge, and sinks into the haze."""

from typing import Final

import numpy as np

from server.video.backdrop import COLUMNS, ROWS, backdrop, between, glow
from server.video.bill import Artwork, Bill, Turn, squared
from server.video.canvas import PICTURE_FRAMES, WIDTH, Canvas
from server.video.colour import Rgb, ink, mixed
from server.video.drift import drift_at
from server.video.look import BLACK, SHOWN_BANDS, WHITE, Reals, heights
from server.video.paint import Inks, copy, inks_of, lay, ridges, sprite_of, strokes, thread
from server.video.shapes import rounded_square
from server.video.timer import tell
from server.video.typesetting import BOLD, MEDIUM, REGULAR, legible, set_in, spaced, write
from server.video.waveform import WAVE_POINTS, Heard

MIDDLE: Final = WIDTH / 2
MARGIN: Final = 72.0
LAYERS: Final = 12
LAYER_PICTURES: Final = 20
"""Every so many pictures a layer comes to lie, two thirds of a second."""
CALM_PICTURES: Final = 5
"""A ridge is the mean of so many pictures: mountains do not twitch."""
HORIZON: Final = 330.0
SHORE: Final = 672.0
NEARNESS: Final = 0.22
"""How fast layers shrink: the n-th is 1 / (1 + 0.22 n) as large as the first."""
TALLEST: Final = 225.0
POINT_COLUMNS: Final = 12.6
"""From one band to the next, in the first layer."""

COVER_SIDE: Final = 124
COVER_TOP: Final = 62.0
TEXT_LEFT: Final = MARGIN + COVER_SIDE + 30.0
TEXT_WIDTH: Final = 650.0
WAVE_HEIGHT: Final = 26.0
WAVE_SHARES: Final[Reals] = np.asarray(np.sin(np.pi * (np.arange(WAVE_POINTS) + 0.5) / WAVE_POINTS) ** 0.7, np.float32)

TAPER: Final[Reals] = np.asarray(1.0 - np.clip((np.arange(SHOWN_BANDS) - 38.0) / 24.0, 0.0, 1.0) ** 2, np.float32)
"""Ridges run out into the plain."""


class Strata:
    """One bill's."""

    def __init__(self, bill: Bill, artwork: Artwork) -> None:
        colours = artwork.palette
        self._backdrop = _haze(colours.deep, colours.lit, colours.inks)
        self._ridge_inks = _ridge_inks(colours.deep, colours.lit, colours.inks)
        self._cover = sprite_of(squared(artwork.cover, COVER_SIDE), rounded_square(COVER_SIDE, 10))
        self._station = spaced(bill.station.upper() if bill.title else "", MEDIUM, 17, 4.0, 290.0)
        self._title = set_in(legible(bill.title, bill.station), BOLD, TEXT_WIDTH, (52, 46, 42), (38, 34))
        self._artist = set_in(bill.artist, REGULAR, TEXT_WIDTH, (28, 25))
        self._white = ink(WHITE)
        self._quiet = ink(mixed(colours.inks[2], WHITE, 0.55))
        self._line_inks = inks_of([(self._white, self._white), (ink(colours.inks[2]), self._white)])

    def draw(self, canvas: Canvas, heard: Heard, turn: Turn) -> None:
        copy(canvas, self._backdrop)
        across, down = drift_at(heard.position)
        curves, layers = _layers(heard, down)
        ridges(canvas, curves, layers, MIDDLE + across, self._ridge_inks)
        wave = np.asarray(SHORE + 8.0 + down - WAVE_HEIGHT * WAVE_SHARES * heard.wave, np.float32)
        thread(canvas, wave, WAVE_SHARES, MIDDLE + across - WAVE_POINTS / 2, 1.0, 10.0, self._quiet)
        self._announce(canvas, turn, across, down)

    def _announce(self, canvas: Canvas, turn: Turn, across: float, down: float) -> None:
        lay(canvas, self._cover, MARGIN + across, COVER_TOP + down)
        block = self._title.size + self._title.depth + (self._artist.size * 1.5 if self._artist.width else 0.0)
        baseline = COVER_TOP + down + (COVER_SIDE - block) / 2 + 0.86 * self._title.size
        write(canvas, self._title, TEXT_LEFT + across, baseline, self._white)
        write(canvas, self._artist, TEXT_LEFT + across, baseline + self._title.depth + self._artist.size * 1.55, self._quiet, 0.85)
        right = WIDTH - MARGIN + across
        write(canvas, self._station, right - self._station.width, COVER_TOP + 16.0 + down, self._quiet, 0.8)
        tell(canvas, turn, right, COVER_TOP + COVER_SIDE - 4.0 + down, 20, self._quiet, 0.7)
        if turn.share is not None:
            left, y = MARGIN + across, 700.0 + down
            here = left + turn.share * (right - left)
            lines = [[left, y, right, y, 0.9, 0.16, 0.16], [left, y, here, y, 0.9, 0.5, 0.9]]
            strokes(canvas, np.array(lines, np.float32), self._line_inks)


def _layers(heard: Heard, down: float) -> tuple[Reals, Reals]:
    """The curves and where they stand; the first is what is heard now, the others were heard at whole multiples of 20 pictures."""
    number = heard.position // PICTURE_FRAMES
    since = number % LAYER_PICTURES
    rows = heard.past.shape[0] - 1 - since - LAYER_PICTURES * np.arange(LAYERS - 1)
    latest = np.concatenate(([heard.past.shape[0] - 1], rows))
    past = heights(np.asarray(np.mean([heard.past[latest - before] for before in range(CALM_PICTURES)], axis=0), np.float32))
    depth = np.concatenate(([0.0], np.arange(LAYERS - 1) + since / LAYER_PICTURES))
    size = 1.0 / (1.0 + NEARNESS * depth)
    layers = np.empty((LAYERS, 5), np.float32)
    layers[:, 0] = HORIZON + (SHORE - HORIZON) * size + down
    layers[:, 1] = TALLEST * size
    layers[:, 2] = POINT_COLUMNS * (0.35 + 0.65 * size)
    layers[:, 3] = 60.0 * size
    layers[:, 4] = np.clip((LAYERS - 1.0 - depth) / 3.0, 0.0, 1.0)
    return np.ascontiguousarray(past * TAPER), layers


def _ridge_inks(deep: Rgb, lit: Rgb, inks: tuple[Rgb, Rgb, Rgb]) -> Inks:
    """Dark and sharp in front, pale behind."""
    ends = []
    for number in range(LAYERS):
        far = number / (LAYERS - 1)
        body = mixed(mixed(deep, BLACK, 0.35), mixed(lit, inks[0], 0.25), far**0.8)
        edge = mixed(mixed(inks[0], inks[1], far), WHITE, 0.15)
        ends.append((ink(mixed(edge, body, 0.15 + 0.6 * far)), ink(body)))
    return inks_of(ends)


def _haze(deep: Rgb, lit: Rgb, inks: tuple[Rgb, Rgb, Rgb]) -> Canvas:
    """A sky that is light where the last ridges vanish."""
    return backdrop(
        mixed(deep, BLACK, 0.4),
        (
            (between(ROWS, 0.0, HORIZON + 60.0) * 0.85, lit),
            (glow(MIDDLE, HORIZON + 40.0, 330.0, 0.6, 2.0), mixed(lit, inks[0], 0.6)),
            (glow(MIDDLE, HORIZON + 30.0, 120.0, 0.35, 1.6), mixed(inks[2], WHITE, 0.2)),
            (between(np.abs(COLUMNS - MIDDLE), 380.0, 760.0) * 0.5, BLACK),
        ),
    )
