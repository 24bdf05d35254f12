"""The brushes: kernels that draw into one plane, in the plane's own pixels, with soft edges and at fractions of a pixel.

A shape is drawn once into each plane; for chroma the caller halves its measures (see paint.py). Shares and shapes are float32; what
would fall outside the plane is not drawn. Values that lie between two steps are dithered by the place of the pixel alone, so a picture
that stands still stays still.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernel import kernel

Reals = NDArray[np.float32]
Plane = NDArray[np.uint8]


DITHER_SIDE = 64


def _noise() -> Reals:
    """Within [0, 1), as good as blue noise for the eye: interleaved gradient noise (Jimenez 2014)."""
    rows, columns = np.mgrid[:DITHER_SIDE, :DITHER_SIDE]
    return np.asarray((52.9829189 * ((0.06711056 * columns + 0.00583715 * rows) % 1.0)) % 1.0 * 0.999, np.float32)


DITHER = _noise()


@kernel
def settle(plane: Plane, values: Reals) -> None:
    """Writes `values`, one for each pixel, dithered."""
    for row in range(plane.shape[0]):
        for column in range(plane.shape[1]):
            plane[row, column] = np.uint8(values[row, column] + DITHER[row & 63, column & 63])


@kernel
def mix(plane: Plane, other: Plane, share: float) -> None:
    """Moves `plane` the `share` of the way to `other`."""
    part = int(share * 256.0 + 0.5)
    for row in range(plane.shape[0]):
        for column in range(plane.shape[1]):
            here = int(plane[row, column])
            plane[row, column] = np.uint8(here + (((int(other[row, column]) - here) * part + 128) >> 8))


@kernel
def stain(plane: Plane, mask: Plane, left: float, top: float, value: float, share: float) -> None:
    """Colours through a mask whose corner lies at (left, top), between pixels too. The mask's outermost pixels must be 0."""
    row0, column0 = int(np.floor(top)), int(np.floor(left))
    down, right = top - row0, left - column0
    w11 = (1.0 - down) * (1.0 - right) * share / 255.0
    w10 = (1.0 - down) * right * share / 255.0
    w01 = down * (1.0 - right) * share / 255.0
    w00 = down * right * share / 255.0
    whole = down == 0.0 and right == 0.0
    for y in range(max(1, -row0), min(mask.shape[0], plane.shape[0] - row0)):
        for x in range(max(1, -column0), min(mask.shape[1], plane.shape[1] - column0)):
            cover = w11 * mask[y, x]
            if not whole:
                cover += w10 * mask[y, x - 1] + w01 * mask[y - 1, x] + w00 * mask[y - 1, x - 1]
            if cover > 0.0:
                here = plane[row0 + y, column0 + x]
                plane[row0 + y, column0 + x] = np.uint8(here + cover * (value - here) + 0.5)


@kernel
def lay(plane: Plane, source: Plane, mask: Plane, left: float, top: float, share: float) -> None:
    """Lays a picture of the same size as its mask at (left, top), between pixels too. The mask's outermost pixels must be 0."""
    row0, column0 = int(np.floor(top)), int(np.floor(left))
    down, right = top - row0, left - column0
    w11, w10 = (1.0 - down) * (1.0 - right), (1.0 - down) * right
    w01, w00 = down * (1.0 - right), down * right
    for y in range(max(1, -row0), min(mask.shape[0], plane.shape[0] - row0)):
        for x in range(max(1, -column0), min(mask.shape[1], plane.shape[1] - column0)):
            cover = w11 * mask[y, x] + w10 * mask[y, x - 1] + w01 * mask[y - 1, x] + w00 * mask[y - 1, x - 1]
            if cover > 0.0:
                value = w11 * source[y, x] + w10 * source[y, x - 1] + w01 * source[y - 1, x] + w00 * source[y - 1, x - 1]
                here = plane[row0 + y, column0 + x]
                plane[row0 + y, column0 + x] = np.uint8(here + cover * share / 255.0 * (value - here) + 0.5)


@kernel
def stroke(plane: Plane, strokes: Reals, values: Reals, scale: float, joined: bool) -> None:
    """Draws round-ended strokes, each [x, y, x, y, half width, share, share], from [value to value]; measures times `scale`.

    Value and share run evenly from one end to the other. A stroke of no length is a dot. Strokes that are `joined` go on from one
    another: they have no ends of their own, which would show twice where they overlap.
    """
    for number in range(strokes.shape[0]):
        x0, y0, x1, y1 = strokes[number, 0] * scale, strokes[number, 1] * scale, strokes[number, 2] * scale, strokes[number, 3] * scale
        half, share0, more = strokes[number, 4] * scale, strokes[number, 5], strokes[number, 6] - strokes[number, 5]
        if share0 <= 0.0 and share0 + more <= 0.0:
            continue
        value0, rise = values[number, 0], values[number, 1] - values[number, 0]
        reach, thin = half + 0.5, min(1.0, 2.0 * half)
        dx, dy = x1 - x0, y1 - y0
        length = np.sqrt(dx * dx + dy * dy)
        if length < 1e-3:
            dx, dy, length = 1e-3, 0.0, 1e-3
        along_x, along_y = dx / (length * length), dy / (length * length)
        aside_x, aside_y = dy / length, -dx / length
        left, right = min(x0, x1) - reach, max(x0, x1) + reach
        slant = reach / abs(aside_x) if abs(aside_x) > 1e-3 else 1e9
        for row in range(max(0, int(np.floor(min(y0, y1) - reach))), min(plane.shape[0], int(np.floor(max(y0, y1) + reach)) + 1)):
            y = row + 0.5 - y0
            middle = x0 - y * aside_y / aside_x if slant < 1e9 else x0
            first = max(0, int(np.floor(max(left, middle - slant))))
            last = min(plane.shape[1] - 1, int(np.floor(min(right, middle + slant))))
            for column in range(first, last + 1):
                x = column + 0.5 - x0
                along = x * along_x + y * along_y
                if joined and (along < 0.0 or along >= 1.0):
                    continue
                if along < 0.0:
                    along = 0.0
                    away = np.sqrt(x * x + y * y)
                elif along > 1.0:
                    along = 1.0
                    away = np.sqrt((x - dx) * (x - dx) + (y - dy) * (y - dy))
                else:
                    away = abs(x * aside_x + y * aside_y)
                cover = min(1.0, reach - away)
                if cover > 0.0:
                    here = plane[row, column]
                    share = thin * cover * (share0 + along * more)
                    plane[row, column] = np.uint8(here + share * (value0 + along * rise - here) + DITHER[row & 63, column & 63])


