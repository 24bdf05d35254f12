"""What goes over the wire between a station and a worker, as JSON (docs/remote.md). Values with bounds; nothing here is believed yet.

Fields that are unknown are passed over, so that both sides can be renewed one after the other.
"""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from msgspec import Meta, Struct

from dsp.block import SAMPLE_RATE
from generation.brief import Brief, Passage
from generation.licence import Licence
from generation.take import Take

PROTOCOL: Final = 1
MOST_BRIEFS: Final = 64
"""Of one errand."""
Id: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
LONGEST_TEXT: Final = 400
MOST_ENTRIES: Final = 32
Text: TypeAlias = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Share: TypeAlias = Annotated[float, Meta(ge=0.0, le=1.0)]


class State(StrEnum):
    """How an errand stands."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CALLED_OFF = "called_off"


class Fault(StrEnum):
    """What kind of failure it was."""

    AWAY = "away"
    """The worker cannot work at all now."""
    FAILED = "failed"
    """This errand has failed."""


class Format(StrEnum):
    """How a sound is packed."""

    WAV = "wav"
    FLAC = "flac"


class PassageWritten(Struct, frozen=True):
    """generation.brief.Passage."""

    name: Annotated[str, Meta(max_length=40)]
    bars: Annotated[int, Meta(ge=0, le=1_000)] = 0


class BriefWritten(Struct, frozen=True, omit_defaults=True):
    """generation.brief.Brief, with its id."""

    id: Id
    genre: Annotated[str, Meta(max_length=40)]
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    seconds: float
    bpm: float | None = None
    key: Annotated[str, Meta(max_length=20)] | None = None
    mood: Annotated[str, Meta(max_length=200)] = ""
    sections: Annotated[tuple[PassageWritten, ...], Meta(max_length=16)] = ()
    words: Annotated[str, Meta(max_length=1_000)] = ""


class LicenceWritten(Struct, frozen=True, omit_defaults=True):
    """generation.licence.Licence."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    commercial_ok: bool
    attribution: Text = ""
    revenue_cap_dollars: Annotated[int, Meta(ge=0)] | None = None
    weights: Text = ""


class TakeWritten(Struct, frozen=True, omit_defaults=True):
    """A take without its sound."""

    brief: Id
    format: Format
    bytes: Annotated[int, Meta(ge=1)]
    """Of the packed sound."""
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    """Of the packed sound."""
    frames: Annotated[int, Meta(ge=1)]
    rate: Annotated[int, Meta(ge=8_000, le=192_000)]
    licence: LicenceWritten
    title: Text = ""
    artist: Text = ""
    bpm: Annotated[float, Meta(ge=20, le=400)] | None = None
    key: Annotated[str, Meta(max_length=20)] = ""
    provenance: Annotated[dict[Annotated[str, Meta(max_length=60)], Text], Meta(max_length=MOST_ENTRIES)] = {}
    url: Annotated[str, Meta(max_length=4_096)] = ""
    """Where the packed sound is, in the dialect of RunPod."""
    base64: str = ""
    """The packed sound itself, in the dialect of RunPod."""


class ErrandAsked(Struct, frozen=True):
    """What a worker is asked for at once."""

    id: Id
    briefs: Annotated[tuple[BriefWritten, ...], Meta(min_length=1, max_length=MOST_BRIEFS)]
    formats: tuple[str, ...] = (Format.WAV,)
    """What the station can unpack, the best first."""
    protocol: int = PROTOCOL


class FaultWritten(Struct, frozen=True):
    """Why an errand failed."""

    kind: Fault
    message: Annotated[str, Meta(max_length=2_000)] = ""


class ErrandTold(Struct, frozen=True, omit_defaults=True):
    """How an errand stands."""

    id: str
    state: State
    done: Share = 0.0
    doing: Text = ""
    place: Annotated[int, Meta(ge=0)] = 0
    """How many errands are served before."""
    error: FaultWritten | None = None
    takes: Annotated[tuple[TakeWritten, ...], Meta(max_length=MOST_BRIEFS)] = ()
    """In the order of the briefs, once it is done."""


class AboutWorker(Struct, frozen=True):
    """Who a worker is."""

    protocol: int
    name: Text
    version: Text = ""
    most_at_once: Annotated[int, Meta(ge=1, le=MOST_BRIEFS)] = 1
    places: Annotated[int, Meta(ge=0)] = 0
    """Errands that may wait."""
    licences: tuple[LicenceWritten, ...] = ()
    """Of all that it may make."""


def errand_id(briefs: Sequence[Brief]) -> str:
    """One brief's errand has its id; several have the hash of theirs."""
    if len(briefs) == 1:
        return briefs[0].id
    return hashlib.sha256(" ".join(brief.id for brief in briefs).encode()).hexdigest()[:16]


def written_brief(brief: Brief) -> BriefWritten:
    """As it goes over the wire. Numbers are floats, so that its id is the same on the other side."""
    bpm = None if brief.bpm is None else float(brief.bpm)
    sections = tuple(PassageWritten(one.name, one.bars) for one in brief.sections)
    return BriefWritten(brief.id, brief.genre, brief.seed, float(brief.seconds), bpm, brief.key, brief.mood, sections, brief.words)


def read_brief(written: BriefWritten) -> Brief:
    """Raises InvalidBrief."""
    sections = tuple(Passage(one.name, one.bars) for one in written.sections)
    return Brief(written.genre, written.seed, written.seconds, written.bpm, written.key, written.mood, sections, written.words)


def written_licence(licence: Licence) -> LicenceWritten:
    """As it goes over the wire."""
    return LicenceWritten(licence.name, licence.commercial_ok, licence.attribution, licence.revenue_cap_dollars, licence.weights)


def read_licence(written: LicenceWritten) -> Licence:
    """As the worker tells it."""
    return Licence(written.name, written.commercial_ok, written.attribution, written.revenue_cap_dollars, written.weights)


def written_take(brief: Brief, take: Take, packed: bytes, form: Format, url: str = "", base64: str = "") -> TakeWritten:
    """A take of that brief, whose sound at 48 kHz was packed so."""
    return TakeWritten(
        brief=brief.id,
        format=form,
        bytes=len(packed),
        sha256=hashlib.sha256(packed).hexdigest(),
        frames=take.samples.shape[1],
        rate=SAMPLE_RATE,
        licence=written_licence(take.licence),
        title=take.title[:LONGEST_TEXT],
        artist=take.artist[:LONGEST_TEXT],
        bpm=take.bpm,
        key=take.key,
        provenance={name: value[:LONGEST_TEXT] for name, value in list(take.provenance.items())[:MOST_ENTRIES]},
        url=url,
        base64=base64,
    )
