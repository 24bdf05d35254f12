"""Files that mean harm, dropped into the media folder of a station on air.

What must be refused has to be refused with a reason, by a child that stays small, without a call to anywhere, and unheard.
"""

import asyncio
import json
import time
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from benchmarks import station
from benchmarks.listeners import Listener
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress

PATIENCE_SECONDS: Final = 240.0

MISTAKEN: Final = Bar("hostile files: taken, or not refused with a reason", "files", most=0)
CHILD: Final = Bar("hostile files: largest memory of an intake child", "MB", most=256)
CALLS: Final = Bar("hostile files: calls to the canary", "calls", most=0)
GAPS: Final = Bar("hostile files: gaps heard on ICY", "gaps", most=0)


async def measure() -> list[Row]:
    """One listener on MP3, present before the files come and until each has had its turn."""
    try:
        from tests.hostile_files import Canary, make_hostile_files
    except ImportError as error:
        raise Unmeasured(f"the files are made by tests/hostile_files.py: {error}; pip install --editable '.[test]'") from error
    with station.scratch() as folder:
        async with station.on_air(folder) as ours:
            icy = Listener(ours.port, "/listen/main/radio.mp3", station.MP3_BYTES_A_SECOND)
            canary = Canary()
            async with icy.listening():
                await icy.heard(10)
                made = await asyncio.to_thread(make_hostile_files, station.media_folder(folder), _secret(folder), canary.port)
                may_play = {_written(file.path): file.may_play for file in made if file.path.is_symlink() or not file.path.is_dir()}
                must_go = {path for path, may in may_play.items() if not may}
                progress(f"hostile files: {len(may_play)} of them, {len(must_go)} to be refused")
                largest = await _until_looked_at(ours, may_play.keys())
            refused, taken = _refused(ours.state), _taken(ours.state)
            canary.close()
    mistaken = sorted(path for path in must_go if path in taken or not refused.get(path))
    named = ", ".join(Path(path).name for path in mistaken[:8])
    return [
        MISTAKEN.row(
            len(mistaken), note=f"{len(must_go) - len(mistaken)} of {len(must_go)} refused" + (f"; not so: {named}" if named else "")
        ),
        CHILD.row(largest / 1e6, valid=largest > 0),
        CALLS.row(canary.calls),
        GAPS.row(icy.player.gaps, note=icy.ended or "", valid=icy.ended is None),
    ]


def _written(path: Path) -> str:
    """A path as JSON can hold it."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _secret(folder: Path) -> Path:
    """A sound file outside of the media folder, which some of the files point at."""
    secret = folder / "secret.wav"
    secret.write_bytes(b"RIFF")
    return secret


async def _until_looked_at(ours: station.Station, paths: AbstractSet[str]) -> int:
    """Waits until each file is taken or refused; the most memory that an intake child had, in bytes."""
    largest = 0
    next_look = 0.0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for process in ours.crew()["other"]:
            if any("intake" in word for word in process.words()):
                largest = max(largest, process.highest_resident_bytes())
        if time.monotonic() > next_look:
            if paths <= _refused(ours.state).keys() | _taken(ours.state):
                break
            next_look = time.monotonic() + 2
        await asyncio.sleep(0.02)
    return largest


def _refused(state: Path) -> dict[str, str]:
    """Reasons by path."""
    return {values["path"]: values["reason"] for values in _read(state / "catalogue" / "refused")}


def _taken(state: Path) -> set[str]:
    return {values["path"] for values in _read(state / "catalogue" / "library")}


def _read(folder: Path) -> list[dict[str, str]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


MEASUREMENT: Final = Measurement((MISTAKEN, CHILD, CALLS, GAPS), measure, 400.0)
