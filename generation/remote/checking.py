"""Whether what came from a distant worker is what was asked for, what it said, and what this station may air. Only then is it a Take.

A worker is another machine, perhaps somebody else's: it may be broken, outdated or hostile. Everything it tells has a bound; the sound's
length, checksum, numbers and licence are looked at before anybody hears of it.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from generation.brief import Brief
from generation.errors import InvalidBrief, LicenceForbids
from generation.house_sound import to_house_sound
from generation.key import parse_key
from generation.licence import check_licence
from generation.procedural.titles import name_track
from generation.remote.calling import clean
from generation.remote.errors import Untrue
from generation.remote.options import Permit
from generation.remote.shapes import ErrandTold, Format, TakeWritten, read_licence
from generation.remote.wav import read_wav
from generation.take import Take

NAME: Final = "remote"
LOUDEST: Final = 64.0
"""+36 dBFS: above this it is no music at a wrong level, but no music."""
_WIDEST_BYTES: Final = 4
_HEADER_BYTES: Final = 65_536
_LONGEST_TITLE: Final = 120
_UNKNOWN_BPM: Final = 120.0
_SAME_SECONDS: Final = 0.1

Unpack: TypeAlias = Callable[[bytes], Samples]
"""Opens a FLAC file that nobody vouches for: float32 [2, frames] at 48 kHz. Raises GenerationFailed."""


def check_told(told: ErrandTold, briefs: Sequence[Brief], formats: Sequence[str], permit: Permit) -> None:
    """Before anything is fetched: right briefs, right lengths, possible sizes, a permitted licence. Raises Untrue."""
    if len(told.takes) != len(briefs):
        raise Untrue(f"the worker made {len(told.takes)} takes of {len(briefs)} briefs")
    for take, brief in zip(told.takes, briefs, strict=True):
        if take.brief != brief.id:
            raise Untrue("the worker made a take of another brief than it was given")
        if take.format not in formats:
            raise Untrue(f"the worker packed a sound as {take.format}, which was not asked for")
        seconds = take.frames / take.rate
        if abs(seconds - brief.seconds) > brief.leeway_seconds:
            raise Untrue(f"the worker's take is {seconds:.1f} s long; {brief.seconds:.0f} s were asked for")
        most = take.frames * CHANNELS * _WIDEST_BYTES + _HEADER_BYTES
        if take.bytes > most:
            raise Untrue(f"the worker's sound has {take.bytes} bytes; {seconds:.0f} s of it have {most} at most")
        try:
            check_licence(NAME, read_licence(take.licence), permit.monetised, permit.revenue_dollars)
        except LicenceForbids as error:
            raise Untrue(f"the worker's take may not be aired: {error}") from None


def take_of(brief: Brief, told: TakeWritten, packed: bytes, unpack: Unpack | None, worker: str) -> Take:
    """The take, after everything about it was looked at. `worker` is how the provenance calls it. Raises Untrue, GenerationFailed."""
    if len(packed) != told.bytes:
        raise Untrue(f"the worker's sound has {len(packed)} bytes, and not {told.bytes} as it said")
    if hashlib.sha256(packed).hexdigest() != told.sha256:
        raise Untrue("the worker's sound is not the one whose checksum it told")
    sound, rate = (unpack(packed), SAMPLE_RATE) if told.format is Format.FLAC and unpack else read_wav(packed)
    if abs(sound.shape[1] / rate - told.frames / told.rate) > _SAME_SECONDS:
        raise Untrue(f"the worker's sound lasts {sound.shape[1] / rate:.1f} s, and not {told.frames / told.rate:.1f} s as it said")
    if not np.isfinite(sound).all():
        raise Untrue("the worker's sound holds samples that are no numbers")
    if float(np.abs(sound).max()) > LOUDEST:
        raise Untrue("the worker's sound is louder than any music")
    title, artist = name_track(brief.genre, np.random.default_rng([brief.seed, 0x717E]))
    return Take(
        samples=to_house_sound(sound, rate),
        brief=brief,
        title=clean(told.title, _LONGEST_TITLE) or title,
        artist=clean(told.artist, _LONGEST_TITLE) or artist,
        bpm=told.bpm or brief.bpm or _UNKNOWN_BPM,
        key=_key(told.key) or brief.key or "",
        sections=(),
        provenance=_provenance(brief, told, worker),
        licence=read_licence(told.licence),
    )


def _key(told: str) -> str:
    try:
        return str(parse_key(told))
    except InvalidBrief:
        return ""


def _provenance(brief: Brief, told: TakeWritten, worker: str) -> dict[str, str]:
    """Ours first: a worker cannot say that it is somebody else. Its own words stand behind `made_`."""
    theirs = {f"made_{clean(name, 40)}": clean(value, 200) for name, value in told.provenance.items()}
    return {**theirs, "backend": NAME, "revision": theirs.get("made_revision", ""), "seed": str(brief.seed), "worker": worker}
