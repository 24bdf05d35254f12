"""The house's own covers as pixels: what server/nowplaying/cover.py draws for a track, rasterised.

It knows only what designs.py uses of SVG: circles, ellipses, and paths of M L H V A z, filled or stroked, with one opacity each. Strangers'
images never come here.
"""

import hashlib
from html.parser import HTMLParser
from itertools import pairwise
from math import atan2, ceil, cos, dist, hypot, pi, radians, sin, sqrt
from random import Random
from re import findall, search
from typing import Final, TypeAlias

import numpy as np
from PIL import Image, ImageDraw

from server.nowplaying.cover import cover, palette
from server.nowplaying.designs import SIDE
from server.video.colour import Palette, Pixels, Rgb

OVERSAMPLING: Final = 2
Points: TypeAlias = list[tuple[float, float]]
Look: TypeAlias = dict[str, str]
"""The attributes of an element."""


def own_palette(track_id: str) -> Palette:
    """The colours that the house's cover of this track is drawn with."""
    colours = palette(Random(hashlib.sha256(track_id.encode()).digest()))
    first, second, third = (_rgb(ink) for ink in colours.inks)
    return Palette(_rgb(colours.deep), _rgb(colours.lit), (first, second, third))


def own_cover(track_id: str, side: int) -> Pixels:
    """The house's cover of this track, uint8 [side, side, 3]."""
    drawing = cover(track_id).decode()
    colours = own_palette(track_id)
    turned = search(r"rotate\((\d+)", drawing)
    assert turned is not None
    sheet = Image.fromarray(_ground(colours.deep, colours.lit, radians(float(turned[1])), side * OVERSAMPLING))
    _Reader(sheet, side * OVERSAMPLING / SIDE).feed(drawing)
    return np.asarray(sheet.reduce(OVERSAMPLING))


