"""A worker with a studio as a process of its own, to be killed: `python -m tests.control.pipeline.studio_program URL FOLDER`.

It keeps real takes in a real catalogue in FOLDER, and says on its output what it begins and what it has kept. A brief whose words are
`poison` takes the worker with it; one whose words are `slow` never ends in a worker that finds no file `hurry` in the folder; one whose
words are `kept` is kept and then waits for ever before its job can end, likewise.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np

from control.database.link import DatabaseLink
from control.pipeline.duty import pipeline_duties
from generation.backend import Backend, Progress
from generation.brief import Brief
from generation.take import Take
from server.catalogue.catalogue import Catalogue
from server.track import Source, Track
from sonicforge.wiring.jobs import run_jobs
from tests.control.jobs.works import HASTY, PROMPT
from tests.control.pipeline.house import take_of

PACE = replace(HASTY, seats=1, lease_seconds=1.5, look_seconds=0.2)


class Bench:
    """Makes and keeps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._catalogue = Catalogue(folder / "catalogue")

    def make(self, station: str, brief: Brief, progress: Progress) -> Take:  # noqa: ARG002
        print(f"begun {brief.id} {brief.words}", flush=True)
        if brief.words == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
        if brief.words == "slow":
            self._wait(progress)
        return take_of(brief)

    def keep(self, station: str, take: Take) -> None:
        """As the station's worker does: the sound under the take's id, its sidecar beside it."""
        path = self._folder / f"{take.id}.npy"
        np.save(path, take.samples)
        frames = take.samples.shape[1]
        self._catalogue.put(
            Track(take.id, take.title, take.artist, Source.STUDIO, str(path), frames, -14.0, -1.0, 0, frames, frames, station=station)
        )
        print(f"kept {take.id}", flush=True)
        if take.brief.words == "kept":
            self._wait(lambda _done, _doing: None)

    @contextmanager
    def alone(self) -> Iterator[Sequence[Backend]]:
        yield []

    async def cue(self, station: str, track_id: str, command_id: str) -> str:
        raise AssertionError(f"{track_id} of {station} was not to be queued: {command_id}")

    def _wait(self, progress: Progress) -> None:
        while not (self._folder / "hurry").exists():
            progress(0.3, "waiting")
            Event().wait(0.05)


async def main(url: str, folder: Path) -> None:
    """Works until SIGTERM."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    bench = Bench(folder)
    duties = [
        replace(duty, kind=replace(duty.kind, backoff=PROMPT, grace_seconds=1.0))
        for duty in pipeline_duties(bench.make, bench.keep, bench.alone, bench.cue)
    ]
    await run_jobs(DatabaseLink(url, connections=2), duties, ended, pace=PACE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
