"""The other side of RunPod's dialect: what a serverless handler does with its input. Pure but for making music and storing sound.

The platform is called from outside of here (docs/remote.md has the dozen lines): it hands the input over, and takes the output to whoever
asks for the run's status.
"""

from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from dsp.block import SAMPLE_RATE
from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import BackendAway, InvalidBrief, StudioError
from generation.remote.calling import clean
from generation.remote.shapes import ErrandAsked, Fault, FaultWritten, Format, read_brief, written_take
from generation.remote.wav import written_wav
from generation.take import Take

LARGEST_INSIDE_BYTES: Final = 6_000_000
"""What an answer may hold in base64: the platform passes on about ten megabytes."""
MakeAll: TypeAlias = Callable[[Sequence[Brief], Progress], list[Take]]
Store: TypeAlias = Callable[[str, bytes], str]
"""(name, sound) -> the address at which the station may fetch it for a while, without a key: presigned, at an object store."""
Pack: TypeAlias = Callable[[Take], bytes]
"""A take's sound as FLAC."""


def answer(asked: Any, make_all: MakeAll, store: Store | None = None, flac: Pack | None = None, told: Progress = unheard) -> dict[str, Any]:
    """What a handler returns for the `input` of a run: {"takes": [...]} or {"error": ...}; it raises nothing that the studio foresees.

    Without `store` only sounds of a few megabytes can be answered with. Without `flac`, or where the station takes none, they are WAV.
    """
    try:
        errand = msgspec.convert(asked, ErrandAsked)
        briefs = [read_brief(brief) for brief in errand.briefs]
        form = Format.FLAC if flac is not None and Format.FLAC in errand.formats else Format.WAV
        if form not in errand.formats:
            raise InvalidBrief("this worker packs sounds as wav")
        takes = make_all(briefs, told)
        pack = flac if form is Format.FLAC and flac is not None else _wav
        return {"takes": [_written(brief, take, pack(take), form, store) for brief, take in zip(briefs, takes, strict=True)]}
    except (msgspec.ValidationError, StudioError) as error:
        kind = Fault.AWAY if isinstance(error, BackendAway) else Fault.FAILED
        return {"error": msgspec.to_builtins(FaultWritten(kind, clean(str(error), 400)))}


def _wav(take: Take) -> bytes:
    return written_wav(take.samples, SAMPLE_RATE)


def _written(brief: Brief, take: Take, packed: bytes, form: Format, store: Store | None) -> Mapping[str, Any]:
    where: dict[str, str] = {}
    if store is not None:
        where["url"] = store(f"{brief.id}.{form}", packed)
    elif len(packed) <= LARGEST_INSIDE_BYTES:
        where["base64"] = b2a_base64(packed, newline=False).decode()
    else:
        raise BackendAway(f"a sound of {len(packed) / 1e6:.0f} MB does not fit into an answer: the handler needs an object store")
    return dict(msgspec.to_builtins(written_take(brief, take, packed, form, **where)))
