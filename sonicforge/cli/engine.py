"""`sonicforge engine`: the process of one station's sound."""

import asyncio
from pathlib import Path

from sonicforge.config import InvalidConfiguration, load
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import make_folders
from sonicforge.wiring import engine


def run(station: str, config: Path | None, supervised: bool) -> None:
    """Runs until told to end."""
    settings = load(config)
    if station not in settings.stations:
        raise InvalidConfiguration(f"there is no station {station!r}; there are {', '.join(settings.stations)}")
    open_logs(settings.log, f"engine {station}")
    folders = make_folders(settings)

    async def go() -> None:
        async with lifeline(supervised) as ended:
            await engine.run(station, settings, folders, ended)

    asyncio.run(go())
