"""`sonicforge pusher`: the process that publishes one station to its RTMP targets."""

import asyncio
from pathlib import Path

from sonicforge.config import InvalidConfiguration, load
from sonicforge.lifeline import lifeline
from sonicforge.logs import open_logs
from sonicforge.premises import make_folders
from sonicforge.wiring import pusher
from sonicforge.wiring.house import house_secrets


def run(station: str, config: Path | None, supervised: bool) -> None:
    """Runs until told to end."""
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
