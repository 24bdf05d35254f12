"""`sonicforge worker`: does a station's slow work (library, takes, jobs), or makes takes for stations elsewhere (--listen)."""

import asyncio
import os
from pathlib import Path

from sonicforge.config import load
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import make_folders


def run(config: Path | None, supervised: bool) -> None:
    """Runs until told to end."""
    from sonicforge.wiring import worker

    settings = load(config)
    open_logs(settings.log, "worker")
    folders = make_folders(settings)

    async def go() -> None:
        async with lifeline(supervised) as ended:
            await worker.run(settings, folders, ended)

    asyncio.run(go())


def hire_out(config: Path | None, supervised: bool, address: str, key_file: Path | None) -> None:
    """Serves the studio's backends at that address until told to end. Raises InvalidConfiguration."""
    from sonicforge.wiring import remote_worker
    from sonicforge.wiring.studio import hold_threads, open_lineup

    settings = load(config)
    open_logs(settings.log, "worker")
    hold_threads(settings)
    key = remote_worker.worker_key(key_file, os.environ)
    listening = remote_worker.listen_at(address, signed=key is not None)
    lineup = open_lineup(settings)

    async def go() -> None:
        async with lifeline(supervised) as ended:
            await remote_worker.run(settings, lineup, listening, key, ended)

    asyncio.run(go())