@kernel
def thread(plane: Plane, heights: Reals, shares: Reals, left: float, half: float, glow: float, value: float, scale: float) -> None:
    """Draws a curve that has a height and a share for each column from `left` on, with a light round it that ends at `glow`."""
    count = heights.shape[0]
    half, reach = half * scale, glow * scale
    step = 0.5 / scale
    for column in range(max(0, int(left * scale)), min(plane.shape[1], int((left + count - 1) * scale))):
        place = (column + 0.5) / scale - left
        here, there = max(0.0, place - step), min(count - 1.001, place + step)
        start, end = int(here), int(there)
        y0 = (heights[start] + (here - start) * (heights[start + 1] - heights[start])) * scale
        y1 = (heights[end] + (there - end) * (heights[end + 1] - heights[end])) * scale
        strength = shares[start]
        low, high = min(y0, y1) - half, max(y0, y1) + half
        for row in range(max(0, int(low - reach - 1.0)), min(plane.shape[0], int(high + reach) + 2)):
            cover = max(0.0, min(high, row + 1.0) - max(low, float(row)))
            if cover < 1.0:
                away = max(low - row - 0.5, row + 0.5 - high, 0.0)
                light = 1.0 - away / (reach + DITHER[row & 63, column & 63])
                if light > 0.0:
                    cover = max(cover, 0.4 * light * light)
            if cover > 0.0:
                before = plane[row, column]
                plane[row, column] = np.uint8(before + min(1.0, cover) * strength * (value - before) + DITHER[row & 63, column & 63])


@kernel
def _spline(curve: Reals, place: float) -> tuple[float, float]:
    """Catmull and Rom's curve through evenly spaced points, and its slope; mirrored at the first, 0 behind the last, never negative."""
    points = curve.shape[0]
    point = int(place)
    if point >= points:
        return 0.0, 0.0
    part = place - point
    before, here = curve[abs(point - 1)], curve[point]
    there = curve[point + 1] if point + 1 < points else 0.0
    after = curve[point + 2] if point + 2 < points else 0.0
    first, second, third = (
        0.5 * (there - before),
        before - 2.5 * here + 2.0 * there - 0.5 * after,
        1.5 * (here - there) + 0.5 * (after - before),
    )
    rise = here + part * (first + part * (second + part * third))
    return max(0.0, rise), first + part * (2.0 * second + 3.0 * part * third)


@kernel
def ridges(plane: Plane, curves: Reals, layers: Reals, middle: float, values: Reals, scale: float) -> None:
    """Draws mountains behind mountains, each of which hides what is behind it; the nearest is the first.

    `curves`: how high each stands at points that lie evenly from the middle out to either side. `layers`, one a mountain: [the row it
    stands on, the height of a curve of 1, columns from one point to the next, the light's reach below its edge, share].
    `values`: [edge, body].
    """
    count = curves.shape[0]
    tops, ends, steep = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.float32)
    edges = np.empty(count, np.float32)
    for column in range(plane.shape[1]):
        away = (column + 0.5) / scale - middle
        hidden = float(plane.shape[0])
        for number in range(count):
            rise, slope = _spline(curves[number], abs(away) / layers[number, 2])
            tops[number] = (layers[number, 0] - layers[number, 1] * rise) * scale
            slope *= layers[number, 1] / layers[number, 2]
            steep[number] = 1.0 / np.sqrt(1.0 + slope * slope)
            edges[number] = min(1.0, 5.0 * rise)
            ends[number] = hidden
            hidden = min(hidden, tops[number])
        for number in range(count - 1, -1, -1):
            top, share = tops[number], layers[number, 4]
            edge, body = edges[number] * (values[number, 0] - values[number, 1]), values[number, 1]
            light, sharp = 1.0 / (layers[number, 3] * scale), steep[number]
            first, last = max(0, int(np.floor(top))), min(plane.shape[0], int(np.ceil(ends[number])))
            lit = min(last, int(top + layers[number, 3] * scale) + 1)
            for row in range(first, lit):
                deep = row + 1.0 - top
                inside = deep * sharp
                below = max(0.0, 1.0 - deep * light)
                value = body + edge * max(0.45 * below * below, min(1.0, 1.0 + 1.5 * scale - inside))
                cover = share * min(1.0, inside)
                if cover < 1.0:
                    value = plane[row, column] + cover * (value - plane[row, column])
                plane[row, column] = np.uint8(value + DITHER[row & 63, column & 63])
            for row in range(max(first, lit), last):
                here = plane[row, column]
                plane[row, column] = np.uint8(here + share * (body - here) + DITHER[row & 63, column & 63])
