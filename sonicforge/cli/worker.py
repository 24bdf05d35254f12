"""`sonicforge worker`: scans the library and renders tracks ahead."""

import asyncio
from pathlib import Path

from sonicforge.config import load
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import make_folders
from sonicforge.wiring import worker


def run(config: Path | None, supervised: bool) -> None:
    """Runs until told to end."""
    settings = load(config)
    open_logs(settings.log, "worker")
    folders = make_folders(settings)

    async def go() -> None:
        async with lifeline(supervised) as ended:
            await worker.run(settings, folders, ended)

    asyncio.run(go())
