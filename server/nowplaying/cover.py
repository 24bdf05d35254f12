"""A cover for a track that has none: a drawing made of its id, the same for ever, on any front.

An id chooses a family of designs (designs.py), a palette and every measure. The drawing is one SVG without text, script or style, so
it may stand in a page with the strictest policy.
"""

import hashlib
from colorsys import hls_to_rgb
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

from server.nowplaying.designs import DESIGNS, SIDE

STEPS: Final = ((0.0, 0.08, 0.5), (0.0, 0.33, 0.5), (0.0, 0.42, 0.58), (0.0, 0.05, 0.92), (0.0, 0.12, 0.62))
"""How three hues stand to one another on the circle: harmonies that painters name complementary, triadic, split, analogous."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Five colours that go together: a ground from deep to lit, and three that stand out on it."""

    deep: str
    lit: str
    inks: tuple[str, str, str]


def palette(random: Random) -> Palette:
    """One of the harmonies at a hue, on a dark ground."""
    hue = random.random()
    first, second, third = ((hue + step) % 1.0 for step in random.choice(STEPS))
    ground = (hue + random.uniform(-0.06, 0.06)) % 1.0
    return Palette(
        _colour(ground, 0.09, 0.55),
        _colour(ground, 0.24, 0.50),
        (_colour(first, 0.62, 0.85), _colour(second, 0.68, 0.80), _colour(third, 0.78, 0.75)),
    )


@lru_cache(maxsize=256)
def cover(track_id: str) -> bytes:
    """SVG, UTF-8, about 1 to 8 KB."""
    random = Random(hashlib.sha256(track_id.encode()).digest())
    colours = palette(random)
    drawing = random.choice(DESIGNS)(random, colours.inks)
    angle = random.choice((0, 45, 90, 135))
    square = f"M0 0h{SIDE}v{SIDE}H0z"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" height="{SIDE}" role="img"><defs>'
        f'<linearGradient id="g" gradientTransform="rotate({angle} .5 .5)"><stop stop-color="{colours.deep}"/>'
        f'<stop offset="1" stop-color="{colours.lit}"/></linearGradient><clipPath id="c"><path d="{square}"/></clipPath></defs>'
        f'<path fill="url(#g)" d="{square}"/><g clip-path="url(#c)">{drawing}</g></svg>'
    ).encode()


def _colour(hue: float, lightness: float, saturation: float) -> str:
    red, green, blue = (round(255 * part) for part in hls_to_rgb(hue, lightness, saturation))
    return f"#{red:02x}{green:02x}{blue:02x}"
