"""The families of covers: each draws on a square of 512 with three inks, every measure taken from the random numbers of its track."""

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from random import Random
from typing import Final, TypeAlias

SIDE: Final = 512
MIDDLE: Final = SIDE / 2

Inks: TypeAlias = tuple[str, str, str]
Design: TypeAlias = Callable[[Random, Inks], str]


def orbits(random: Random, inks: Inks) -> str:
    """Arcs of circles round one centre, a planet on some."""
    x, y = random.uniform(150, 362), random.uniform(150, 362)
    drawn = [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{random.uniform(26, 44):.0f}" fill="{inks[2]}"/>']
    radius = 62.0
    while radius < 460:
        width = random.choice((2, 3, 5, 9, 16))
        start, sweep = random.uniform(0, 2 * pi), random.uniform(0.5, 1.7) * pi
        ink = random.choice(inks)
        drawn.append(_arc(x, y, radius, start, sweep, f'stroke="{ink}" stroke-width="{width}" opacity="{random.uniform(0.45, 1):.2f}"'))
        if random.random() < 0.35:
            px, py = x + radius * cos(start), y + radius * sin(start)
            drawn.append(f'<circle cx="{px:.0f}" cy="{py:.0f}" r="{width + random.uniform(4, 10):.0f}" fill="{random.choice(inks)}"/>')
        radius += width + random.uniform(10, 30)
    return f'<g fill="none" stroke-linecap="round">{"".join(drawn)}</g>'


def ridges(random: Random, inks: Inks) -> str:
    """A sun behind lines of hills, the nearer the denser."""
    x, y, radius = random.uniform(130, 382), random.uniform(120, 210), random.uniform(50, 96)
    sun = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="{inks[2]}"/>'
    hills = []
    count = random.randint(5, 8)
    waves = [(random.uniform(0.6, 2.6), random.uniform(0, 2 * pi), random.uniform(8, 34)) for _ in range(3)]
    for layer in range(count):
        level = 190 + layer * 300 / count
        points = []
        for x in range(0, SIDE + 1, 16):
            rise = sum(high * sin(2 * pi * often * x / SIDE + phase + layer * 1.3) for often, phase, high in waves)
            points.append(f"{x} {level - rise:.0f}")
        opacity = 0.22 + 0.6 * layer / count
        hills.append(f'<path d="M{"L".join(points)}V{SIDE}H0z" fill="{inks[layer % 2]}" opacity="{opacity:.2f}"/>')
    return sun + "".join(hills)


def tiles(random: Random, inks: Inks) -> str:
    """Quarter circles on a grid, each turned by chance, that join to paths (Truchet's tiles)."""
    across = random.choice((4, 5, 6, 8))
    size = SIDE / across
    width = size * random.uniform(0.18, 0.36)
    drawn = []
    for row in range(across):
        for column in range(across):
            corners = random.choice((((0, 0), (1, 1)), ((1, 0), (0, 1))))
            paths = "".join(_quarter(column + x, row + y, 1 - 2 * x, 1 - 2 * y, size) for x, y in corners)
            drawn.append(f'<path d="{paths}" stroke="{inks[(row + column) % 2]}"/>')
    dots = [_dot(random, size, across, inks[2], width / 2) for _ in range(across)]
    return f'<g fill="none" stroke-width="{width:.1f}">{"".join(drawn)}</g>{"".join(dots)}'


def rays(random: Random, inks: Inks) -> str:
    """Wedges from one point, and rings over it."""
    x, y = random.choice((0, 128, 256, 384, 512)), random.choice((160, 256, 384, 512))
    count = random.choice((16, 20, 24, 32))
    step, turn = 2 * pi / count, random.uniform(0, 1)
    drawn = []
    for ray in range(count):
        begin = ray * step + turn
        end = begin + step * random.uniform(0.25, 0.7)
        corners = [(x, y), *((x + 800 * cos(angle), y + 800 * sin(angle)) for angle in (begin, end))]
        drawn.append(f'<path d="{_polygon(corners)}" fill="{inks[ray % 2]}" opacity="{random.uniform(0.25, 0.85):.2f}"/>')
    radii = sorted((random.uniform(30, 170) for _ in range(3)), reverse=True)
    drawn += [f'<circle cx="{x}" cy="{y}" r="{radius:.0f}" fill="{random.choice(inks)}" opacity=".9"/>' for radius in radii]
    return "".join(drawn)


def petals(random: Random, inks: Inks) -> str:
    """Rosettes of ellipses inside one another."""
    drawn = []
    rings = random.randint(2, 4)
    for ring in range(rings):
        count = random.choice((6, 8, 9, 12, 16))
        reach = 225 * (rings - ring) / rings
        thin = reach * random.uniform(0.16, 0.42)
        ink, turn = inks[ring % 3], random.uniform(0, 180)
        petal = f'cx="{MIDDLE:.0f}" cy="{MIDDLE - reach / 2:.1f}" rx="{thin / 2:.1f}" ry="{reach / 2:.1f}" fill="{ink}" opacity=".55"'
        drawn += [
            f'<ellipse {petal} transform="rotate({turn + each * 360 / count:.1f} {MIDDLE:.0f} {MIDDLE:.0f})"/>' for each in range(count)
        ]
    drawn.append(f'<circle cx="{MIDDLE:.0f}" cy="{MIDDLE:.0f}" r="{random.uniform(10, 30):.0f}" fill="{inks[2]}"/>')
    return "".join(drawn)


def prisms(random: Random, inks: Inks) -> str:
    """Overlapping triangles, see-through."""
    drawn = []
    for index in range(random.randint(7, 11)):
        x, y, size = random.uniform(80, 432), random.uniform(80, 432), random.uniform(70, 230)
        turn = random.choice((0, 1)) * pi + random.uniform(-0.2, 0.2)
        corners = [(x + size * cos(turn + angle), y + size * sin(turn + angle)) for angle in (-pi / 2, pi / 6, 5 * pi / 6)]
        look = f'fill="{inks[index % 3]}" opacity="{random.uniform(0.25, 0.6):.2f}"'
        if random.random() < 0.3:
            look = f'fill="none" stroke="{inks[index % 3]}" stroke-width="{random.choice((3, 5, 8))}" stroke-linejoin="round"'
        drawn.append(f'<path d="{_polygon(corners)}" {look}/>')
    return "".join(drawn)


def strings(random: Random, inks: Inks) -> str:
    """Chords of a circle from each point to that at a multiple of its angle: their envelope is a heart of 2, 3, 4 or 5 lobes."""
    count, multiple = random.choice((72, 96, 120)), random.choice((2, 3, 4, 5))
    turn, reach = random.uniform(0, 2 * pi), random.uniform(205, 330)
    drawn = []
    for index in range(count):
        begin, end = turn + 2 * pi * index / count, turn + 2 * pi * index * multiple / count
        x, y, u, v = (MIDDLE + reach * f(angle) for angle in (begin, end) for f in (cos, sin))
        drawn.append(f'<path d="M{x:.0f} {y:.0f}L{u:.0f} {v:.0f}" stroke="{inks[index * 3 // count]}"/>')
    return f'<g fill="none" stroke-width="{random.choice((1.5, 2, 2.5))}" opacity=".8">{"".join(drawn)}</g>'


DESIGNS: Final[Sequence[Design]] = (orbits, ridges, tiles, rays, petals, prisms, strings)


def _arc(x: float, y: float, radius: float, start: float, sweep: float, look: str) -> str:
    begin = (x + radius * cos(start), y + radius * sin(start))
    end = (x + radius * cos(start + sweep), y + radius * sin(start + sweep))
    large = int(sweep > pi)
    return f'<path d="M{begin[0]:.0f} {begin[1]:.0f}A{radius:.0f} {radius:.0f} 0 {large} 1 {end[0]:.0f} {end[1]:.0f}" {look}/>'


def _quarter(column: int, row: int, right: int, down: int, size: float) -> str:
    """A quarter circle round a corner of a tile, from the middle of one side to that of the next; `right` and `down`: into the tile."""
    x, y, half = column * size, row * size, size / 2
    sweep = int(right * down > 0)
    return f"M{x + right * half:.1f} {y:.1f}A{half:.1f} {half:.1f} 0 0 {sweep} {x:.1f} {y + down * half:.1f}"


def _polygon(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in corners) + "z"


def _dot(random: Random, size: float, across: int, ink: str, radius: float) -> str:
    column, row = random.randint(0, across), random.randint(0, across)
    return f'<circle cx="{column * size:.0f}" cy="{row * size:.0f}" r="{radius:.0f}" fill="{ink}"/>'
