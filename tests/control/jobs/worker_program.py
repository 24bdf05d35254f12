"""A worker as a process of its own, to be killed: `python -m tests.control.jobs.worker_program URL`. Prints a line for each attempt."""

import asyncio
import os
import signal
import sys
from dataclasses import replace

from control.database.link import DatabaseLink
from control.jobs.kind import Duty, Kind, Result
from control.jobs.run import Run
from sonicforge.wiring.jobs import run_jobs
from tests.control.jobs.works import HASTY, PROMPT, Note

POISON = Kind("test.poison", Note, attempts=3, backoff=PROMPT)
LONG = Kind("test.long", Note, attempts=3, backoff=PROMPT)
PACE = replace(HASTY, lease_seconds=0.6, look_seconds=0.2)


async def poison(_note: Note, run: Run) -> Result:
    """Takes its worker with it."""
    print(f"poison {run.attempt}", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    return None


async def linger(_note: Note, run: Run) -> Result:
    """Never ends the first time."""
    print(f"long {run.attempt}", flush=True)
    if run.attempt == 1:
        await asyncio.Event().wait()
    return {"attempt": run.attempt}


async def main(url: str) -> None:
    """Works until SIGTERM."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await run_jobs(DatabaseLink(url, connections=2), [Duty(POISON, poison), Duty(LONG, linger)], ended, pace=PACE)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
