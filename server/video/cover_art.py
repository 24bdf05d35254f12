"""The house's own covers as pixels: what server/nowplaying/cover.py draws for a track, rasterised.

It knows only what designs.py uses of SVG: circles, ellipses, and paths of M L H V A z, filled or stroked, with one opacity each. Strangers'
images never come here.
"""

import hashlib
from itertools import pairwise
from math import atan2, ceil, cos, dist, hypot, pi, radians, sin, sqrt
from random import Random
from re import findall
from typing import Final, TypeAlias
from xml.etree import ElementTree as ET

import numpy as np
from PIL import Image, ImageDraw

from server.nowplaying.cover import cover, palette
from server.nowplaying.designs import SIDE
from server.video.colour import Palette, Pixels, Rgb

OVERSAMPLING: Final = 2
SVG: Final = "{http://www.w3.org/2000/svg}"
Points: TypeAlias = list[tuple[float, float]]


def own_palette(track_id: str) -> Palette:
    """The colours that the house's cover of this track is drawn with."""
    colours = palette(Random(hashlib.sha256(track_id.encode()).digest()))
    first, second, third = (_rgb(ink) for ink in colours.inks)
    return Palette(_rgb(colours.deep), _rgb(colours.lit), (first, second, third))


def own_cover(track_id: str, side: int) -> Pixels:
    """The house's cover of this track, uint8 [side, side, 3]."""
    colours = palette(Random(hashlib.sha256(track_id.encode()).digest()))
    drawing = ET.fromstring(cover(track_id))
    turned = drawing.find(f".//{SVG}linearGradient")
    assert turned is not None
    angle = radians(_numbers(turned.get("gradientTransform", ""))[0])
    sheet = Image.fromarray(_ground(_rgb(colours.deep), _rgb(colours.lit), angle, side * OVERSAMPLING))
    inside = drawing.findall(f"{SVG}g")
    for group in inside:
        _draw(sheet, group, {}, side * OVERSAMPLING / SIDE)
    return np.asarray(sheet.reduce(OVERSAMPLING))


def _rgb(written: str) -> Rgb:
    return Rgb(*(int(written[start : start + 2], 16) / 255 for start in (1, 3, 5)))


def _ground(deep: Rgb, lit: Rgb, angle: float, side: int) -> Pixels:
    """From deep to lit along a line through the middle."""
    place = (np.arange(side) + 0.5) / side - 0.5
    share = np.clip(place[None, :] * cos(angle) + place[:, None] * sin(angle) + 0.5, 0.0, 1.0)[:, :, None]
    return (255.0 * (np.array(deep) * (1.0 - share) + np.array(lit) * share) + 0.5).astype(np.uint8)


def _draw(sheet: Image.Image, element: ET.Element, inherited: dict[str, str], scale: float) -> None:
    """Draws an element and what is inside it; what it does not say itself it has from the group around it."""
    look = inherited | {key: value for key, value in element.attrib.items() if key != "opacity"}
    look["opacity"] = str(float(inherited.get("opacity", "1")) * float(element.get("opacity", "1")))
    for child in element:
        _draw(sheet, child, look, scale)
    outlines = _outlines(element)
    if not outlines:
        return
    opacity = float(look["opacity"])
    scaled = [[(x * scale, y * scale) for x, y in points] for points in outlines]
    if (fill := look.get("fill", "none")) != "none":
        _lay(sheet, scaled, fill, opacity, 0.0)
    if (ink := look.get("stroke", "none")) != "none":
        width = float(look.get("stroke-width", "1")) * scale
        _lay(sheet, scaled, ink, opacity, width, look.get("stroke-linecap") == "round")


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


def _outlines(element: ET.Element) -> list[Points]:
    """The element's lines as points; empty for a group."""
    measure = {key: float(element.get(key, "0")) for key in ("cx", "cy", "r", "rx", "ry")}
    match element.tag.removeprefix(SVG):
        case "path":
            return _path(element.get("d", ""))
        case "circle":
            return [_ellipse(measure["cx"], measure["cy"], measure["r"], measure["r"], (0.0, 0.0, 0.0))]
        case "ellipse":
            turn = (*_numbers(element.get("transform", "")), 0.0, 0.0, 0.0)
            return [_ellipse(measure["cx"], measure["cy"], measure["rx"], measure["ry"], turn[:3])]
    return []


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
