"""The listening page: takes beside one another, each with its waveform, its spectrogram and what is known of it.

One HTML file without a server, a script of others or a font of others; only the sound lies beside it. One take plays at a time, and a
digit changes to another at the same place, as one compares records.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dsp.block import SAMPLE_RATE, Samples

COLUMNS: Final = 600
ROWS: Final = 128
_WINDOW: Final = 4096
_LOWEST_HZ: Final = 30.0
_HIGHEST_HZ: Final = 18_000.0
_QUIETEST_DB: Final = -84.0
_STOPS: Final = ((8, 10, 24), (54, 30, 110), (170, 50, 120), (250, 140, 70), (255, 245, 200))
"""From silence to loud."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A take as the page shows it."""

    take: str
    artist: str
    file: str
    """The sound's address, relative to the page."""
    genre: str
    seconds: float
    sections: tuple[tuple[str, float], ...]
    """Name, and where it begins as a share of the whole."""
    waveform: tuple[tuple[float, float], ...]
    """The lowest and the highest sample of each column."""
    spectrogram: bytes
    """A PNG, COLUMNS by ROWS; frequencies rise in octaves."""
    refused: str
    """Why the critic refuses it; empty if it does not."""
    facts: dict[str, str]


def waveform_of(sound: Samples) -> tuple[tuple[float, float], ...]:
    """The reach of both channels in each of COLUMNS equal stretches."""
    edges = np.linspace(0, sound.shape[1], COLUMNS + 1).astype(np.int64)
    pieces = [sound[:, first : max(last, first + 1)] for first, last in pairwise(edges)]
    return tuple((float(piece.min()), float(piece.max())) for piece in pieces)


def spectrogram_of(sound: Samples) -> bytes:
    """The picture of both channels' sum. Sound shorter than a window is padded."""
    middle = np.pad(sound.mean(axis=0), (0, max(0, _WINDOW - sound.shape[1])))
    starts = np.linspace(0, len(middle) - _WINDOW, COLUMNS).astype(np.int64)
    shape = np.hanning(_WINDOW).astype(np.float32)
    power = np.stack([np.abs(np.fft.rfft(middle[start : start + _WINDOW] * shape)) ** 2 for start in starts], axis=1)
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, ROWS + 1) * _WINDOW / SAMPLE_RATE
    rows = [power[int(low) : max(int(high), int(low) + 1)].mean(axis=0) for low, high in pairwise(edges)]
    levels = 10.0 * np.log10(np.stack(rows[::-1]) / (_WINDOW / 4.0) ** 2 + 1e-12)
    picture = io.BytesIO()
    Image.fromarray(_coloured(np.clip(1.0 - levels / _QUIETEST_DB, 0.0, 1.0))).save(picture, "PNG", optimize=True)
    return picture.getvalue()


def _coloured(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    stops = np.linspace(0.0, 1.0, len(_STOPS))
    return np.stack([np.interp(shares, stops, [stop[channel] for stop in _STOPS]) for channel in range(3)], axis=-1).astype(np.uint8)


def page(takes: Sequence[Heard], version: str) -> str:
    """The whole page."""
    cards = "\n".join(_card(number, one) for number, one in enumerate(takes, 1))
    made = f"{len(takes)} {'take' if len(takes) == 1 else 'takes'}, made by SonicForge {escape(version)}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Listening page</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<header><h1>Listening page</h1><p>{made}. "
        "Click into a picture to hear from there; 1 to 9 change to another take at the same place, space stops.</p></header>\n"
        f"<main>\n{cards}\n</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def _card(number: int, heard: Heard) -> str:
    picture = base64.b64encode(heard.spectrogram).decode()
    verdict = f'<p class="refused">Refused: {escape(heard.refused)}</p>' if heard.refused else ""
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in heard.facts.items())
    return (
        f'<article aria-label="{escape(heard.take)}">\n'
        f"<h2><b>{number}</b> {escape(heard.take)} <small>{escape(heard.artist)} · {escape(heard.genre)}</small></h2>\n{verdict}"
        f'<div class="seek">{_drawing(heard)}<img alt="Spectrogram, 30 Hz to 18 kHz" src="data:image/png;base64,{picture}"><i></i></div>\n'
        f'<audio controls preload="none" src="{escape(heard.file)}"></audio>\n<dl>{facts}</dl>\n</article>'
    )


