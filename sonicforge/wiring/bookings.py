"""What the studio is booked for, done by a worker: its jobs, one at a time, and the way of a finished take into a station's queue."""

import asyncio
from asyncio import Event
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from control.database.link import DatabaseLink
from control.pipeline.duty import Alone, Keep, Make, NotQueued, pipeline_duties
from server.control_socket import ControlSocketError, converse
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.jobs import run_jobs, worker_pace

_TRIES: Final = 4
_AGAIN_SECONDS: Final = 2.0


async def do_bookings(settings: Settings, folders: Folders, link: DatabaseLink, make: Make, keep: Keep, alone: Alone, ended: Event) -> None:
    """Does what the studio is booked for until `ended`, one job at a time; other jobs have other seats. See control/pipeline/duty.py."""
    pace = replace(worker_pace(settings), seats=1)
    await run_jobs(link, pipeline_duties(make, keep, alone, partial(cue, folders.control)), ended, pace=pace)


async def cue(socket_of: Callable[[str], Path], station: str, track_id: str, command_id: str, again_seconds: float = _AGAIN_SECONDS) -> str:
    """Queues a track by the station's control socket. Raises NotQueued.

    An engine looks into the catalogue every other second, and one that is started anew is away for two: so it is asked several times. What
    was refused changed nothing and is asked under another id; what was not answered, under the same.
    """
    refused, reason = 0, ""
    for turn in range(_TRIES):
        if turn:
            await asyncio.sleep(again_seconds)
        request = {"do": "add", "track_id": track_id, "id": f"{command_id}-{refused}"}
        try:
            answer = await asyncio.to_thread(converse, socket_of(station), request)
        except ControlSocketError as error:
            reason = f"the station does not answer: {error}"
            continue
        if answer["ok"]:
            return str(answer["entry_id"])
        refused, reason = refused + 1, str(answer["error"])
    raise NotQueued(reason)