class _Reader(HTMLParser):
    """Draws what stands in groups, as it comes to it; what an element does not say itself it has from the group around it."""

    def __init__(self, sheet: Image.Image, scale: float) -> None:
        super().__init__()
        self._sheet = sheet
        self._scale = scale
        self._groups: list[Look] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "g":
            self._groups.append(self._look(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == "g":
            self._groups.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._groups:
            _draw(self._sheet, tag, self._look(attrs), self._scale)

    def _look(self, attrs: list[tuple[str, str | None]]) -> Look:
        around = self._groups[-1] if self._groups else {}
        own = {name: value or "" for name, value in attrs}
        return around | own | {"opacity": str(float(around.get("opacity", "1")) * float(own.get("opacity", "1")))}


def _rgb(written: str) -> Rgb:
    return Rgb(*(int(written[start : start + 2], 16) / 255 for start in (1, 3, 5)))


def _ground(deep: Rgb, lit: Rgb, angle: float, side: int) -> Pixels:
    """From deep to lit along a line through the middle."""
    place = (np.arange(side) + 0.5) / side - 0.5
    share = np.clip(place[None, :] * cos(angle) + place[:, None] * sin(angle) + 0.5, 0.0, 1.0)[:, :, None]
    return (255.0 * (np.array(deep) * (1.0 - share) + np.array(lit) * share) + 0.5).astype(np.uint8)


def _draw(sheet: Image.Image, tag: str, look: Look, scale: float) -> None:
    """One element."""
    opacity = float(look["opacity"])
    outlines = [[(x * scale, y * scale) for x, y in points] for points in _outlines(tag, look)]
    if (fill := look.get("fill", "none")) != "none":
        _lay(sheet, outlines, fill, opacity)
    if (ink := look.get("stroke", "none")) != "none":
        width = float(look.get("stroke-width", "1")) * scale
        _lay(sheet, outlines, ink, opacity, width, look.get("stroke-linecap") == "round")


def _lay(sheet: Image.Image, outlines: list[Points], ink: str, opacity: float, width: float = 0.0, round_ends: bool = False) -> None:
    """Fills the outlines, or draws along them if there is a `width`; all of them at once, so that overlaps do not add up."""
    reach = ceil(width / 2) + 1
    xs, ys = ([point[part] for points in outlines for point in points] for part in (0, 1))
    left, top = max(0, int(min(xs)) - reach), max(0, int(min(ys)) - reach)
    right, bottom = min(sheet.width, int(max(xs)) + reach + 1), min(sheet.height, int(max(ys)) + reach + 1)
    if right <= left or bottom <= top:
        return
    mask = Image.new("L", (right - left, bottom - top))
    draw = ImageDraw.Draw(mask)
    shade = round(255 * opacity)
    for points in outlines:
        moved = [(x - left, y - top) for x, y in points]
        if width:
            _line(draw, moved, width, shade, round_ends)
        else:
            draw.polygon(moved, fill=shade)
    sheet.paste(ink, (left, top, right, bottom), mask)


def _line(draw: ImageDraw.ImageDraw, points: Points, width: float, shade: int, round_ends: bool) -> None:
    """Each piece as four corners, with a disc where two meet: Pillow's own joints leave gaps in narrow bends."""
    if width < 3.0:
        draw.line(points, fill=shade, width=max(1, round(width)))
        return
    half = width / 2
    for (x0, y0), (x1, y1) in pairwise(points):
        length = hypot(x1 - x0, y1 - y0) or 1.0
        aside, down = half * (y0 - y1) / length, half * (x1 - x0) / length
        draw.polygon([(x0 + aside, y0 + down), (x1 + aside, y1 + down), (x1 - aside, y1 - down), (x0 - aside, y0 - down)], fill=shade)
    for point in points:
        if round_ends or min(dist(point, points[0]), dist(point, points[-1])) >= half:
            draw.circle(point, half, fill=shade)


def _outlines(tag: str, look: Look) -> list[Points]:
    """The element's lines as points."""
    if tag == "path":
        return _path(look["d"])
    x, y = float(look["cx"]), float(look["cy"])
    if tag == "circle":
        radius = float(look["r"])
        return [_ellipse(x, y, radius, radius, (0.0, 0.0, 0.0))]
    turn = (*_numbers(look.get("transform", "")), 0.0, 0.0, 0.0)
    return [_ellipse(x, y, float(look["rx"]), float(look["ry"]), turn[:3])]


def _ellipse(x: float, y: float, across: float, down: float, turn: tuple[float, ...]) -> Points:
    """`turn`: by how many degrees, round which point."""
    angle, round_x, round_y = radians(turn[0]), turn[1], turn[2]
    count = 64
    points = [(x + across * cos(2 * pi * n / count) - round_x, y + down * sin(2 * pi * n / count) - round_y) for n in range(count + 1)]
    return [(round_x + a * cos(angle) - b * sin(angle), round_y + a * sin(angle) + b * cos(angle)) for a, b in points]


def _path(drawn: str) -> list[Points]:
    """The lines of a path of M L H V A h v z; what follows an M is a line of its own."""
    lines: list[Points] = []
    for command, written in findall(r"([MLHVAhvz])([^MLHVAhvz]*)", drawn):
        numbers = _numbers(written)
        x, y = lines[-1][-1] if lines else (0.0, 0.0)
        match command:
            case "M":
                lines.append([(numbers[0], numbers[1])])
                lines[-1] += zip(numbers[2::2], numbers[3::2], strict=True)
            case "L":
                lines[-1] += zip(numbers[::2], numbers[1::2], strict=True)
            case "H":
                lines[-1].append((numbers[0], y))
            case "V":
                lines[-1].append((x, numbers[0]))
            case "h":
                lines[-1].append((x + numbers[0], y))
            case "v":
                lines[-1].append((x, y + numbers[0]))
            case "A":
                radius, large, sweep, to_x, to_y = numbers[0], numbers[3], numbers[4], numbers[5], numbers[6]
                lines[-1] += _arc((x, y), (to_x, to_y), radius, large != sweep, sweep > 0)
            case "z":
                lines[-1].append(lines[-1][0])
    return lines


def _arc(begin: tuple[float, float], end: tuple[float, float], radius: float, left: bool, clockwise: bool) -> Points:
    """Along a circle; `left`: its middle lies to the left of the way (W3C, SVG 1.1, F.6.5, for equal radii)."""
    half_x, half_y = (end[0] - begin[0]) / 2, (end[1] - begin[1]) / 2
    half = sqrt(half_x**2 + half_y**2)
    if half == 0.0:
        return []
    away = sqrt(max(0.0, radius**2 - half**2)) / half * (1 if left else -1)
    x, y = begin[0] + half_x - away * half_y, begin[1] + half_y + away * half_x
    radius = max(radius, half)
    start = atan2(begin[1] - y, begin[0] - x)
    sweep = (atan2(end[1] - y, end[0] - x) - start) % (2 * pi)
    if not clockwise:
        sweep -= 2 * pi
    count = max(4, ceil(abs(sweep) * 16))
    return [(x + radius * cos(start + sweep * n / count), y + radius * sin(start + sweep * n / count)) for n in range(1, count + 1)]


def _numbers(written: str) -> list[float]:
    return [float(number) for number in findall(r"-?(?:\d+\.?\d*|\.\d+)", written)]
