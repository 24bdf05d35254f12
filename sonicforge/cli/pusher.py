"""`sonicforge pusher`: the process that publishes one station to its RTMP targets."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from sonicforge.config import InvalidConfiguration, load
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import make_folders
from sonicforge.wiring.house import house_secrets

PRIORITY: Final = 5
"""Behind the engine and the fronts: on a machine that is too small the picture stutters, and nothing else."""


def run(station: str, config: Path | None, supervised: bool) -> None:
    """Runs until told to end."""
    with suppress(OSError):
        os.nice(PRIORITY)
    from sonicforge.wiring import pusher  # seconds of imports, which must not compete with an engine that is on air

    settings = load(config)
    if station not in settings.stations:
        raise InvalidConfiguration(f"there is no station {station!r}; there are {', '.join(settings.stations)}")
    open_logs(settings.log, f"pusher {station}")
    folders = make_folders(settings)

    async def go() -> None:
        async with lifeline(supervised) as ended:
            secrets = await house_secrets(settings, folders)
            await pusher.run(station, settings, folders, secrets, ended)

    asyncio.run(go())