def _drawing(heard: Heard) -> str:
    """The waveform and where its sections begin, as SVG."""
    upper = " ".join(f"{x},{50.0 - 48.0 * high:.1f}" for x, (_, high) in enumerate(heard.waveform))
    lower = " ".join(f"{x},{50.0 - 48.0 * low:.1f}" for x, (low, _) in reversed(list(enumerate(heard.waveform))))
    width = len(heard.waveform)
    marks = "".join(
        f'<line x1="{at * width:.1f}" x2="{at * width:.1f}" y1="0" y2="100"/><text x="{at * width + 3:.1f}" y="9">{escape(name)}</text>'
        for name, at in heard.sections
    )
    return (
        f'<svg viewBox="0 0 {width} 100" preserveAspectRatio="none" role="img" aria-label="Waveform">'
        f'<polygon points="{upper} {lower}"/>{marks}</svg>'
    )


_STYLE: Final = """
:root{color-scheme:dark;font:15px/1.5 system-ui,sans-serif;background:#0b0d16;color:#e8e9f0}
body{max-width:60rem;margin:0 auto;padding:1.5rem}h1{font-size:1.4rem;margin:0}header p{color:#a6a9bd;margin:.2rem 0 1.5rem}
article{background:#141726;border-radius:10px;padding:1rem;margin-bottom:1rem}article.on{outline:2px solid #fa8c46}
h2{font-size:1.05rem;margin:0 0 .6rem}h2 b{color:#fa8c46;margin-right:.3rem}small{color:#a6a9bd;font-weight:400}
.seek{position:relative;cursor:pointer}.seek svg,.seek img{display:block;width:100%;height:90px}.seek img{height:128px;border-radius:4px}
.seek i{position:absolute;top:0;bottom:0;left:0;width:2px;background:#fff;opacity:.85;pointer-events:none}
polygon{fill:#7c83ff}line{stroke:#fff;stroke-opacity:.25}text{fill:#c9cbe0;font-size:8px}
audio{width:100%;margin:.6rem 0}.refused{color:#ff7a7a;margin:.2rem 0}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.3rem 1rem;margin:0}
dt{color:#a6a9bd;font-size:.75rem}dd{margin:0;overflow-wrap:anywhere}
"""
_SCRIPT: Final = """
const cards=[...document.querySelectorAll("article")];
const takes=cards.map(card=>({card,audio:card.querySelector("audio"),seek:card.querySelector(".seek")}));
const ready=(audio,act)=>audio.readyState?act():(audio.addEventListener("loadedmetadata",act,{once:true}),audio.load());
let current=null;
function playFrom(take,share){ready(take.audio,()=>{take.audio.currentTime=share*take.audio.duration;take.audio.play();});}
for(const take of takes){
  take.seek.addEventListener("click",event=>{
    const box=take.seek.getBoundingClientRect();playFrom(take,(event.clientX-box.left)/box.width);});
  take.audio.addEventListener("play",()=>{
    for(const other of takes)if(other!==take)other.audio.pause();
    current=take;for(const one of takes)one.card.classList.toggle("on",one===take);});
  take.audio.addEventListener("timeupdate",()=>{
    take.seek.querySelector("i").style.left=100*take.audio.currentTime/(take.audio.duration||1)+"%";});
}
addEventListener("keydown",event=>{
  const next=takes[Number(event.key)-1];
  if(next){playFrom(next,current?current.audio.currentTime/(current.audio.duration||1):0);}
  else if(event.key===" "&&current&&event.target.tagName!=="AUDIO"){
    event.preventDefault();current.audio.paused?current.audio.play():current.audio.pause();}
});
"""
