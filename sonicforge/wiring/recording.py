"""The aircheck of every station, put together: a relay of its own for each, fed by the engine as a front's is."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from server.clock import SystemClock
from server.recording.aircheck import Aircheck
from server.relay.relay import Relay
from server.wire.wire_front import follow
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.kept_tasks import kept_tasks


async def record(settings: Settings, folders: Folders, ended: asyncio.Event) -> None:
    """Records until `ended`."""
    wanted = settings.aircheck
    if not (wanted.programme or wanted.shows):
        await ended.wait()
        return
    relays = {name: Relay(name, SystemClock(), asyncio.get_running_loop()) for name in settings.stations}
    works: dict[str, Callable[[], Awaitable[None]]] = {}
    for name, relay in relays.items():
        most_bytes = wanted.max_gigabytes * 1e9 / len(relays)
        folder = folders.aircheck / name
        reel = Aircheck(relay, folder, programme=wanted.programme, shows=wanted.shows, keep_days=wanted.keep_days, most_bytes=most_bytes)
        works[f"wire {name}"] = partial(follow, folders.wire(name), relay)
        works[f"aircheck {name}"] = reel.run
    try:
        async with kept_tasks(works):
            await ended.wait()
    finally:
        for relay in relays.values():
            relay.close()
