"""The listening page: takes beside one another, each with its pictures, what the critic says and what is known of it.

One HTML file without a server, a script of others or a font of others; only the sound lies beside it. One take plays at a time, the next
follows it, and a digit changes to another at the same place, as one compares records.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from sonicforge.listening_dress import SCRIPT, STYLE


@dataclass(frozen=True, slots=True)
class Heard:
    """A take as the page shows it."""

    title: str
    artist: str
    file: str
    """The sound's address, relative to the page."""
    genre: str
    style: str
    seconds: float
    sections: tuple[tuple[str, float], ...]
    """Name, and where it begins as a share of the whole."""
    waveform: tuple[tuple[float, float], ...]
    """The lowest and the highest sample of each column."""
    spectrogram: bytes
    """A PNG; frequencies rise in octaves."""
    refused: str
    """Why the critic refuses it; empty if he does not."""
    score: float
    """The critic's, 0 to 100."""
    parts: Mapping[str, float]
    """What that is made of, each 0 to 1."""
    chief: Mapping[str, str]
    """What everybody wants to know: name -> value."""
    facts: Mapping[str, str]
    """All the rest."""


def page(takes: Sequence[Heard], version: str, briefed: int = 0) -> str:
    """The whole page. While `briefed` takes are not all there yet, it says so and asks for itself again."""
    missing = max(0, briefed - len(takes))
    cards = "\n".join(_card(number, one) for number, one in enumerate(takes, 1))
    seconds = sum(one.seconds for one in takes)
    count = f"{len(takes)} {'take' if len(takes) == 1 else 'takes'}, {_clock(seconds)} of music"
    waiting = f'<p class="waiting">{missing} more to come; this page renews itself until something plays.</p>' if missing else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Listening page: {count}</title>\n<style>{STYLE}</style>\n</head>\n"
        f'<body data-missing="{missing}">\n<header>\n<h1>Listening page</h1>\n'
        f"<p>{count}, made by SonicForge {escape(version)}.</p>\n"
        "<p>Click into a picture to hear from there. <kbd>1</kbd> to <kbd>9</kbd> play another take from the same place, "
        "<kbd>space</kbd> stops and goes on, <kbd>←</kbd> <kbd>→</kbd> move by ten seconds, <kbd>↑</kbd> <kbd>↓</kbd> by a take.</p>\n"
        f"{waiting}{_contents(takes)}</header>\n<main>\n{cards}\n</main>\n"
        f"{_LEGEND}<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


_LEGEND = (
    "<footer><h2>What the pictures show</h2><p>Above, the waveform: how loud it is, and where its sections begin. Below, the spectrogram: "
    "time runs to the right, pitch upwards from 30 Hz to 18 kHz, bright is loud. Bass is the band at the bottom, hats are the fine lines "
    "at the top, a build rises between them.</p><p>The critic hears faults, not beauty. His score says how well a take keeps to its "
    "genre's balance, its key and its beat; what he refuses would not air.</p></footer>\n"
)


def _contents(takes: Sequence[Heard]) -> str:
    """Links to the first take of each genre, where there are several."""
    first: dict[str, int] = {}
    for number, one in enumerate(takes, 1):
        first.setdefault(one.genre, number)
    links = "".join(f'<a href="#take-{number}">{escape(genre)}</a>' for genre, number in first.items())
    return f'<nav aria-label="Genres">{links}</nav>\n' if len(first) > 1 else ""


def _card(number: int, heard: Heard) -> str:
    picture = base64.b64encode(heard.spectrogram).decode()
    verdict = f'<p class="refused">The critic refuses it: {escape(heard.refused)}</p>\n' if heard.refused else ""
    chief = "".join(f"<li><b>{escape(value)}</b> {escape(name)}</li>" for name, value in heard.chief.items())
    return (
        f'<article id="take-{number}" aria-label="{escape(heard.title)}">\n'
        f'<h2><button aria-label="Play {escape(heard.title)}">▶</button><span>{escape(heard.title)} <small>{escape(heard.artist)}</small>'
        f"</span><em>{escape(heard.genre)} · {escape(heard.style)}</em></h2>\n{verdict}"
        f'<div class="seek">{_drawing(heard)}<img alt="Spectrogram, 30 Hz to 18 kHz" src="data:image/png;base64,{picture}"><i></i></div>\n'
        f'<audio controls preload="none" src="{escape(heard.file)}"></audio>\n<ul>{chief}</ul>\n'
        f'<details><summary><b class="score">{heard.score:.0f}</b> of 100 says the critic; more figures</summary>'
        f'<div class="figures"><dl class="parts">{_bars(heard.parts)}</dl><dl>{_pairs(heard.facts)}</dl></div></details>\n</article>'
    )


def _bars(parts: Mapping[str, float]) -> str:
    return "".join(
        f'<div><dt>{escape(name)}</dt><dd><meter min="0" max="1" value="{share:.3f}">{share:.0%}</meter></dd></div>'
        for name, share in parts.items()
    )


def _pairs(facts: Mapping[str, str]) -> str:
    return "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())


def _drawing(heard: Heard) -> str:
    """The waveform and where its sections begin, as SVG; the names beside it, since the drawing is stretched."""
    upper = " ".join(f"{x},{50.0 - 48.0 * high:.1f}" for x, (_, high) in enumerate(heard.waveform))
    lower = " ".join(f"{x},{50.0 - 48.0 * low:.1f}" for x, (low, _) in reversed(list(enumerate(heard.waveform))))
    width = len(heard.waveform)
    lines = "".join(f'<line x1="{at * width:.1f}" x2="{at * width:.1f}" y1="0" y2="100"/>' for _, at in heard.sections)
    names = "".join(f'<span style="left:{100.0 * at:.2f}%">{escape(name)}</span>' for name, at in heard.sections)
    return (
        f'<div class="wave"><svg viewBox="0 0 {width} 100" preserveAspectRatio="none" role="img" aria-label="Waveform">'
        f'<polygon points="{upper} {lower}"/>{lines}</svg>{names}</div>'
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
